using Orrery.Model.Values;

namespace Orrery.Providers.Machines;

/// <summary>What one machine must be to run K3s, as far as it differs from others.</summary>
internal sealed record MachineInput
{
    /// <summary>https://github.com/derailed/k9s/releases</summary>
    public const string K9sVersionDefault = "v0.50.16";

    /// <summary>Its name in Kubernetes and as a host, for example <c>cosmos-0</c>.</summary>
    public required string Hostname { get; init; }

    /// <summary>The one-time host key, by which it is known until it has made its own.</summary>
    public required HostKey OneTimeHostKey { get; init; }

    /// <summary>
    /// The address that moves between machines, for example <c>49.12.115.123</c>; nothing without one.
    /// </summary>
    public Value FloatingIp { get; init; } = Value.Null.Instance;

    /// <summary>Disks of their own, in the order in which they are mounted.</summary>
    public ValueList<MachineVolume> Volumes { get; init; } = [];

    public required K3sSettings K3s { get; init; }

    /// <summary>Its release of k9s, for people.</summary>
    public string K9sVersion { get; init; } = K9sVersionDefault;
}

/// <summary>An SSH key pair of a host.</summary>
/// <param name="Private">As OpenSSH writes it. Sensitive.</param>
/// <param name="Public">For example <c>ecdsa-sha2-nistp256 AAAA…</c>.</param>
internal sealed record HostKey(Value Private, Value Public);

/// <summary>A disk.</summary>
/// <param name="Device">For example <c>/dev/disk/by-id/scsi-0HC_Volume_1</c>; known once the volume exists.</param>
/// <param name="MountPath">Absolute.</param>
internal sealed record MachineVolume(Value Device, string MountPath);

/// <summary>How K3s runs, and what it finds when it starts.</summary>
public sealed record K3sSettings
{
    /// <summary>The release, for example <c>v1.34.3+k3s3</c>.</summary>
    public required string Version { get; init; }

    /// <summary>Parts of K3s that are left out, for example <c>local-storage</c>.</summary>
    public ValueList<string> Disable { get; init; } = [];

    /// <summary>Where its own storage class puts volumes; null for K3s' default.</summary>
    public string? LocalStoragePath { get; init; }

    /// <summary>Further arguments of the API server, each <c>name=value</c>.</summary>
    public ValueList<string> ApiServerArguments { get; init; } = [];

    /// <summary>
    /// Read from <c>/etc/rancher/k3s/token</c>, which arrives by SSH; otherwise K3s makes a token of its own.
    /// </summary>
    public bool HasToken { get; init; }

    /// <summary>Directories and files on its volumes that must be there before it starts, in this order.</summary>
    public ValueList<KeptPath> Kept { get; init; } = [];

    /// <summary>
    /// Kubernetes objects that K3s applies when it starts, by file name, for example <c>traefik.yaml</c>. Readable by
    /// whoever reads user data: never a secret.
    /// </summary>
    public ValueMap<string> Manifests { get; init; } = ValueMap<string>.Empty;
}

/// <summary>A directory, or a file that is empty at first, whose content outlives machines.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Owner">User and group as numbers, for example <c>65532:65532</c>.</param>
/// <param name="Mode">Octal, for example <c>0600</c>.</param>
/// <param name="IsFile">A file and not a directory.</param>
public sealed record KeptPath(string Path, string Owner, string Mode, bool IsFile = false);
