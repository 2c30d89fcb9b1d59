using Orrery.Engine.Ports;
using Orrery.Engine.State;
using Orrery.Model.Diagnostics;
using Orrery.Model.Plans;
using Orrery.Model.Values;

namespace Orrery.Engine.Applying;

/// <summary>What can go wrong while a plan is made real: what, why, and what to do.</summary>
internal static class ApplyDiagnostics
{
    public static Diagnostic Refused(ResourceAddress address, ProviderException refusal)
    {
        var (code, summary, hint) = refusal.Code switch
        {
            ProviderErrorCode.Foreign => (
                "APPLY001", "something that is not ours stands in the way",
                $"take it over with: orrery adopt DIR {address} {refusal.ForeignId ?? "ID"}"),
            ProviderErrorCode.Unauthorized => (
                "APPLY002", "the cloud does not accept the token",
                "check that the token is of this project and may write"),
            ProviderErrorCode.LimitExceeded => (
                "APPLY003", "the account's limit is reached",
                "ask the cloud to raise the limit, or remove what is unused"),
            ProviderErrorCode.CapacityUnavailable => (
                "APPLY004", "the cloud has none left of this type here",
                "declare alternatives for the pool's type, or run again later"),
            ProviderErrorCode.NotWriter => (
                "APPLY005", "another run has taken over", "wait until that run has finished, then run again"),
            ProviderErrorCode.ActionFailed => (
                "APPLY006", "the cloud accepted the work and failed to do it",
                "run the command again; if it fails again, ask the cloud's support with the action's id"),
            _ when refusal.IsTransient => (
                "APPLY007", "the cloud did not answer as it should, also after many attempts",
                "run the command again: it goes on from here"),
            _ => ("APPLY008", "the cloud refused", "see the reason above; after correcting it run the command again"),
        };
        var request = refusal.RequestId is { } id ? $" (request {id})" : "";
        return Of(code, address, summary, $"{refusal.Message}{request}", hint);
    }

    public static Diagnostic DeadlinePassed(ResourceAddress address, TimeSpan deadline, WaitState? last) => Of(
        "APPLY009", address, "it took too long",
        last is null
            ? $"Nothing was heard of it within {deadline.TotalMinutes:0.#} minutes."
            : $"Waited {deadline.TotalMinutes:0.#} minutes for {last.Condition}; last seen: {last.LastSeen}.",
        "look at it in the cloud's console, then run the command again: it goes on from here");

    public static Diagnostic Missing(Change change) => Of(
        "APPLY010", change.Address, "an adopted thing does not exist",
        "The declaration adopts it, so it is never made by us, and the cloud does not show it to this token.",
        "make it in the cloud, correct the declaration, or leave out adopt so that one is made");

    public static Diagnostic Abandoned(ResourceAddress address) => Of(
        "APPLY011", address, "the change was abandoned",
        "It was under way when you stopped the run, so its end is not known here.",
        "run the command again: it looks what became of it");

    public static Diagnostic State(ResourceAddress address, StateException problem) =>
        Of(problem.Code, address, "the state cannot be used", problem.Message, problem.Hint);

    public static Diagnostic Bug(ResourceAddress address, Exception bug) => Of(
        "APPLY012", address, "this is a bug in Orrery",
        $"{bug.GetType().Name}: {bug.Message}",
        "report it with the command that you ran; nothing is lost: running again goes on from here");

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
