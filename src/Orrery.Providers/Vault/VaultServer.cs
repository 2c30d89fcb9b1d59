namespace Orrery.Providers.Vault;

/// <summary>A server that speaks Vault's API: HashiCorp Vault, or OpenBao, which took it over.</summary>
/// <param name="Address">
/// With a slash at its end and without <c>v1</c>: <c>http://openbao.openbao.svc:8200/</c>.
/// </param>
public sealed record VaultServer(Uri Address)
{
    /// <summary>The namespace that all paths lie in, for example <c>platform/</c>; null for the root's.</summary>
    public string? Namespace { get; init; }
}
