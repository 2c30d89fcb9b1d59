using Orrery.Simulation.Machines;
using Orrery.Simulation.Talos.Clusters;

namespace Orrery.Simulation.Talos.Hardware;

/// <summary>Talos on a system disk, partition by partition.</summary>
internal sealed class TalosInstallation(TalosImage current)
{
    /// <summary>What the next boot starts.</summary>
    public TalosImage Current { get; set; } = current;

    /// <summary>What the boot before an upgrade started; comes back where the new one fails.</summary>
    public TalosImage? Previous { get; set; }

    /// <summary>STATE: the configuration; null before there is one.</summary>
    public string? Configuration { get; set; }

    /// <summary>STATE: the configuration of the next boot; null mostly.</summary>
    public string? Staged { get; set; }

    /// <summary>STATE: its public key to KubeSpan; null before it first made one.</summary>
    public string? KubeSpanKey { get; set; }

    /// <summary>EPHEMERAL: etcd's data; null where there are none.</summary>
    public EtcdData? Etcd { get; set; }

    /// <summary>EPHEMERAL: who it is to a tailnet; null before it first looked for one.</summary>
    public string? TailnetIdentity { get; set; }

    /// <summary>EPHEMERAL: the snapshot that etcd may begin with, as it was uploaded; null without one.</summary>
    public byte[]? Uploaded { get; set; }

    /// <summary>EPHEMERAL: the files of pods and images; null before its first boot.</summary>
    public Machine? Files { get; set; }
}

/// <summary>The data of one member of an etcd.</summary>
internal sealed record EtcdData(EtcdCluster Cluster, ulong MemberId);
