using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;

namespace Orrery.Providers.Vault.Kinds;

/// <summary>
/// What all things in a cluster's Vault have in common: an id of the cluster's uid and a name, no label but what their
/// kind has, and that writing them again does nothing more. What cannot be seen for now counts as absent, because
/// making it again is safe.
/// </summary>
internal abstract class VaultHandler(IVaults vaults) : IResourceHandler, IIdentifiedByInputs
{
    private const string ClusterField = "cluster";
    private const string NameField = "name";

    public abstract ResourceKind Kind { get; }

    /// <summary>The desired value of a thing.</summary>
    /// <param name="cluster">The uid of its cluster: another resource's output.</param>
    /// <param name="needs">Outputs of what must be there before it.</param>
    public static Value.Map Desired(
        Value cluster, string name, IEnumerable<Value> needs, params ReadOnlySpan<(string Key, Value Value)> fields) =>
        Value.MapOf([(ClusterField, cluster), (NameField, name), ("needs", Value.ListOf(needs)), .. fields]);

    public string? IdOf(Value.Map desired) => desired[ClusterField].IsKnown
        ? $"{desired[ClusterField].AsText()}/{desired[NameField].AsText()}"
        : null;

    public Task<IReadOnlyList<Observed>> ListOwnedAsync(string platformId, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<Observed>>([]);

    public async Task<Observed?> ReadAsync(string id, CancellationToken cancellation)
    {
        var (cluster, name) = Parts(id);
        try
        {
            return await vaults.FindAsync(cluster, cancellation) is { } client
                && await FindAsync(client, name, cancellation) is { } fields
                    ? Observe(id, fields)
                    : null;
        }
        catch (ProviderException refusal) when (refusal.IsTransient || refusal.Code == ProviderErrorCode.NotFound)
        {
            // The server is not there yet, or not any more.
            return null;
        }
    }

    public Task<Observed?> FindExistingAsync(CreateRequest request, CancellationToken cancellation) =>
        ReadAsync(IdOf(request.Desired) ?? "", cancellation);

    public async Task<Observed> CreateAsync(
        CreateRequest request, OperationContext operation, CancellationToken cancellation)
    {
        var id = IdOf(request.Desired) ?? throw new InvariantException("a Vault's cluster is known by then");
        await vaults.AwaitAsync(Parts(id).Cluster, operation, cancellation);
        return await PutAsync(id, new Wanted(request.Owner, request.Desired), operation, cancellation);
    }

    public async Task<Observed> AwaitReadyAsync(
        string id, OperationContext operation, CancellationToken cancellation) =>
        await ReadAsync(id, cancellation)
        ?? throw new ProviderException(ProviderErrorCode.NotFound, $"{Parts(id).Name} is not in Vault");

    public Task<Observed> UpdateAsync(
        UpdateRequest request, OperationContext operation, CancellationToken cancellation) =>
        PutAsync(request.Id, new Wanted(request.Owner, request.Desired), operation, cancellation);

    public async Task DeleteAsync(DeleteRequest request, OperationContext operation, CancellationToken cancellation)
    {
        var (cluster, name) = Parts(request.Id);
        if (await vaults.FindAsync(cluster, cancellation) is { } client)
            await RemoveAsync(client, name, operation, cancellation);
    }

    /// <summary>What every kind declares.</summary>
    protected static ValueMap<FieldRule> FieldsOf(params ReadOnlySpan<(string Name, FieldRule Rule)> more) =>
        ValueMap.Of(
        [
            (ClusterField, FieldRule.Replaces), (NameField, FieldRule.Replaces), ("needs", FieldRule.CreateOnly),
            .. more,
        ]);

    /// <summary>The fields of the kind's own as they are; null where nothing of that name is there.</summary>
    protected abstract Task<Value.Map?> FindAsync(VaultClient client, string name, CancellationToken cancellation);

    /// <summary>Writes it, new or not.</summary>
    protected abstract Task WriteAsync(
        VaultClient client, string name, Wanted wanted, OperationContext operation, CancellationToken cancellation);

    protected abstract Task RemoveAsync(
        VaultClient client, string name, OperationContext operation, CancellationToken cancellation);

    private static (string Cluster, string Name) Parts(string id) =>
        id.Split('/', 2) is [var cluster, var name] ? (cluster, name) : ("", id);

    private static Observed Observe(string id, Value.Map fields) => new()
    {
        Id = id,
        Name = Parts(id).Name,
        Owner = null,
        IsReady = true,
        Properties = new Value.Map(
            fields.Fields.With(ClusterField, Parts(id).Cluster).With(NameField, Parts(id).Name)),
        Outputs = Value.MapOf(("id", id)),
    };

    private async Task<Observed> PutAsync(
        string id, Wanted wanted, OperationContext operation, CancellationToken cancellation)
    {
        var (cluster, name) = Parts(id);
        var client = await vaults.FindAsync(cluster, cancellation)
            ?? throw new ProviderException(ProviderErrorCode.Unavailable, $"the cluster {cluster} cannot be reached");
        await WriteAsync(client, name, wanted, operation, cancellation);
        return await FindAsync(client, name, cancellation) is { } fields
            ? Observe(id, fields)
            : throw new ProviderException(
                ProviderErrorCode.Unavailable, $"{name} was written to Vault and is not there");
    }

    /// <summary>What shall be, and whose it then is.</summary>
    /// <param name="Owner">Null where it stays whose it was.</param>
    protected sealed record Wanted(Owner? Owner, Value.Map Desired);
}
