using Orrery.Secrets.Guard.Values;

namespace Orrery.Secrets.Guard;

/// <summary>All rules by name. Tokens that are known by their prefix have theirs in <c>TokenShapes</c>.</summary>
public static class GuardRules
{
    internal static readonly GuardRule PrivateKey =
        new("private-key", GuardKind.PrivateKey, "a private key");

    internal static readonly GuardRule EncodedPrivateKey =
        new("encoded-private-key", GuardKind.PrivateKey, "a private key in base64, as in a kubeconfig");

    internal static readonly GuardRule Jwt = new("jwt", GuardKind.Token, "a JSON Web Token");

    internal static readonly GuardRule UrlPassword = new("url-password", GuardKind.Token, "a password in a URL");

    internal static readonly GuardRule Hetzner =
        new("hetzner-token", GuardKind.Token, "a token of Hetzner Cloud");

    internal static readonly GuardRule AwsSecret =
        new("aws-secret-key", GuardKind.Token, "a secret access key of AWS");

    internal static readonly GuardRule Cloudflare =
        new("cloudflare-token", GuardKind.Token, "a token of Cloudflare");

    internal static readonly GuardRule Proxmox = new("proxmox-token", GuardKind.Token, "a token of Proxmox VE");

    internal static readonly GuardRule Docker =
        new("docker-auth", GuardKind.Token, "a user and password of a container registry");

    internal static readonly GuardRule Bootstrap =
        new("bootstrap-token", GuardKind.Token, "a join token of Kubernetes or Talos");

    internal static readonly GuardRule Talos = new("talos-secret", GuardKind.Token, "a secret of a Talos cluster");

    internal static readonly GuardRule Password =
        new("password", GuardKind.Password, "a random value at a name that says it is secret");

    internal static readonly GuardRule KubernetesSecret =
        new("kubernetes-secret", GuardKind.KubernetesSecret, "a Kubernetes Secret in clear");

    internal static readonly GuardRule UnencryptedFile =
        new("unencrypted-file", GuardKind.Unencrypted, "a file that a creation rule covers, in clear");

    internal static readonly GuardRule UnencryptedValue =
        new("unencrypted-value", GuardKind.Unencrypted, "a value that SOPS should have encrypted, in clear");

    internal static readonly GuardRule FluxDecryption = new(
        "flux-decryption", GuardKind.Undecrypted, "an encrypted object that Flux applies without decrypting it");

    internal static readonly GuardRule KsopsResource = new(
        "ksops-resource", GuardKind.Undecrypted, "an encrypted object that kustomize takes as it is");

    internal static readonly GuardRule KsopsGenerator = new(
        "ksops-generator", GuardKind.Undecrypted, "an encrypted object that no KSOPS generator names");

    internal static readonly GuardRule Allowance =
        new("allowance", GuardKind.Allowance, "an allowance that cannot be used");

    internal static readonly GuardRule UnusedAllowance =
        new("unused-allowance", GuardKind.UnusedAllowance, "an allowance that allows nothing");

    internal static readonly GuardRule NotSearched =
        new("not-searched", GuardKind.NotSearched, "a file that is too large to be searched");

    /// <summary>In ordinal order of their names.</summary>
    public static IReadOnlyList<GuardRule> All { get; } =
    [
        .. TokenShapes.All.Select(shape => shape.Rule).Concat(
        [
            PrivateKey, EncodedPrivateKey, Jwt, UrlPassword, Hetzner, AwsSecret, Cloudflare, Proxmox, Docker, Bootstrap,
            Talos, Password, KubernetesSecret, UnencryptedFile, UnencryptedValue, FluxDecryption, KsopsResource,
            KsopsGenerator, Allowance, UnusedAllowance, NotSearched,
        ]).DistinctBy(rule => rule.Name, StringComparer.Ordinal).OrderBy(rule => rule.Name, StringComparer.Ordinal),
    ];
}
