using Orrery.Engine.Ports;
using Orrery.Model.Diagnostics;
using Orrery.Model.Resources;
using Orrery.Model.Spec.Schema;
using Orrery.Model.Values;

namespace Orrery.Engine.Applying;

/// <summary>What speaks against taking something over: what, why, and what to do.</summary>
public static class AdoptionDiagnostics
{
    private static readonly DiagnosticCode NotInDeclaration = new(
        "ADOPT001",
        "the declaration has no such resource",
        "Only what is declared can be taken over: the declaration says what becomes of it. `orrery plan DIR` "
        + "shows the addresses.");

    private static readonly DiagnosticCode UsedOnly = new(
        "ADOPT002",
        "the declaration only uses it",
        "It is found by itself and used as it is, whoever made it, and never deleted: there is nothing to "
        + "take over.");

    private static readonly DiagnosticCode NoOwner = new(
        "ADOPT003",
        "things of this kind have no owner",
        "They carry no label and are found by what they connect. Take over what they connect.");

    private static readonly DiagnosticCode Taken = new(
        "ADOPT004",
        "something else is there already",
        "An address stands for one thing only, and this one has its thing. Declare a resource of another "
        + "name.");

    private static readonly DiagnosticCode NothingThere = new(
        "ADOPT005",
        "there is no such thing",
        "The cloud shows nothing of this kind with this id to this token. It may be in another project.");

    private static readonly DiagnosticCode SomeoneElses = new(
        "ADOPT006",
        "it belongs to someone else",
        "It carries the labels of another platform or of another resource. If nobody works with it any more, "
        + "remove its `orrery.dev` labels in the cloud's console first.");

    private static readonly DiagnosticCode DoesNotFit = new(
        "ADOPT007",
        "it does not fit the declaration",
        "A field that cannot be changed in place differs, so the next run would replace what was taken over. "
        + "Declare it as it is, or let a new one be made.");

    /// <summary>In order of their codes.</summary>
    public static DiagnosticFamily Family { get; } = new(
        "ADOPT",
        "taking something over",
        "Found by `orrery adopt` before anything is changed.",
        [NotInDeclaration, UsedOnly, NoOwner, Taken, NothingThere, SomeoneElses, DoesNotFit]);

    internal static Diagnostic NotDeclared(ResourceAddress address, ResourceGraph graph) => Of(
        NotInDeclaration, address,
        "Only what is declared can be taken over: the declaration says what becomes of it.",
        Suggestion.Find(address.Text, graph.InOrder.Select(resource => resource.Address.Text)) is { } near
            ? $"did you mean {near}?"
            : "see the addresses that there are: orrery plan DIR");

    internal static Diagnostic OnlyUsed(ResourceAddress address) => Of(
        UsedOnly, address,
        "It is found by itself and used as it is, whoever made it, and never deleted: there is nothing to take over.",
        "go on with: orrery up DIR");

    internal static Diagnostic WithoutOwner(ResourceAddress address) => Of(
        NoOwner, address,
        "They carry no label and are found by what they connect.",
        "take over what it connects; then this is found");

    internal static Diagnostic Occupied(ResourceAddress address, string there) => Of(
        Taken, address,
        $"The address is taken by the thing with the id {there}, and stands for one thing only.",
        "declare a resource of another name for this one");

    internal static Diagnostic NotThere(ResourceAddress address, string id) => Of(
        NothingThere, address,
        $"The cloud shows no {address.Type} with the id '{id}' to this token.",
        "look the id up in the cloud's console, and check that the token is of the same project");

    internal static Diagnostic OthersAlready(ResourceAddress address, Observed thing, Owner other) => Of(
        SomeoneElses, address,
        $"'{thing.Name}' (id {thing.Id}) carries the labels of the platform {other.PlatformId}"
        + (other.AddressHash == address.Hash ? "." : ", as another resource."),
        "if nobody works with it any more, remove its orrery.dev labels in the cloud's console first");

    internal static Diagnostic Refused(ResourceAddress address, ProviderException refusal) => Of(
        SomeoneElses, address, $"{refusal.Message}.",
        "if nobody works with it any more, remove its orrery.dev labels in the cloud's console first");

    internal static Diagnostic Unfit(ResourceAddress address, Observed thing, ValueList<string> reasons) => Of(
        DoesNotFit, address,
        $"'{thing.Name}' (id {thing.Id}) would have to be replaced: {string.Join("; ", reasons)}.",
        "declare it as it is, or let a new one be made: orrery up DIR");

    private static Diagnostic Of(DiagnosticCode code, ResourceAddress address, string detail, string hint) =>
        code.At(null, detail, [hint]) with { Address = address };
}
