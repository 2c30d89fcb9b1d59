using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Proxmox.Wire;

namespace Orrery.Providers.Proxmox.Kinds;

/// <summary>
/// A role for a user or a token at a path. A link: it is what it joins. <c>subject</c> is <c>user@realm</c> or
/// <c>user@realm!token</c>.
/// </summary>
internal sealed class AclHandler(ProxmoxServices services) : IResourceHandler, IIdentifiedByInputs
{
    public static ResourceKind Definition { get; } = new()
    {
        Type = "proxmox/acl",
        HasGenerations = false,
        Fields = ValueMap.Of(
            ("path", FieldRule.Replaces), ("subject", FieldRule.Replaces), ("role", FieldRule.Replaces),
            ("propagate", FieldRule.Updates)),
    };

    public ResourceKind Kind => Definition;

    public string? IdOf(Value.Map desired) =>
        desired["path"] is Value.Text path && desired["subject"] is Value.Text subject
        && desired["role"] is Value.Text role
            ? IdOf(path.Of, subject.Of, role.Of)
            : null;

    public async Task<IReadOnlyList<Observed>> ListOwnedAsync(string platformId, CancellationToken cancellation)
    {
        var rules = await services.Client.GetAsync(
            "access/acl", ProxmoxJson.Default.EnvelopeListAclEntry, null, cancellation);
        return [.. rules.Where(rule => rule.Type != "group").Select(Observe)];
    }

    public async Task<Observed?> ReadAsync(string id, CancellationToken cancellation) =>
        (await ListOwnedAsync("", cancellation)).FirstOrDefault(rule => rule.Id == id);

    public Task<Observed?> FindExistingAsync(CreateRequest request, CancellationToken cancellation) =>
        ReadAsync(IdOf(request.Desired) ?? "", cancellation);

    public async Task<Observed> CreateAsync(
        CreateRequest request, OperationContext operation, CancellationToken cancellation)
    {
        var parameters = RuleOf(request.Desired).With("propagate", request.Desired["propagate"].AsBool());
        await services.Client.ChangeAsync(HttpMethod.Put, "access/acl", parameters, operation, cancellation);
        return await AwaitReadyAsync(IdOf(request.Desired) ?? "", operation, cancellation);
    }

    public async Task<Observed> AwaitReadyAsync(
        string id, OperationContext operation, CancellationToken cancellation) =>
        await ReadAsync(id, cancellation)
            ?? throw new ProviderException(ProviderErrorCode.NotFound, $"there is no rule '{id}' in this Proxmox VE");

    public Task<Observed> UpdateAsync(
        UpdateRequest request, OperationContext operation, CancellationToken cancellation) =>
        CreateAsync(
            new CreateRequest(operation.Address, "", new Owner("", "", 1), request.Desired), operation, cancellation);

    public async Task DeleteAsync(DeleteRequest request, OperationContext operation, CancellationToken cancellation)
    {
        if (await ReadAsync(request.Id, cancellation) is not { } rule)
            return;
        await services.Client.ChangeAsync(
            HttpMethod.Put, "access/acl", RuleOf(rule.Properties).With("delete", true), operation, cancellation);
    }

    private static Parameters RuleOf(Value.Map rule)
    {
        var subject = rule["subject"].AsText() ?? "";
        var list = subject.Contains('!', StringComparison.Ordinal) ? "tokens" : "users";
        return new Parameters().With("path", rule["path"].AsText()).With("roles", rule["role"].AsText())
            .With(list, subject);
    }

    private static string IdOf(string path, string subject, string role) => $"{path} {subject} {role}";

    private static Observed Observe(AclEntry rule) => new()
    {
        Id = IdOf(rule.Path, rule.Ugid, rule.Roleid),
        Name = "",
        Owner = null,
        IsReady = true,
        Properties = Value.MapOf(
            ("path", rule.Path), ("subject", rule.Ugid), ("role", rule.Roleid), ("propagate", rule.Propagate != 0)),
        Outputs = Value.MapOf(("id", IdOf(rule.Path, rule.Ugid, rule.Roleid))),
    };
}
