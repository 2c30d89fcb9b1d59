using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Proxmox.Wire;

namespace Orrery.Providers.Proxmox.Kinds;

/// <summary>A group of machines, on which permissions can be given.</summary>
internal sealed class PoolHandler(ProxmoxServices services) : CommentedHandler(services)
{
    public static ResourceKind Definition { get; } = new()
    {
        Type = "proxmox/pool",
        HasGenerations = false,
        Fields = ValueMap.Of(("name", FieldRule.Replaces)),
    };

    public override ResourceKind Kind => Definition;

    protected override string IdOf(Value.Map desired) => desired["name"].AsText() ?? "";

    protected override async Task<IReadOnlyList<Commented>> ListAsync(
        OperationContext? operation, CancellationToken cancellation)
    {
        var pools = await Services.Client.GetAsync(
            "pools", ProxmoxJson.Default.EnvelopeListPoolEntry, operation, cancellation);
        return [.. pools.Select(pool =>
            new Commented(pool.Poolid, pool.Comment, Value.MapOf(("name", pool.Poolid))))];
    }

    protected override Task MakeAsync(
        string id, string comment, OperationContext operation, CancellationToken cancellation) =>
        Services.Client.ChangeAsync(
            HttpMethod.Post, "pools", new Parameters().With("poolid", id).With("comment", comment), operation,
            cancellation);

    protected override Task RemoveAsync(string id, OperationContext operation, CancellationToken cancellation) =>
        Services.Client.ChangeAsync(
            HttpMethod.Delete, "pools", new Parameters().With("poolid", id), operation, cancellation);
}
