using Orrery.Simulation.K3s.Pods;
using Orrery.Simulation.Kubernetes;
using Orrery.Simulation.Machines;
using Orrery.Simulation.Machines.Files;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.K3s;

/// <summary>A machine as a node of a cluster, whatever brought Kubernetes onto it.</summary>
/// <param name="name">Its name in the cluster.</param>
/// <param name="machine">Where the files of its pods are, and who uses them.</param>
public sealed class ClusterNode(string name, Machine machine)
{
    public string Name { get; internal set; } = name;

    public Machine Machine { get; internal set; } = machine;

    /// <summary>Its kubelet runs.</summary>
    internal Func<bool> IsUp { get; init; } = static () => true;

    /// <summary>
    /// The API server can talk to its kubelet, which shows a certificate; one that asks for it has none before.
    /// </summary>
    internal Func<bool> HasServingCertificate { get; init; } = static () => true;

    /// <summary>What is in it, by its name below <c>/dev/disk/by-id</c>; null for nothing.</summary>
    internal Func<string, VolumeDisk?> Device { get; init; } = static _ => null;

    /// <summary>The addresses of its pods begin so.</summary>
    internal string PodPrefix { get; init; } = "10.42.0";

    internal Kubelet Kubelet { get; set; } = null!;
}

/// <summary>What a cluster stands on, before anything lives in it.</summary>
internal sealed record ClusterGround
{
    public required Agenda Agenda { get; init; }

    /// <summary>The wall clock when the world began.</summary>
    public required DateTimeOffset Epoch { get; init; }

    /// <summary>Of Kubernetes, for example <c>v1.34.3</c>.</summary>
    public required string Version { get; init; }

    /// <summary>Address and port by which the API server calls itself.</summary>
    public required string ServerAddress { get; init; }

    /// <summary>Its API answers.</summary>
    public required Func<bool> IsUp { get; init; }

    /// <summary>
    /// A file of its authorities by its name in K3s, for example <c>server-ca.crt</c>; empty where there is none.
    /// </summary>
    public required Func<string, string> TlsFile { get; init; }

    /// <summary>See <see cref="KubernetesApiOptions.PodSecurity"/>.</summary>
    public PodSecurityDefault? PodSecurity { get; init; }
}
