using Orrery.Engine.Planning;
using Orrery.Engine.Ports;
using Orrery.Engine.State;
using Orrery.Model.Plans;
using Orrery.Model.Resources;
using Orrery.Model.Values;

namespace Orrery.Engine.Applying;

/// <summary>What all steps of a run share.</summary>
internal sealed record StepSurroundings(
    string PlatformName, HandlerSet Handlers, StateStore State, Retrying Retrying, TimeProvider Time)
{
    /// <summary>See <see cref="OperationContext.EndsAll"/>.</summary>
    public bool EndsAll { get; init; }
}

/// <summary>
/// Carries out one step: its intent is durable before anything is asked of a cloud, its result before anyone builds on
/// it.
/// </summary>
internal sealed class StepRunner(StepSurroundings shared, KnownOutputs outputs)
{
    private StateStore State => shared.State;

    public Task RunAsync(
        WorkStep step, OperationContext operation, Action<string, TimeSpan> retried, CancellationToken cancellation)
    {
        var call = new Call(step.Change, shared.Handlers.For(step.Address), operation, retried, cancellation);
        return step.Kind switch
        {
            StepKind.Make => MakeAsync(call),
            StepKind.Update => UpdateAsync(call),
            StepKind.Record => RecordAsync(call),
            StepKind.Forget => State.ForgetAsync(step.Address),
            StepKind.Remove => RemoveAsync(call),
            _ => RemoveDeposedAsync(call),
        };
    }

    private async Task MakeAsync(Call call)
    {
        var change = call.Change;
        var desired = outputs.Resolve(change.After ?? Value.Map.Empty);
        var replaced = IsBesideOld(change) && State.Find(change.Address) is { Id: not null } there
            && there.Generation != change.Generation
            ? there
            : null;
        var intent = Recorded(change, desired) with { Id = null, IsPending = true };
        if (replaced is not null)
            await State.PutAsync("create begins beside the old one", replaced with { IsPending = true });
        else
            await State.PutAsync("create begins", intent);

        var name = CloudName.Of(shared.PlatformName, change.Address, change.Generation);
        var owner = new Owner(State.PlatformId, change.Address.Hash, change.Generation);
        var creation = new Creation(call.Handler, change.Lifecycle, shared.Retrying, shared.Time);
        var (made, isOurs) = await creation.RunAsync(
            new CreateRequest(change.Address, name, owner, desired), call.Operation, call.Retried, call.Cancellation);
        await State.PutAsync("create done", intent with
        {
            Id = made.Id,
            IsOurs = isOurs,
            IsPending = false,
            Outputs = made.Outputs,
            Deposed = replaced is { Id: { } oldId }
                ? [.. intent.Deposed, new RecordedInstance(oldId, replaced.Generation, replaced.Inputs)]
                : intent.Deposed,
        });
        Publish(change.Address, made.Outputs);
    }

    private async Task UpdateAsync(Call call)
    {
        var change = call.Change;
        var desired = outputs.Resolve(change.After ?? Value.Map.Empty);
        var id = change.Id ?? throw new InvariantException($"{change.Address} is updated without an id");
        var record = Recorded(change, desired) with { Id = id, Outputs = change.Outputs ?? Value.Map.Empty };
        var before = State.Find(change.Address);
        await State.PutAsync("update begins", (before ?? record) with { IsPending = true });
        var observed = change.Before ?? Value.Map.Empty;
        var updated = await call.Repeat(shared.Retrying, async token =>
        {
            var request = new UpdateRequest(id, OwnerOf(call, change.Generation), observed, desired);
            try
            {
                return await call.Handler.UpdateAsync(request, call.Operation, token);
            }
            catch (ProviderException refusal) when (refusal.MayHaveHappened)
            {
                // The next attempt starts from what is there now.
                observed = (await call.Handler.ReadAsync(id, token))?.Properties ?? observed;
                throw;
            }
        });
        await State.PutAsync("update done", record with { Id = updated.Id, Outputs = updated.Outputs });
        Publish(change.Address, updated.Outputs);
    }

    private async Task RecordAsync(Call call)
    {
        var change = call.Change;
        if (change.Id is not { } id)
        {
            await State.ForgetAsync(change.Address);
            return;
        }

        if (change.After is null)
        {
            await State.ForgetAsync(change.Address);
            return;
        }

        var ready = await call.Repeat(
            shared.Retrying, token => call.Handler.AwaitReadyAsync(id, call.Operation, token));
        var record = Recorded(change, outputs.Resolve(change.After)) with
        {
            Id = id,
            IsOurs = change.IsOurs,
            Outputs = ready.Outputs,
        };
        await State.PutAsync("found", record);
        Publish(change.Address, ready.Outputs);
    }

    private void Publish(ResourceAddress address, Value.Map made)
    {
        shared.Handlers.Learn(address, made);
        outputs.Publish(address, made);
    }

    private async Task RemoveAsync(Call call)
    {
        var change = call.Change;
        var current = State.Find(change.Address);

        // After a create-first replacement the record is the new one, and what goes is deposed.
        if (IsBesideOld(change) && current is not null && current.Generation == change.Generation)
        {
            var old = current.Deposed.FirstOrDefault(instance => instance.Id == change.Id);
            await DeleteAsync(
                call, change.Id ?? "", old?.Generation ?? change.Generation - 1, change.Before ?? Value.Map.Empty);
            await LetGoAsync(change.Address, [change.Id]);
            return;
        }

        if (current is not null)
            await State.PutAsync("delete begins", current with { IsPending = true });
        // Found by its label alone, it is one generation older than what replaces it.
        var generation = current?.Generation
            ?? (change.Action == ChangeAction.Replace ? change.Generation - 1 : change.Generation);
        if (change.Id is { } id)
            await DeleteAsync(call, id, generation, change.Before ?? current?.Inputs ?? Value.Map.Empty);
        if (change.Action == ChangeAction.Replace && current is not null)
            await State.PutAsync(
                "delete done", current with { Id = null, IsPending = false, Outputs = Value.Map.Empty });
        else
            await State.ForgetAsync(change.Address);
    }

    /// <summary>The new one is made while the old one is still there.</summary>
    private static bool IsBesideOld(Change change) => change.Action == ChangeAction.Replace
        && change.Lifecycle.ReplaceOrder == ReplaceOrder.CreateFirst;

    private async Task RemoveDeposedAsync(Call call)
    {
        foreach (var old in call.Change.Deposed)
            await DeleteAsync(call, old.Id, old.Generation, old.Properties);
        await LetGoAsync(call.Change.Address, call.Change.Deposed.Select(old => old.Id));
    }

    private async Task LetGoAsync(ResourceAddress address, IEnumerable<string?> ids)
    {
        if (State.Find(address) is not { Deposed.Count: > 0 } record)
            return;
        var left = record.Deposed.Where(instance => !ids.Contains(instance.Id)).ToValueList();
        await State.PutAsync("delete of the old one done", record with { Deposed = left });
    }

    private async Task DeleteAsync(Call call, string id, int generation, Value.Map known)
    {
        // Whatever a plan says: what is protected is not deleted here.
        Invariant.Check(
            !call.Change.Lifecycle.Protect, $"{call.Change.Address} is protected and was about to be deleted");
        foreach (var step in call.Change.Lifecycle.BeforeDelete)
        {
            if (known[step.IdField].AsText() is { } target
                && shared.Handlers.For(call.Change.Address, step.Type) is IPerformsSteps performer)
            {
                await call.Repeat(
                    shared.Retrying, token => Done(performer.PerformAsync(step.Name, target, call.Operation, token)));
            }
        }

        var request = new DeleteRequest(id, OwnerOf(call, generation), known)
        {
            IsReplaced = call.Change.Action == ChangeAction.Replace,
        };
        await call.Repeat(shared.Retrying, token => Done(call.Handler.DeleteAsync(request, call.Operation, token)));
    }

    private static async Task<bool> Done(Task task)
    {
        await task;
        return true;
    }

    private Owner? OwnerOf(Call call, int generation) => call.Handler is IIdentifiedByInputs
        ? null
        : new Owner(State.PlatformId, call.Change.StrayHash ?? call.Change.Address.Hash, generation);

    private RecordedResource Recorded(Change change, Value.Map desired) =>
        Recorded(shared.Handlers.For(change.Address), change, desired);

    private static RecordedResource Recorded(IResourceHandler handler, Change change, Value.Map desired) => new()
    {
        Address = change.Address,
        Id = null,
        Generation = change.Generation,
        IsOurs = true,
        Inputs = FieldDifferences.ForRecord(handler.Kind, desired),
        Outputs = Value.Map.Empty,
        Needs = change.Needs,
        Lifecycle = change.Lifecycle,
        Deposed = change.Deposed.Select(
            old => new RecordedInstance(old.Id, old.Generation, old.Properties)).ToValueList(),
    };

    /// <summary>One step's call with what it always passes on.</summary>
    private sealed record Call(
        Change Change,
        IResourceHandler Handler,
        OperationContext Operation,
        Action<string, TimeSpan> Retried,
        CancellationToken Cancellation)
    {
        public Task<T> Repeat<T>(Retrying retrying, Func<CancellationToken, Task<T>> operation) =>
            retrying.RunAsync(operation, Retried, Cancellation);
    }
}
