using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Hetzner.Wire;

namespace Orrery.Providers.Hetzner.Kinds;

/// <summary>What a thing is linked to now.</summary>
/// <param name="Id">The linked thing's id, which is the link's too.</param>
/// <param name="Server">The server's id, or null where it is free.</param>
/// <param name="Outputs">What others may use beside the id.</param>
internal sealed record Link(long Id, long? Server, Value.Map Outputs);

/// <summary>
/// A volume's or an address's place at a server: no thing of its own, without labels. Its id is that of the linked
/// thing, which can be at one server only; so making the same link twice makes it once.
/// </summary>
internal abstract class LinkHandler(HetznerServices services) : IResourceHandler, IIdentifiedByInputs
{
    public abstract ResourceKind Kind { get; }

    /// <summary>The field with the linked thing's id, for example <c>volume</c>.</summary>
    protected abstract string LinkedField { get; }

    protected HetznerServices Services { get; } = services;

    protected HetznerClient Client => Services.Client;

    public string? IdOf(Value.Map desired) => desired[LinkedField] is Value.Text id ? id.Of : null;

    public async Task<IReadOnlyList<Observed>> ListOwnedAsync(string platformId, CancellationToken cancellation) =>
        [.. (await ListAsync(platformId, cancellation)).Where(link => link.Server is not null).Select(Observe)];

    public async Task<Observed?> ReadAsync(string id, CancellationToken cancellation) =>
        await FindAsync(HetznerId.Parse(id), null, cancellation) is { Server: not null } link ? Observe(link) : null;

    public Task<Observed?> FindExistingAsync(CreateRequest request, CancellationToken cancellation) =>
        ReadAsync(request.Desired[LinkedField].AsText() ?? "", cancellation);

    public async Task<Observed> CreateAsync(
        CreateRequest request, OperationContext operation, CancellationToken cancellation)
    {
        var link = await GetAsync(HetznerId.Parse(request.Desired[LinkedField]), operation, cancellation);
        var server = HetznerId.Parse(request.Desired["server"]);
        if (link.Server == server)
            return Observe(link);
        if (link.Server is { } other)
        {
            throw new ProviderException(
                ProviderErrorCode.Conflict,
                $"{LinkedField} {link.Id} is at the server {other} already, not at {server}")
            {
                ForeignId = HetznerId.Of(link.Id),
            };
        }

        Services.Started.Remember(KeyOf(link.Id), await JoinAsync(link.Id, server, operation, cancellation));
        return Observe(link with { Server = server }) with { IsReady = false };
    }

    public async Task<Observed> AwaitReadyAsync(string id, OperationContext operation, CancellationToken cancellation)
    {
        var number = HetznerId.Parse(id);
        await Services.Actions.WaitAsync(Services.Started.Take(KeyOf(number)), operation, cancellation);
        var linked = new Awaited<Link>(
            () => GetAsync(number, operation, cancellation),
            link => link.Server is not null,
            _ => new WaitState($"{LinkedField} {id} is at its server", "at none"));
        return Observe(await PollStatus.UntilAsync(Services.Time, linked, operation, cancellation));
    }

    public abstract Task<Observed> UpdateAsync(
        UpdateRequest request, OperationContext operation, CancellationToken cancellation);

    /// <summary>
    /// Parts the two, but only where the thing is still at the server that we know: what moved on is not ours.
    /// </summary>
    public async Task DeleteAsync(DeleteRequest request, OperationContext operation, CancellationToken cancellation)
    {
        if (await FindAsync(HetznerId.Parse(request.Id), operation, cancellation) is not { Server: { } server } link)
            return;
        if (request.Known["server"].AsText() is { } known && HetznerId.Parse(known) != server)
            return;
        await Services.Actions.WaitAsync(await PartAsync(link.Id, operation, cancellation), operation, cancellation);
    }

    protected abstract Task<IReadOnlyList<Link>> ListAsync(string platformId, CancellationToken cancellation);

    protected abstract Task<Link?> FindAsync(
        long id, OperationContext? operation, CancellationToken cancellation);

    protected abstract Task<IReadOnlyList<ActionSchema>> JoinAsync(
        long id, long server, OperationContext operation, CancellationToken cancellation);

    protected abstract Task<IReadOnlyList<ActionSchema>> PartAsync(
        long id, OperationContext operation, CancellationToken cancellation);

    protected async Task<Link> GetAsync(long id, OperationContext operation, CancellationToken cancellation) =>
        await FindAsync(id, operation, cancellation)
        ?? throw new ProviderException(ProviderErrorCode.NotFound, $"{LinkedField} {id} is gone");

    protected Observed Observe(Link link) => new()
    {
        Id = HetznerId.Of(link.Id),
        Name = "",
        Owner = null,
        IsReady = link.Server is not null,
        Properties = Value.MapOf((LinkedField, HetznerId.Of(link.Id)), ("server", HetznerId.ValueOf(link.Server))),
        Outputs = new Value.Map(link.Outputs.Fields.With("id", HetznerId.Of(link.Id))),
    };

    private string KeyOf(long id) => $"{Kind.Type}/{id}";
}
