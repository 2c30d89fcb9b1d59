using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;

namespace Orrery.Providers.Proxmox.Kinds;

/// <summary>A thing with a comment, of which the comment says whose it is.</summary>
/// <param name="Id">Its name, which nothing else of its kind has.</param>
/// <param name="Properties">Its fields.</param>
internal sealed record Commented(string Id, string? Comment, Value.Map Properties);

/// <summary>
/// Pools and users: small things with a name and a comment. Says once how such things are listed, found, made and
/// deleted; what is there and not ours is not taken.
/// </summary>
internal abstract class CommentedHandler(ProxmoxServices services) : IResourceHandler
{
    public abstract ResourceKind Kind { get; }

    protected ProxmoxServices Services { get; } = services;

    /// <summary>What the comment calls it: <c>pool</c>.</summary>
    private string Word => Kind.Type[(Kind.Type.IndexOf('/', StringComparison.Ordinal) + 1)..];

    public async Task<IReadOnlyList<Observed>> ListOwnedAsync(string platformId, CancellationToken cancellation) =>
        [.. (await ListAsync(null, cancellation)).Select(Observe)
            .Where(seen => seen.Owner?.PlatformId == platformId)];

    public async Task<Observed?> ReadAsync(string id, CancellationToken cancellation) =>
        await FindAsync(id, null, cancellation) is { } thing ? Observe(thing) : null;

    public Task<Observed?> FindExistingAsync(CreateRequest request, CancellationToken cancellation) =>
        ReadAsync(IdOf(request.Desired), cancellation);

    public async Task<Observed> CreateAsync(
        CreateRequest request, OperationContext operation, CancellationToken cancellation)
    {
        var id = IdOf(request.Desired);
        var comment = OwnerTags.Description(request.Owner, Word, request.Address);
        await MakeAsync(id, comment, operation, cancellation);
        return await AwaitReadyAsync(id, operation, cancellation);
    }

    public async Task<Observed> AwaitReadyAsync(
        string id, OperationContext operation, CancellationToken cancellation) =>
        await FindAsync(id, operation, cancellation) is { } thing
            ? Observe(thing)
            : throw new ProviderException(
                ProviderErrorCode.NotFound, $"there is no {Word} '{id}' in this Proxmox VE");

    public Task<Observed> UpdateAsync(
        UpdateRequest request, OperationContext operation, CancellationToken cancellation) =>
        AwaitReadyAsync(request.Id, operation, cancellation);

    public async Task DeleteAsync(DeleteRequest request, OperationContext operation, CancellationToken cancellation)
    {
        if (await FindAsync(request.Id, operation, cancellation) is not { } thing)
            return;
        if (request.Owner is not null && Observe(thing).Owner != request.Owner)
        {
            throw new ProviderException(
                ProviderErrorCode.Foreign, $"{Kind.Type} '{request.Id}' is not ours: its comment names another owner")
            {
                ForeignId = request.Id,
            };
        }

        await RemoveAsync(request.Id, operation, cancellation);
    }

    /// <summary>Its name, which is its id.</summary>
    protected abstract string IdOf(Value.Map desired);

    protected abstract Task<IReadOnlyList<Commented>> ListAsync(
        OperationContext? operation, CancellationToken cancellation);

    protected abstract Task MakeAsync(
        string id, string comment, OperationContext operation, CancellationToken cancellation);

    protected abstract Task RemoveAsync(string id, OperationContext operation, CancellationToken cancellation);

    private async Task<Commented?> FindAsync(
        string id, OperationContext? operation, CancellationToken cancellation) =>
        (await ListAsync(operation, cancellation)).FirstOrDefault(thing => thing.Id == id);

    private Observed Observe(Commented thing) => new()
    {
        Id = thing.Id,
        Name = thing.Id,
        Owner = OwnerTags.Read(null, thing.Comment) is { } owner && owner.Kind == Word ? owner.Owner : null,
        IsReady = true,
        Properties = thing.Properties,
        Outputs = Value.MapOf(("id", thing.Id)),
    };
}
