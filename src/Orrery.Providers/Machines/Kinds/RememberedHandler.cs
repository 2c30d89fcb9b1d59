using Orrery.Engine.Ports;
using Orrery.Model.Plans;
using Orrery.Model.Resources;
using Orrery.Model.Values;

namespace Orrery.Providers.Machines.Kinds;

/// <summary>
/// What no cloud can list: it is what the state says of it, and where that is lost, what the machine itself and the
/// repository say. Within a run, what was recalled or made is kept here.
/// </summary>
internal abstract class RememberedHandler : IResourceHandler, IKeptInState
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Observed> _known = new(StringComparer.Ordinal);

    public abstract ResourceKind Kind { get; }

    public Task<IReadOnlyList<Observed>> ListOwnedAsync(string platformId, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<Observed>>([]);

    public Task<Observed?> ReadAsync(string id, CancellationToken cancellation) => Task.FromResult(Find(id));

    /// <summary>Making one twice makes it once: what is not found is only looked for in vain.</summary>
    public virtual Task<Observed?> FindExistingAsync(CreateRequest request, CancellationToken cancellation) =>
        Task.FromResult<Observed?>(null);

    public abstract Task<Observed> CreateAsync(
        CreateRequest request, OperationContext operation, CancellationToken cancellation);

    public virtual Task<Observed> AwaitReadyAsync(
        string id, OperationContext operation, CancellationToken cancellation) =>
        Task.FromResult(Find(id) ?? throw new ProviderException(
            ProviderErrorCode.NotFound, $"nothing is remembered of {Kind.Type} {id}"));

    /// <summary>All fields of most kinds replace it.</summary>
    public virtual Task<Observed> UpdateAsync(
        UpdateRequest request, OperationContext operation, CancellationToken cancellation) =>
        AwaitReadyAsync(request.Id, operation, cancellation);

    /// <summary>Forgetting it is the engine's.</summary>
    public virtual Task DeleteAsync(
        DeleteRequest request, OperationContext operation, CancellationToken cancellation) => Task.CompletedTask;

    public virtual Task<Observed?> RecallAsync(RecordedResource recorded, CancellationToken cancellation) =>
        Task.FromResult(recorded.Id is { } id ? Remember(id, recorded.Inputs, recorded.Outputs) : null);

    /// <summary>What a machine shows although nothing is recorded of it: nobody else makes such things.</summary>
    protected static Observed Found(CreateRequest request, string id, Value.Map properties, Value.Map outputs) => new()
    {
        Id = id,
        Name = "",
        Owner = request.Owner,
        IsReady = true,
        Properties = properties,
        Outputs = outputs,
    };

    protected static bool AreKnown(params ReadOnlySpan<Value> inputs)
    {
        foreach (var input in inputs)
        {
            if (!input.IsKnown)
                return false;
        }

        return true;
    }

    protected Observed? Find(string id)
    {
        lock (_gate)
            return _known.GetValueOrDefault(id);
    }

    protected Observed Remember(string id, Value.Map properties, Value.Map outputs, bool isReady = true) =>
        Remember(new Observed
        {
            Id = id,
            Name = "",
            Owner = null,
            IsReady = isReady,
            Properties = properties,
            Outputs = outputs,
        });

    protected Observed Remember(Observed observed)
    {
        lock (_gate)
            _known[observed.Id] = observed;
        return observed;
    }
}
