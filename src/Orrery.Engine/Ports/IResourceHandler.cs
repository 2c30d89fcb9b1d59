using Orrery.Model.Plans;
using Orrery.Model.Resources;
using Orrery.Model.Values;

namespace Orrery.Engine.Ports;

/// <summary>
/// What the engine asks of a kind of resource. Every call is safe to repeat: creating what exists throws
/// <see cref="ProviderErrorCode.Conflict"/>, deleting what is gone succeeds, updating to what is does nothing.
/// Every call ends within its token; every refusal is a <see cref="ProviderException"/>.
/// </summary>
public interface IResourceHandler
{
    ResourceKind Kind { get; }

    /// <summary>
    /// Everything of this kind that carries the platform's id: all pages of it. Kinds that cannot be tagged list what
    /// hangs on tagged things of the platform, with <see cref="Observed.Owner"/> null.
    /// </summary>
    Task<IReadOnlyList<Observed>> ListOwnedAsync(string platformId, CancellationToken cancellation);

    /// <summary>What is there under a cloud id, or null.</summary>
    Task<Observed?> ReadAsync(string id, CancellationToken cancellation);

    /// <summary>
    /// What stands in the way of making this resource: the thing with its unique name, or the existing thing that a
    /// shared or adopted resource means (an SSH key by its fingerprint, a floating IP by its address). Null when there
    /// is none.
    /// </summary>
    Task<Observed?> FindExistingAsync(CreateRequest request, CancellationToken cancellation);

    /// <summary>
    /// Asks the cloud to make it, with its owner in that same request; returns when the cloud has named its id.
    /// </summary>
    Task<Observed> CreateAsync(CreateRequest request, OperationContext operation, CancellationToken cancellation);

    /// <summary>Waits until it is ready; reports what it waits for.</summary>
    Task<Observed> AwaitReadyAsync(string id, OperationContext operation, CancellationToken cancellation);

    /// <summary>Changes it in place, field by field, until it is as desired and ready.</summary>
    Task<Observed> UpdateAsync(UpdateRequest request, OperationContext operation, CancellationToken cancellation);

    /// <summary>Deletes it, after looking once more whose it is, and waits until it is gone.</summary>
    Task DeleteAsync(DeleteRequest request, OperationContext operation, CancellationToken cancellation);
}

/// <summary>A kind whose cloud id follows from its inputs: attachments and assignments, which carry no label.</summary>
public interface IIdentifiedByInputs
{
    /// <summary>The id, or null while an input that makes it is unknown.</summary>
    string? IdOf(Value.Map desired);
}

/// <summary>
/// A kind that no cloud lists: keys, and what was done on a machine. What the state says of it is what is; where the
/// state says nothing, <see cref="IResourceHandler.FindExistingAsync"/> looks for it by its inputs, of which some may
/// be unknown, and finds it as ours.
/// </summary>
public interface IKeptInState
{
    /// <summary>
    /// What is there by what was recorded of it, or null where nothing is: also of a change whose end is not recorded.
    /// Sends nothing.
    /// </summary>
    Task<Observed?> RecallAsync(RecordedResource recorded, CancellationToken cancellation);
}

/// <summary>A kind that can do named steps, such as <c>shutdown</c> of a server. Steps are safe to repeat.</summary>
public interface IPerformsSteps
{
    Task PerformAsync(string step, string id, OperationContext operation, CancellationToken cancellation);
}

/// <summary>A kind whose foreign things can become ours: it writes our owner on what is there.</summary>
public interface ITakesOver
{
    /// <summary>
    /// Writes the owner and leaves everything else as it is. Safe to repeat. Refuses what carries another owner with
    /// <see cref="ProviderErrorCode.Foreign"/>.
    /// </summary>
    Task<Observed> TakeOverAsync(
        string id, Owner owner, ResourceAddress address, OperationContext operation, CancellationToken cancellation);
}

/// <summary>A kind that costs money.</summary>
public interface IPriced
{
    /// <summary>Gross euros per month for such a resource, or null where the price list does not name it.</summary>
    Task<decimal?> PricePerMonthAsync(Value.Map desired, CancellationToken cancellation);
}
