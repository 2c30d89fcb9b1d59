using Orrery.Engine.Ports;
using Orrery.Model.Plans;
using Orrery.Model.Resources;

namespace Orrery.Engine.Applying;

/// <summary>
/// Makes a thing exactly once: what a lost reply or a dead run may have made already is found by its deterministic name
/// and its owner, and taken as made; what belongs to someone else is refused.
/// </summary>
internal sealed class Creation(IResourceHandler handler, Lifecycle lifecycle, Retrying retrying, TimeProvider time)
{
    /// <summary>A cloud that says it failed to make something gets this many chances to do better.</summary>
    private const int FailedActionsMax = 4;

    /// <summary>
    /// Longer than a request can be on its way after its sender gave up: for kinds whose names are not unique.
    /// </summary>
    private static readonly TimeSpan LateRequestMax = TimeSpan.FromSeconds(100);

    /// <summary>What is there and ready, and whether it is ours.</summary>
    public async Task<(Observed Made, bool IsOurs)> RunAsync(
        CreateRequest request, OperationContext operation, Action<string, TimeSpan> retried,
        CancellationToken cancellation)
    {
        for (var failed = 1; ; failed++)
        {
            var (made, isOurs) = await MakeOrFindAsync(request, operation, retried, cancellation);
            try
            {
                var ready = await retrying.RunAsync(
                    token => handler.AwaitReadyAsync(made.Id, operation, token), retried, cancellation);
                return (ready, isOurs);
            }
            catch (ProviderException refusal) when (
                isOurs && failed < FailedActionsMax
                && refusal.Code is ProviderErrorCode.ActionFailed or ProviderErrorCode.NotFound)
            {
                // What the cloud failed to make may be there in part: it goes before the next attempt.
                var delay = retrying.DelayAfter(failed);
                retried(refusal.Message, delay);
                await RemoveAsync(made.Id, request, operation, retried, cancellation);
                await Task.Delay(delay, time, cancellation);
            }
        }
    }

    private async Task<(Observed Made, bool IsOurs)> MakeOrFindAsync(
        CreateRequest request, OperationContext operation, Action<string, TimeSpan> retried,
        CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return (await handler.CreateAsync(request, operation, cancellation), true);
            }
            catch (ProviderException refusal) when (CanGoOn(refusal) && attempt < Retrying.AttemptsMax)
            {
                if (refusal.Code == ProviderErrorCode.Conflict || refusal.MayHaveHappened)
                {
                    if (await FindAsync(request, retried, cancellation) is { } found)
                        return found;
                    if (refusal.MayHaveHappened && !handler.Kind.NamesAreUnique)
                    {
                        await Task.Delay(LateRequestMax, time, cancellation);
                        if (await FindAsync(request, retried, cancellation) is { } late)
                            return late;
                    }
                }

                var delay = retrying.DelayAfter(attempt);
                retried(refusal.Message, delay);
                await Task.Delay(delay, time, cancellation);
            }
        }
    }

    private static bool CanGoOn(ProviderException refusal) =>
        refusal.IsTransient || refusal.Code is ProviderErrorCode.Conflict or ProviderErrorCode.ActionFailed;

    private async Task<(Observed Made, bool IsOurs)?> FindAsync(
        CreateRequest request, Action<string, TimeSpan> retried, CancellationToken cancellation)
    {
        var existing = await retrying.RunAsync(
            token => handler.FindExistingAsync(request, token), retried, cancellation);
        if (existing is null)
            return null;
        if (IsTheOne(existing, request))
            return (existing, true);

        if (lifecycle.Ownership == Ownership.Shared)
            return (existing, false);
        throw new ProviderException(
            ProviderErrorCode.Foreign,
            $"'{existing.Name}' (id {existing.Id}) exists already and is not of this platform")
        {
            ForeignId = existing.Id,
        };
    }

    /// <summary>By its label; what carries none is the one when it is what was asked for.</summary>
    private bool IsTheOne(Observed existing, CreateRequest request) => handler is IIdentifiedByInputs
        ? !FieldDifferences.Between(handler.Kind, existing.Properties, null, request.Desired).Any
        : existing.Owner is { } owner && owner.PlatformId == request.Owner.PlatformId
            && owner.AddressHash == request.Owner.AddressHash;

    private async Task RemoveAsync(
        string id, CreateRequest request, OperationContext operation, Action<string, TimeSpan> retried,
        CancellationToken cancellation)
    {
        var owner = handler is IIdentifiedByInputs ? null : request.Owner;
        await retrying.RunAsync(
            async token =>
            {
                await handler.DeleteAsync(new DeleteRequest(id, owner, request.Desired), operation, token);
                return true;
            },
            retried,
            cancellation);
    }
}
