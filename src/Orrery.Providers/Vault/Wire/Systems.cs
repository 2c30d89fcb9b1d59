namespace Orrery.Providers.Vault.Wire;

/// <summary>The body of a service account's login.</summary>
internal sealed record LoginRequest(string Role, string Jwt)
{
    /// <summary>Without the token.</summary>
    public override string ToString() => $"login as {Role}";
}

/// <summary>What a login gives.</summary>
internal sealed record LoginReply(LoginSchema Auth);

/// <summary>A token and for how many seconds it is good; 0 for ever.</summary>
internal sealed record LoginSchema(string ClientToken, long LeaseDuration)
{
    /// <summary>Without the token.</summary>
    public override string ToString() => $"token for {LeaseDuration} s";
}

/// <summary>Whether the server serves; the status says more.</summary>
internal sealed record HealthReply(bool Initialized = false, bool Sealed = false, bool Standby = false);

/// <summary>The body that enables an engine or a login method.</summary>
internal sealed record MountRequest(string Type, string Description, Dictionary<string, string>? Options);

/// <summary>Engines or login methods by path, each with a slash at its end.</summary>
internal sealed record MountsReply(Dictionary<string, MountSchema> Data);

/// <summary>An engine or a login method.</summary>
internal sealed record MountSchema(
    string Type, string Description = "", Dictionary<string, string>? Options = null);

/// <summary>The body that writes a policy.</summary>
internal sealed record PolicyRequest(string Policy);

/// <summary>A policy.</summary>
internal sealed record PolicyReply(PolicyRequest Data);

/// <summary>The body that says which API server reviews tokens.</summary>
internal sealed record KubernetesConfigRequest(string KubernetesHost);

/// <summary>The body that writes a role of the service accounts' login.</summary>
/// <param name="TokenTtl">With its unit: <c>3600s</c>.</param>
internal sealed record RoleRequest(
    IReadOnlyList<string> BoundServiceAccountNames, IReadOnlyList<string> BoundServiceAccountNamespaces,
    string Audience, IReadOnlyList<string> TokenPolicies, string TokenTtl);

/// <summary>A role.</summary>
internal sealed record RoleReply(RoleSchema Data);

/// <summary>A role of the service accounts' login; times in seconds.</summary>
internal sealed record RoleSchema(
    IReadOnlyList<string>? BoundServiceAccountNames = null,
    IReadOnlyList<string>? BoundServiceAccountNamespaces = null,
    string? Audience = null,
    IReadOnlyList<string>? TokenPolicies = null,
    int TokenTtl = 0);
