using Orrery.Engine.Ports;
using Orrery.Model.Diagnostics;
using Orrery.Model.Plans;
using Orrery.Model.Resources;
using Orrery.Model.Values;

namespace Orrery.Engine.Applying;

/// <summary>
/// Takes over one thing that somebody else made: afterwards it carries our owner and is recorded as ours, and the next
/// plan shows what of it still differs. Whatever speaks against it is found before anything is written.
/// </summary>
internal sealed class Adoption(StepSurroundings shared, ResourceGraph graph, Snapshot snapshot)
{
    /// <summary>The thing that may be taken over, or why it may not.</summary>
    public async Task<Diagnosed<Candidate>> CheckAsync(
        ResourceAddress address, string id, CancellationToken cancellation)
    {
        if (graph.Find(address) is not { } resource)
            return Refused(AdoptionDiagnostics.NotDeclared(address, graph));
        var handler = shared.Handlers.For(address);
        if (resource.Lifecycle.Ownership != Ownership.Owned)
            return Refused(AdoptionDiagnostics.OnlyUsed(address));
        if (handler is not ITakesOver taker)
            return Refused(AdoptionDiagnostics.WithoutOwner(address));
        var recorded = shared.State.Find(address);
        var live = snapshot.Live.GetValueOrDefault(address.Text);
        if ((live?.Id ?? recorded?.Id ?? id) is { } there && there != id)
            return Refused(AdoptionDiagnostics.Occupied(address, there));
        if (await handler.ReadAsync(id, cancellation) is not { } thing)
            return Refused(AdoptionDiagnostics.NotThere(address, id));

        var generation = live?.Generation ?? recorded?.Generation ?? 1;
        var owner = new Owner(shared.State.PlatformId, address.Hash, generation);
        if (thing.Owner is { } other && other with { Generation = generation } != owner)
            return Refused(AdoptionDiagnostics.OthersAlready(address, thing, other));
        var desired = Known((Value.Map)resource.Desired.Resolve(Output));
        var fixedFields = Only(desired, name => handler.Kind.Fields[name].Change == FieldChange.Replaces);
        var difference = FieldDifferences.Between(handler.Kind, thing.Properties, recorded: null, fixedFields);
        if (difference.Any)
            return Refused(AdoptionDiagnostics.Unfit(address, thing, difference.Reasons));
        return new Diagnosed<Candidate>(
            new Candidate
            {
                Handler = taker,
                Owner = owner,
                IsDone = thing.Owner == owner && recorded is { IsPending: false, IsOurs: true } && recorded.Id == id,
                Record = new RecordedResource
                {
                    Address = address,
                    Id = id,
                    Generation = generation,
                    IsOurs = true,
                    Inputs = FieldDifferences.ForRecord(handler.Kind, desired),
                    Outputs = thing.Outputs,
                    Needs = resource.Needs.ToValueList(),
                    Lifecycle = resource.Lifecycle,
                    Deposed = recorded?.Deposed ?? [],
                },
            },
            []);
    }

    /// <summary>Makes it ours; null, or why that failed.</summary>
    public async Task<Diagnostic?> TakeAsync(
        Candidate candidate, OperationContext operation, Action<string, TimeSpan> retried,
        CancellationToken cancellation)
    {
        var record = candidate.Record;
        var before = shared.State.Find(record.Address);
        // Not ours before its owner says so: a run that dies here leaves nothing that could be deleted by mistake.
        await shared.State.PutAsync("adopt begins", record with { IsOurs = false, IsPending = true });
        try
        {
            var taken = await shared.Retrying.RunAsync(
                token => candidate.Handler.TakeOverAsync(
                    record.Id ?? "", candidate.Owner, record.Address, operation, token),
                retried,
                cancellation);
            await shared.State.PutAsync("adopt done", record with { Outputs = taken.Outputs });
            return null;
        }
        catch (ProviderException refusal)
        {
            if (!refusal.MayHaveHappened)
                await RestoreAsync(record.Address, before);
            return refusal.Code == ProviderErrorCode.Foreign
                ? AdoptionDiagnostics.Refused(record.Address, refusal)
                : ApplyDiagnostics.Refused(record.Address, refusal);
        }
    }

    private Task RestoreAsync(ResourceAddress address, RecordedResource? before) => before is null
        ? shared.State.ForgetAsync(address)
        : shared.State.PutAsync("adopt refused", before);

    private Value? Output(OutputReference reference) =>
        snapshot.Live.GetValueOrDefault(reference.Resource.Text)?.Outputs.Fields.GetValueOrDefault(reference.Output);

    /// <summary>What waits for something that is not there yet can be compared and recorded only later.</summary>
    private static Value.Map Known(Value.Map desired) =>
        new(ValueMap.From(desired.Fields.Where(field => field.Value.IsKnown)));

    private static Value.Map Only(Value.Map desired, Func<string, bool> wanted) =>
        new(ValueMap.From(desired.Fields.Where(field => wanted(field.Key))));

    private static Diagnosed<Candidate> Refused(Diagnostic diagnostic) => new(null, [diagnostic]);

    /// <summary>A thing that may be taken over.</summary>
    internal sealed record Candidate
    {
        public required ITakesOver Handler { get; init; }

        public required Owner Owner { get; init; }

        /// <summary>What is remembered of it from now on.</summary>
        public required RecordedResource Record { get; init; }

        /// <summary>An earlier run took it over already.</summary>
        public required bool IsDone { get; init; }
    }
}
