using Orrery.Engine.Ports;
using Orrery.Model.Plans;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Proxmox.Wire;

namespace Orrery.Providers.Proxmox.Kinds;

/// <summary>
/// A user's token. Its secret is shown once, in the reply that makes it: the state keeps it, and one whose secret
/// nobody knows is worth nothing and made anew. Another <c>rotation</c> makes another secret.
/// </summary>
internal sealed class TokenHandler(ProxmoxServices services) : IResourceHandler, IKeptInState
{
    private const string Word = "token";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Observed> _known = new(StringComparer.Ordinal);

    public static ResourceKind Definition { get; } = new()
    {
        Type = "proxmox/token",
        HasGenerations = false,
        Fields = ValueMap.Of(
            ("user", FieldRule.Replaces), ("name", FieldRule.Replaces),

            // Whether it may do only what it is given itself, not all that its user may.
            ("privilegeSeparation", FieldRule.Replaces),
            ("rotation", FieldRule.Replaces)),
        StableOutputs = ["id", "secret"],
    };

    public ResourceKind Kind => Definition;

    public Task<IReadOnlyList<Observed>> ListOwnedAsync(string platformId, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<Observed>>([]);

    public Task<Observed?> ReadAsync(string id, CancellationToken cancellation) => Task.FromResult(Find(id));

    /// <summary>One that is there without its secret is none.</summary>
    public Task<Observed?> FindExistingAsync(CreateRequest request, CancellationToken cancellation) =>
        Task.FromResult<Observed?>(null);

    public Task<Observed?> RecallAsync(RecordedResource recorded, CancellationToken cancellation) => Task.FromResult(
        recorded.Id is { } id ? Remember(id, recorded.Inputs, recorded.Outputs) : null);

    public async Task<Observed> CreateAsync(
        CreateRequest request, OperationContext operation, CancellationToken cancellation)
    {
        var desired = request.Desired;
        var (user, name) = (desired["user"].AsText() ?? "", desired["name"].AsText() ?? "");
        await RemoveOursAsync(user, name, request.Owner, operation, cancellation);
        using var content = new Parameters()
            .With("comment", OwnerTags.Description(request.Owner, Word, request.Address))
            .With("privsep", desired["privilegeSeparation"].AsBool()).ToContent();
        var made = await services.Client.SendAsync(
            new Outgoing(HttpMethod.Post, PathOf(user, name), operation, content),
            ProxmoxJson.Default.EnvelopeMadeToken, cancellation);
        var id = $"{user}!{name}";
        if (made.Value is not { Length: > 0 } secret)
            throw new ProviderException(ProviderErrorCode.Unavailable, $"Proxmox VE made {id} and showed no secret");
        return Remember(
            id, desired, Value.MapOf(("id", id), ("secret", new Value.Sensitive(secret)),
                ("credential", new Value.Sensitive($"{id}={secret}"))));
    }

    public Task<Observed> AwaitReadyAsync(
        string id, OperationContext operation, CancellationToken cancellation) =>
        Task.FromResult(Find(id) ?? throw new ProviderException(
            ProviderErrorCode.NotFound, $"nothing is remembered of the token {id}"));

    public Task<Observed> UpdateAsync(
        UpdateRequest request, OperationContext operation, CancellationToken cancellation) =>
        AwaitReadyAsync(request.Id, operation, cancellation);

    public async Task DeleteAsync(DeleteRequest request, OperationContext operation, CancellationToken cancellation)
    {
        if (request.Id.Split('!') is [var user, var name])
            await RemoveOursAsync(user, name, request.Owner, operation, cancellation);
    }

    private async Task RemoveOursAsync(
        string user, string name, Owner? owner, OperationContext operation, CancellationToken cancellation)
    {
        var tokens = await services.Client.FindAsync(
            $"access/users/{Uri.EscapeDataString(user)}/token", ProxmoxJson.Default.EnvelopeListTokenEntry, operation,
            cancellation);
        if (tokens?.FirstOrDefault(token => token.Tokenid == name) is not { } there)
            return;
        var its = OwnerTags.Read(null, there.Comment)?.Owner;
        if (owner is not null && (its?.PlatformId != owner.PlatformId || its.AddressHash != owner.AddressHash))
        {
            throw new ProviderException(
                ProviderErrorCode.Foreign, $"the token {user}!{name} is there and not ours: delete it or name another")
            {
                ForeignId = $"{user}!{name}",
            };
        }

        try
        {
            await services.Client.ChangeAsync(
                HttpMethod.Delete, PathOf(user, name), new Parameters(), operation, cancellation);
        }
        catch (ProviderException refusal) when (refusal.Code == ProviderErrorCode.NotFound)
        {
            // A deletion that was repeated did it the first time.
        }
    }

    private static string PathOf(string user, string name) =>
        $"access/users/{Uri.EscapeDataString(user)}/token/{Uri.EscapeDataString(name)}";

    private Observed? Find(string id)
    {
        lock (_gate)
            return _known.GetValueOrDefault(id);
    }

    private Observed Remember(string id, Value.Map properties, Value.Map outputs)
    {
        var observed = new Observed
        {
            Id = id,
            Name = id,
            Owner = null,
            IsReady = true,
            Properties = properties,
            Outputs = outputs,
        };
        lock (_gate)
            _known[id] = observed;
        return observed;
    }
}
