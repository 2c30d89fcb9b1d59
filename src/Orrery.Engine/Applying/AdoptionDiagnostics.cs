using Orrery.Engine.Ports;
using Orrery.Model.Diagnostics;
using Orrery.Model.Resources;
using Orrery.Model.Spec.Schema;
using Orrery.Model.Values;

namespace Orrery.Engine.Applying;

/// <summary>What speaks against taking something over: what, why, and what to do.</summary>
internal static class AdoptionDiagnostics
{
    public static Diagnostic NotDeclared(ResourceAddress address, ResourceGraph graph) => Of(
        "ADOPT001", address, "the declaration has no such resource",
        "Only what is declared can be taken over: the declaration says what becomes of it.",
        Suggestion.Find(address.Text, graph.InOrder.Select(resource => resource.Address.Text)) is { } near
            ? $"did you mean {near}?"
            : "see the addresses that there are: orrery plan DIR");

    public static Diagnostic OnlyUsed(ResourceAddress address) => Of(
        "ADOPT002", address, "the declaration only uses it",
        "It is found by itself and used as it is, whoever made it, and never deleted: there is nothing to take over.",
        "go on with: orrery up DIR");

    public static Diagnostic WithoutOwner(ResourceAddress address) => Of(
        "ADOPT003", address, "things of this kind have no owner",
        "They carry no label and are found by what they connect.",
        "take over what it connects; then this is found");

    public static Diagnostic Occupied(ResourceAddress address, string there) => Of(
        "ADOPT004", address, "something else is there already",
        $"The address is taken by the thing with the id {there}, and stands for one thing only.",
        "declare a resource of another name for this one");

    public static Diagnostic NotThere(ResourceAddress address, string id) => Of(
        "ADOPT005", address, "there is no such thing",
        $"The cloud shows no {address.Type} with the id '{id}' to this token.",
        "look the id up in the cloud's console, and check that the token is of the same project");

    public static Diagnostic OthersAlready(ResourceAddress address, Observed thing, Owner other) => Of(
        "ADOPT006", address, "it belongs to someone else",
        $"'{thing.Name}' (id {thing.Id}) carries the labels of the platform {other.PlatformId}"
        + (other.AddressHash == address.Hash ? "." : ", as another resource."),
        "if nobody works with it any more, remove its orrery.dev labels in the cloud's console first");

    public static Diagnostic Refused(ResourceAddress address, ProviderException refusal) => Of(
        "ADOPT006", address, "it belongs to someone else", $"{refusal.Message}.",
        "if nobody works with it any more, remove its orrery.dev labels in the cloud's console first");

    public static Diagnostic Unfit(ResourceAddress address, Observed thing, ValueList<string> reasons) => Of(
        "ADOPT007", address, "it does not fit the declaration",
        $"'{thing.Name}' (id {thing.Id}) would have to be replaced: {string.Join("; ", reasons)}.",
        "declare it as it is, or let a new one be made: orrery up DIR");

    private static Diagnostic Of(
        string code, ResourceAddress address, string summary, string detail, string hint) => new()
        {
            Code = code,
            Address = address,
            Summary = summary,
            Detail = detail,
            Hints = [hint],
        };
}
