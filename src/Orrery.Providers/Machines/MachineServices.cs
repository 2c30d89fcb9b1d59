using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.Providers.Machines;

/// <summary>What booting machines needs beside a cloud.</summary>
public sealed record MachineServices
{
    public required IMachineShell Shell { get; init; }

    public required IHostKeySource HostKeys { get; init; }

    /// <summary>Where the machines' own keys are kept.</summary>
    public required KnownHosts KnownHosts { get; init; }

    /// <summary>What K3s of a cluster is, and what it is handed before its first start. Pure.</summary>
    public required Func<Cluster, K3sBoot> Boot { get; init; }

    /// <summary>What the cluster runs elsewhere.</summary>
    public required IRunningCluster Running { get; init; }
}

/// <summary>The Kubernetes of a cluster while a machine is prepared to take it over.</summary>
public interface IRunningCluster
{
    /// <summary>The cloud's id of the machine that it runs on; null where there is none but this one.</summary>
    /// <param name="server">The machine that takes over, by the cloud's id.</param>
    string? PredecessorOf(string server);

    /// <summary>
    /// The images that it runs on another machine; none where it runs nowhere or does not answer. Never fails.
    /// </summary>
    /// <param name="server">The machine that takes over, by the cloud's id.</param>
    /// <param name="cancellation">Ends the wait.</param>
    Task<ValueList<string>> ImagesBesideAsync(string server, CancellationToken cancellation);
}

/// <summary>How a cluster's K3s boots.</summary>
/// <param name="Settings">What user data says.</param>
/// <param name="Files">What comes over SSH before the first start: keys, tokens, manifests with secrets.</param>
public sealed record K3sBoot(K3sSettings Settings, ValueList<HandedFile> Files);

/// <summary>A file that a machine is handed over SSH.</summary>
/// <param name="Path">Absolute; its folder is made. One that ends with a slash holds many files.</param>
/// <param name="Content">Text, known or another resource's output. Kept as sensitive.</param>
public sealed record HandedFile(string Path, Value Content)
{
    /// <summary>
    /// A whole folder of files: a map of texts by their path below it, or an output that will be one.
    /// </summary>
    public static HandedFile Folder(string path, Value files) => new($"{path.TrimEnd('/')}/", files);

    /// <summary>In octal.</summary>
    public string Mode { get; init; } = "0600";

    /// <summary>User and group.</summary>
    public string Owner { get; init; } = "root:root";
}
