using Orrery.Engine.Ports;
using Orrery.Engine.State;
using Orrery.Model.Diagnostics;
using Orrery.Model.Plans;
using Orrery.Model.Values;

namespace Orrery.Engine.Applying;

/// <summary>What can go wrong while a plan is made real: what, why, and what to do.</summary>
public static class ApplyDiagnostics
{
    private static readonly DiagnosticCode Foreign = new(
        "APPLY001",
        "something that is not ours stands in the way",
        "A thing of that name or in that place exists already and carries no label of this platform. It is never "
        + "changed or deleted unasked: take it over, rename it, or remove it.");

    private static readonly DiagnosticCode TokenRefused = new(
        "APPLY002",
        "the cloud does not accept the token",
        "The token is missing, wrong, of another project, or may only read.");

    private static readonly DiagnosticCode LimitReached = new(
        "APPLY003",
        "the account's limit is reached",
        "The account may not have more of these. A person must ask the cloud to raise the limit, or remove what "
        + "is unused.");

    private static readonly DiagnosticCode NoneLeft = new(
        "APPLY004",
        "the cloud has none left of this type here",
        "The location has no capacity for this type now. Alternatives for the pool's type are tried in their order.");

    private static readonly DiagnosticCode TakenOver = new(
        "APPLY005",
        "another run has taken over",
        "This run's lease ended, for example while the computer slept, and another run holds it now. Nothing more "
        + "was changed by this one.");

    private static readonly DiagnosticCode ActionFailed = new(
        "APPLY006",
        "the cloud accepted the work and failed to do it",
        "It was tried several times. The cloud's support can tell more with the id of the action.");

    private static readonly DiagnosticCode NoAnswer = new(
        "APPLY007",
        "the cloud did not answer as it should, also after many attempts",
        "The cloud was busy, failed or could not be reached for minutes. Running the command again goes on from here.");

    private static readonly DiagnosticCode RefusedOtherwise = new(
        "APPLY008",
        "the cloud refused",
        "The message is the cloud's own. After correcting what it names, run the command again.");

    private static readonly DiagnosticCode TooLong = new(
        "APPLY009",
        "it took too long",
        "One change may take as long as its deadline, ten minutes by default. The message says what was waited "
        + "for and what was seen last.");

    private static readonly DiagnosticCode AdoptedMissing = new(
        "APPLY010",
        "an adopted thing does not exist",
        "What is adopted is never made, so nothing that needs it can be made either.");

    private static readonly DiagnosticCode AbandonedChange = new(
        "APPLY011",
        "the change was abandoned",
        "It was under way when the run was stopped at once. The next run looks what became of it.");

    private static readonly DiagnosticCode OwnMistake = new(
        "APPLY012",
        "this is a bug in Orrery",
        "Something that must always hold did not. What was done is saved, and running the command again goes on "
        + "from there.");

    /// <summary>In order of their codes.</summary>
    public static DiagnosticFamily Family { get; } = new(
        "APPLY",
        "making a plan real",
        "Found while changes are made. Each stops what depends on it and nothing else.",
        [
            Foreign, TokenRefused, LimitReached, NoneLeft, TakenOver, ActionFailed, NoAnswer, RefusedOtherwise, TooLong,
            AdoptedMissing, AbandonedChange, OwnMistake,
        ]);

    internal static Diagnostic Refused(ResourceAddress? address, ProviderException refusal)
    {
        var (code, hint) = refusal.Code switch
        {
            ProviderErrorCode.Foreign => (
                Foreign, $"take it over with: orrery adopt DIR {address} {refusal.ForeignId ?? "ID"}"),
            ProviderErrorCode.Unauthorized => (
                TokenRefused, "check that the token is of this project and may write"),
            ProviderErrorCode.LimitExceeded => (
                LimitReached, "ask the cloud to raise the limit, or remove what is unused"),
            ProviderErrorCode.CapacityUnavailable => (
                NoneLeft, "declare alternatives for the pool's type, or run again later"),
            ProviderErrorCode.NotWriter => (TakenOver, "wait until that run has finished, then run again"),
            ProviderErrorCode.ActionFailed => (
                ActionFailed,
                "run the command again; if it fails again, ask the cloud's support with the action's id"),
            ProviderErrorCode.Stalled => (
                TooLong, "mend what is named, then run the command again: it goes on from here"),
            _ when refusal.IsTransient => (NoAnswer, "run the command again: it goes on from here"),
            _ => (RefusedOtherwise, "see the reason above; after correcting it run the command again"),
        };
        var request = refusal.RequestId is { } id ? $" (request {id})" : "";
        return Of(code, address, $"{refusal.Message}{request}", hint);
    }

    internal static Diagnostic DeadlinePassed(ResourceAddress address, TimeSpan deadline, WaitState? last) => Of(
        TooLong,
        address,
        last is null
            ? $"Nothing was heard of it within {deadline.TotalMinutes:0.#} minutes."
            : $"Waited {deadline.TotalMinutes:0.#} minutes for {last.Condition}; last seen: {last.LastSeen}.",
        "look at it in the cloud's console, then run the command again: it goes on from here");

    internal static Diagnostic Missing(Change change) => Of(
        AdoptedMissing,
        change.Address,
        "The declaration adopts it, so it is never made by us, and the cloud does not show it to this token.",
        "make it in the cloud, correct the declaration, or leave out adopt so that one is made");

    internal static Diagnostic Abandoned(ResourceAddress address) => Of(
        AbandonedChange,
        address,
        "It was under way when you stopped the run, so its end is not known here.",
        "run the command again: it looks what became of it");

    internal static Diagnostic State(ResourceAddress address, StateException problem) =>
        Of(problem.Code, address, $"{problem.Message}.", problem.Hint);

    internal static Diagnostic Unwritable(ResourceAddress address, Exception problem) => Of(
        StateCodes.Unwritable,
        address,
        problem.Message,
        "make room or correct the rights, then run the command again: it goes on from here");

    internal static Diagnostic Bug(ResourceAddress address, Exception bug) => Of(
        OwnMistake,
        address,
        $"{bug.GetType().Name}: {bug.Message}",
        "report it with the command that you ran; nothing is lost: running again goes on from here");

    private static Diagnostic Of(DiagnosticCode code, ResourceAddress? address, string detail, string hint) =>
        code.At(null, detail, [hint]) with { Address = address };
}
