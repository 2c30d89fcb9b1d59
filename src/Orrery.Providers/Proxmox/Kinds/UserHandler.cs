using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Proxmox.Wire;

namespace Orrery.Providers.Proxmox.Kinds;

/// <summary>A user for programs, <c>csi@pve</c>: without a password, it has tokens only.</summary>
internal sealed class UserHandler(ProxmoxServices services) : CommentedHandler(services)
{
    public static ResourceKind Definition { get; } = new()
    {
        Type = "proxmox/user",
        HasGenerations = false,
        Fields = ValueMap.Of(("userid", FieldRule.Replaces)),
    };

    public override ResourceKind Kind => Definition;

    protected override string IdOf(Value.Map desired) => desired["userid"].AsText() ?? "";

    protected override async Task<IReadOnlyList<Commented>> ListAsync(
        OperationContext? operation, CancellationToken cancellation)
    {
        var users = await Services.Client.GetAsync(
            "access/users", ProxmoxJson.Default.EnvelopeListUserEntry, operation, cancellation);
        return [.. users.Select(user =>
            new Commented(user.Userid, user.Comment, Value.MapOf(("userid", user.Userid))))];
    }

    protected override Task MakeAsync(
        string id, string comment, OperationContext operation, CancellationToken cancellation) =>
        Services.Client.ChangeAsync(
            HttpMethod.Post, "access/users", new Parameters().With("userid", id).With("comment", comment),
            operation, cancellation);

    protected override Task RemoveAsync(string id, OperationContext operation, CancellationToken cancellation) =>
        Services.Client.ChangeAsync(
            HttpMethod.Delete, $"access/users/{Uri.EscapeDataString(id)}", new Parameters(), operation, cancellation);
}
