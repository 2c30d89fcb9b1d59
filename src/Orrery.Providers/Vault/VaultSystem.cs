using System.Globalization;
using System.Net;
using Orrery.Engine.Ports;
using Orrery.Model.Values;
using Orrery.Providers.Vault.Wire;
using static Orrery.Providers.Vault.VaultClient;

namespace Orrery.Providers.Vault;

/// <summary>What a server is set up with: engines, policies and the login of Kubernetes' service accounts.</summary>
public sealed class VaultSystem(VaultClient client)
{
    private static readonly HttpStatusCode[] HealthStatuses =
        [(HttpStatusCode)429, (HttpStatusCode)472, (HttpStatusCode)473, (HttpStatusCode)501, (HttpStatusCode)503];

    /// <summary>Whether the server can serve; needs no token. Throws only where it does not answer.</summary>
    public async Task<VaultHealth> HealthAsync(CancellationToken cancellation)
    {
        var (status, _) = await client.AskAsync(
            new Outgoing(HttpMethod.Get, "sys/health") { Awaited = HealthStatuses.Contains },
            VaultJson.Default.HealthReply, cancellation);
        // https://openbao.org/api-docs/system/health/
        return (int)status switch
        {
            501 => VaultHealth.NotInitialized,
            503 => VaultHealth.Sealed,
            429 or 472 or 473 => VaultHealth.Standby,
            _ => VaultHealth.Active,
        };
    }

    /// <summary>The engine at a path, or null where there is none.</summary>
    public async Task<VaultMount?> FindEngineAsync(string path, CancellationToken cancellation) =>
        await MountAsync("sys/mounts", path, cancellation);

    /// <summary>Enables KV, version 2. Refused with <see cref="ProviderErrorCode.Conflict"/> where the path is used.
    /// </summary>
    public Task EnableKeyValueAsync(
        string path, string description, OperationContext operation, CancellationToken cancellation) =>
        EnableAsync(
            PathOf("sys/mounts", path), new MountRequest("kv", description, new() { ["version"] = "2" }), operation,
            cancellation);

    /// <summary>Disables an engine, which deletes all that it holds.</summary>
    public Task DisableEngineAsync(string path, OperationContext operation, CancellationToken cancellation) =>
        client.DeleteAsync(PathOf("sys/mounts", path), operation, cancellation);

    /// <summary>A policy's text, or null where there is none of this name.</summary>
    public async Task<string?> FindPolicyAsync(string name, CancellationToken cancellation) =>
        (await client.FindAsync(
            PathOf("sys/policies/acl", name), VaultJson.Default.PolicyReply, null, cancellation))?.Data.Policy;

    /// <summary>Writes a policy, new or not.</summary>
    public Task WritePolicyAsync(
        string name, string text, OperationContext operation, CancellationToken cancellation) =>
        client.SendAsync(
            new Outgoing(HttpMethod.Post, PathOf("sys/policies/acl", name), operation) { IsRepeatable = true }
                .With(new PolicyRequest(text), VaultJson.Default.PolicyRequest),
            cancellation);

    public Task DeletePolicyAsync(string name, OperationContext operation, CancellationToken cancellation) =>
        client.DeleteAsync(PathOf("sys/policies/acl", name), operation, cancellation);

    /// <summary>The login method at a path, or null where there is none.</summary>
    public async Task<VaultMount?> FindLoginAsync(string path, CancellationToken cancellation) =>
        await MountAsync("sys/auth", path, cancellation);

    /// <summary>Enables the login of service accounts. Needs a token that may <c>sudo</c>.</summary>
    public Task EnableKubernetesLoginAsync(
        string path, string description, OperationContext operation, CancellationToken cancellation) =>
        EnableAsync(
            PathOf("sys/auth", path), new MountRequest("kubernetes", description, null), operation, cancellation);

    /// <summary>Says which API server reviews the tokens, by Vault's own service account where it runs there.</summary>
    /// <param name="host">For example <c>https://kubernetes.default.svc</c>.</param>
    public Task ConfigureKubernetesAsync(
        string path, string host, OperationContext operation, CancellationToken cancellation) =>
        client.SendAsync(
            new Outgoing(HttpMethod.Post, PathOf("auth", path, "config"), operation) { IsRepeatable = true }
                .With(new KubernetesConfigRequest(host), VaultJson.Default.KubernetesConfigRequest),
            cancellation);

    /// <summary>A role of the service accounts' login, or null where there is none of this name.</summary>
    public async Task<KubernetesRole?> FindRoleAsync(string path, string name, CancellationToken cancellation) =>
        (await client.FindAsync(
            PathOf("auth", path, "role", name), VaultJson.Default.RoleReply, null, cancellation))?.Data is { } role
            ? new KubernetesRole
            {
                ServiceAccounts = [.. role.BoundServiceAccountNames ?? []],
                Namespaces = [.. role.BoundServiceAccountNamespaces ?? []],
                Audience = role.Audience ?? "",
                Policies = [.. role.TokenPolicies ?? []],
                TokenLasts = TimeSpan.FromSeconds(role.TokenTtl),
            }
            : null;

    /// <summary>Writes a role, new or not.</summary>
    public Task WriteRoleAsync(
        string path, string name, KubernetesRole role, OperationContext operation, CancellationToken cancellation)
    {
        var seconds = ((long)role.TokenLasts.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        var body = new RoleRequest(
            role.ServiceAccounts, role.Namespaces, role.Audience, role.Policies, $"{seconds}s");
        return client.SendAsync(
            new Outgoing(HttpMethod.Post, PathOf("auth", path, "role", name), operation) { IsRepeatable = true }
                .With(body, VaultJson.Default.RoleRequest),
            cancellation);
    }

    public Task DeleteRoleAsync(
        string path, string name, OperationContext operation, CancellationToken cancellation) =>
        client.DeleteAsync(PathOf("auth", path, "role", name), operation, cancellation);

    private async Task<VaultMount?> MountAsync(string kind, string path, CancellationToken cancellation)
    {
        var (_, reply) = await client.AskAsync(
            new Outgoing(HttpMethod.Get, kind), VaultJson.Default.MountsReply, cancellation);
        return reply.Data.GetValueOrDefault($"{path.Trim('/')}/") is { } found
            ? new VaultMount(found.Type, found.Options?.GetValueOrDefault("version") ?? "", found.Description)
            : null;
    }

    private Task EnableAsync(
        string path, MountRequest body, OperationContext operation, CancellationToken cancellation) =>
        client.SendAsync(
            new Outgoing(HttpMethod.Post, path, operation).With(body, VaultJson.Default.MountRequest), cancellation);
}

/// <summary>Whether a server can serve.</summary>
public enum VaultHealth
{
    /// <summary>It serves.</summary>
    Active,

    /// <summary>It waits to take another's place.</summary>
    Standby,

    /// <summary>It cannot read its own storage until somebody unseals it.</summary>
    Sealed,

    /// <summary>Its storage is empty.</summary>
    NotInitialized,
}

/// <summary>An engine or a login method at its path.</summary>
/// <param name="Type">For example <c>kv</c>.</param>
/// <param name="Version">Of KV: <c>1</c> or <c>2</c>; else empty.</param>
public sealed record VaultMount(string Type, string Version, string Description);

/// <summary>Which service accounts get a token, and what it may.</summary>
public sealed record KubernetesRole
{
    /// <summary>Names; <c>*</c> for any.</summary>
    public required ValueList<string> ServiceAccounts { get; init; }

    /// <summary>Their namespaces; <c>*</c> for any.</summary>
    public required ValueList<string> Namespaces { get; init; }

    /// <summary>For whom the service account's token must be meant; empty for anybody.</summary>
    public required string Audience { get; init; }

    public required ValueList<string> Policies { get; init; }

    public required TimeSpan TokenLasts { get; init; }
}
