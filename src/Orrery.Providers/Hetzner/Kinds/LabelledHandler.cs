using System.Text.Json.Serialization.Metadata;
using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Hetzner.Wire;
using Orrery.Providers.Machines;

namespace Orrery.Providers.Hetzner.Kinds;

/// <summary>
/// What every kind needs of the provider: its client, the one poller, the actions started and not yet waited for.
/// </summary>
internal sealed record HetznerServices(
    HetznerClient Client, ActionPoller Actions, StartedActions Started, HetznerPrices Prices, TimeProvider Time)
{
    /// <summary>Servers that need no shutdown before their disks go.</summary>
    public ReleasedMachines Released { get; } = new();
}

/// <summary>
/// A kind whose things carry labels. Says once how such things are listed, found, read, waited for and deleted; each
/// kind says what it is made of and how its fields change.
/// </summary>
internal abstract class LabelledHandler<TItem, TReply, TPage>(HetznerServices services)
    : IResourceHandler, ITakesOver
    where TItem : class, ILabelled
    where TReply : class, IReply<TItem>
    where TPage : class, IPage<TItem>
{
    public abstract ResourceKind Kind { get; }

    /// <summary>The collection's path, for example <c>servers</c>.</summary>
    protected abstract string Path { get; }

    protected abstract JsonTypeInfo<TReply> ReplyType { get; }

    protected abstract JsonTypeInfo<TPage> PageType { get; }

    protected HetznerServices Services { get; } = services;

    protected HetznerClient Client => Services.Client;

    public async Task<IReadOnlyList<Observed>> ListOwnedAsync(string platformId, CancellationToken cancellation) =>
        [.. (await ListAsync(OwnerLabels.Selector(platformId), cancellation)).Select(Observe)];

    public async Task<Observed?> ReadAsync(string id, CancellationToken cancellation) =>
        HetznerId.IsId(id) && await FindAsync(id, null, cancellation) is { } item ? Observe(item) : null;

    public virtual async Task<Observed?> FindExistingAsync(CreateRequest request, CancellationToken cancellation)
    {
        var found = await ListAsync($"name={Uri.EscapeDataString(request.Name)}", cancellation);
        return found.FirstOrDefault(item => item.Name == request.Name) is { } item ? Observe(item) : null;
    }

    public abstract Task<Observed> CreateAsync(
        CreateRequest request, OperationContext operation, CancellationToken cancellation);

    public virtual async Task<Observed> AwaitReadyAsync(
        string id, OperationContext operation, CancellationToken cancellation)
    {
        await Services.Actions.WaitAsync(Services.Started.Take(PathOf(id)), operation, cancellation);
        return Observe(await GetAsync(id, operation, cancellation));
    }

    public async Task<Observed> UpdateAsync(
        UpdateRequest request, OperationContext operation, CancellationToken cancellation)
    {
        var current = await GetAsync(request.Id, operation, cancellation);
        CheckOwner(current, request.Owner);
        await ChangeAsync(current, request.Desired, operation, cancellation);
        return Observe(await GetAsync(request.Id, operation, cancellation));
    }

    public async Task DeleteAsync(DeleteRequest request, OperationContext operation, CancellationToken cancellation)
    {
        if (await FindAsync(request.Id, operation, cancellation) is not { } current)
            return;
        CheckOwner(current, request.Owner);
        await ReleaseAsync(current, operation, cancellation);
        var actions = await Client.DeleteAsync(PathOf(request.Id), operation, cancellation);
        await Services.Actions.WaitAsync(actions, operation, cancellation);
    }

    public async Task<Observed> TakeOverAsync(
        string id, Owner owner, ResourceAddress address, OperationContext operation, CancellationToken cancellation)
    {
        var current = await GetAsync(id, operation, cancellation);
        if (!OwnerLabels.MayTake(current.Labels, owner))
            throw Foreign(current, "its labels name another owner");

        // A PUT replaces all labels, so those of others are sent back as they are.
        var labels = new Dictionary<string, string>(current.Labels);
        foreach (var (name, value) in OwnerLabels.Of(owner, address))
            labels[name] = value;
        var body = Body.Of(new LabelsUpdate(labels), HetznerJson.Default.LabelsUpdate);
        await Client.PutAsync(PathOf(id), body, ReplyType, operation, cancellation);
        return Observe(await GetAsync(id, operation, cancellation));
    }

    /// <summary>The thing as the engine sees it.</summary>
    protected abstract Observed Observe(TItem item);

    /// <summary>
    /// Changes what differs between the thing as it is now and as it shall be; only fields that change in place.
    /// </summary>
    protected virtual Task ChangeAsync(
        TItem current, Value.Map desired, OperationContext operation, CancellationToken cancellation) =>
            Task.CompletedTask;

    /// <summary>Frees the thing from what would keep Hetzner from deleting it.</summary>
    protected virtual Task ReleaseAsync(TItem current, OperationContext operation, CancellationToken cancellation) =>
        Task.CompletedTask;

    protected static Observed Observed(
        TItem item, Value.Map properties, Value.Map outputs, bool isReady = true) => new()
        {
            Id = HetznerId.Of(item.Id),
            Name = item.Name,
            Owner = OwnerLabels.Read(item.Labels),
            IsReady = isReady,
            Properties = properties,
            Outputs = new Value.Map(outputs.Fields.With("id", HetznerId.Of(item.Id))),
        };

    protected async Task<Observed> MakeAsync<TBody>(
        Body<TBody> body, OperationContext operation, CancellationToken cancellation)
    {
        var reply = await Client.PostAsync(Path, body, ReplyType, operation, cancellation);
        Services.Started.Remember(PathOf(HetznerId.Of(reply.Item.Id)), reply.Started);
        return Observe(reply.Item);
    }

    protected Task<IReadOnlyList<TItem>> ListAsync(string query, CancellationToken cancellation) =>
        Client.ListAsync<TPage, TItem>(
            query.Length > 0 ? $"{Path}?{query}&sort=id:asc" : $"{Path}?sort=id:asc", PageType, cancellation);

    protected async Task<TItem?> FindAsync(string id, OperationContext? operation, CancellationToken cancellation) =>
        (await Client.FindAsync(PathOf(id), ReplyType, operation, cancellation))?.Item;

    protected async Task<TItem> GetAsync(string id, OperationContext operation, CancellationToken cancellation) =>
        (await Client.GetAsync(PathOf(id), ReplyType, operation, cancellation)).Item;

    /// <summary>Starts an action that needs no body and waits for it.</summary>
    protected async Task ActAsync(string path, OperationContext operation, CancellationToken cancellation)
    {
        var reply = await Client.PostAsync(path, HetznerJson.Default.ActionReply, operation, cancellation);
        await Services.Actions.WaitAsync(reply.All, operation, cancellation);
    }

    /// <summary>Starts an action and waits for it.</summary>
    protected async Task ActAsync<TBody>(
        string path, Body<TBody> body, OperationContext operation, CancellationToken cancellation)
    {
        var reply = await Client.PostAsync(path, body, HetznerJson.Default.ActionReply, operation, cancellation);
        await Services.Actions.WaitAsync(reply.All, operation, cancellation);
    }

    /// <summary>
    /// Waits for what already runs on the thing: after a crash nobody remembers what the creation has started.
    /// </summary>
    protected async Task AwaitRunningAsync(string id, OperationContext operation, CancellationToken cancellation)
    {
        var path = $"{PathOf(id)}/actions?status=running";
        var running = await Client.GetAsync(path, HetznerJson.Default.ActionList, cancellation);
        await Services.Actions.WaitAsync(running.Actions, operation, cancellation);
    }

    protected string ActionOf(TItem item, string action) => $"{Path}/{item.Id}/actions/{action}";

    protected string PathOf(string id) => $"{Path}/{HetznerId.Parse(id)}";

    private void CheckOwner(TItem current, Owner? expected)
    {
        if (expected is null || OwnerLabels.Read(current.Labels) == expected)
            return;
        throw Foreign(current, "its labels name another owner or none");
    }

    private ProviderException Foreign(TItem current, string why) =>
        new(ProviderErrorCode.Foreign, $"{Kind.Type} '{current.Name}' (id {current.Id}) is not ours: {why}")
        {
            ForeignId = HetznerId.Of(current.Id),
        };
}
