using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Proxmox.Wire;

namespace Orrery.Providers.Proxmox.Kinds;

/// <summary>A set of privileges. It carries no comment; its name is its id.</summary>
internal sealed class RoleHandler(ProxmoxServices services) : IResourceHandler, IIdentifiedByInputs
{
    public static ResourceKind Definition { get; } = new()
    {
        Type = "proxmox/role",
        HasGenerations = false,
        Fields = ValueMap.Of(
            ("name", FieldRule.Replaces), ("privileges", FieldRule.Updates with { Unordered = true })),
    };

    public ResourceKind Kind => Definition;

    public string? IdOf(Value.Map desired) => desired["name"] is Value.Text name ? name.Of : null;

    public async Task<IReadOnlyList<Observed>> ListOwnedAsync(string platformId, CancellationToken cancellation)
    {
        var roles = await services.Client.GetAsync(
            "access/roles", ProxmoxJson.Default.EnvelopeListRoleEntry, null, cancellation);
        return [.. roles.Where(role => role.Special == 0).Select(Observe)];
    }

    public async Task<Observed?> ReadAsync(string id, CancellationToken cancellation) =>
        (await ListOwnedAsync("", cancellation)).FirstOrDefault(role => role.Id == id);

    public Task<Observed?> FindExistingAsync(CreateRequest request, CancellationToken cancellation) =>
        ReadAsync(IdOf(request.Desired) ?? "", cancellation);

    public async Task<Observed> CreateAsync(
        CreateRequest request, OperationContext operation, CancellationToken cancellation)
    {
        var id = IdOf(request.Desired) ?? "";
        var parameters = new Parameters().With("roleid", id).With("privs", PrivilegesOf(request.Desired));
        await services.Client.ChangeAsync(HttpMethod.Post, "access/roles", parameters, operation, cancellation);
        return await AwaitReadyAsync(id, operation, cancellation);
    }

    public async Task<Observed> AwaitReadyAsync(
        string id, OperationContext operation, CancellationToken cancellation) =>
        await ReadAsync(id, cancellation)
            ?? throw new ProviderException(ProviderErrorCode.NotFound, $"there is no role '{id}' in this Proxmox VE");

    public async Task<Observed> UpdateAsync(
        UpdateRequest request, OperationContext operation, CancellationToken cancellation)
    {
        var parameters = new Parameters().With("privs", PrivilegesOf(request.Desired));
        await services.Client.ChangeAsync(HttpMethod.Put, PathOf(request.Id), parameters, operation, cancellation);
        return await AwaitReadyAsync(request.Id, operation, cancellation);
    }

    public async Task DeleteAsync(DeleteRequest request, OperationContext operation, CancellationToken cancellation)
    {
        if (await ReadAsync(request.Id, cancellation) is not null)
        {
            await services.Client.ChangeAsync(
                HttpMethod.Delete, PathOf(request.Id), new Parameters(), operation, cancellation);
        }
    }

    private static string PathOf(string id) => $"access/roles/{Uri.EscapeDataString(id)}";

    private static string PrivilegesOf(Value.Map desired) =>
        string.Join(',', desired["privileges"].AsList().Select(privilege => privilege.AsText()));

    private static Observed Observe(RoleEntry role) => new()
    {
        Id = role.Roleid,
        Name = role.Roleid,
        Owner = null,
        IsReady = true,
        Properties = Value.MapOf(
            ("name", role.Roleid),
            ("privileges", Value.ListOf(OwnerTags.Split(role.Privs).Select(privilege => (Value)privilege)))),
        Outputs = Value.MapOf(("id", role.Roleid)),
    };
}
