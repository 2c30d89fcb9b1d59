namespace Orrery.Simulation.Proxmox;

/// <summary>
/// How long the simulated cluster works. Proxmox publishes no such figures: each has its source beside it, and
/// "assumed" where nobody wrote one down. What comes of them is simulated, not measured.
/// </summary>
public sealed record ProxmoxLatencies
{
    // Assumed: a Perl worker that reads a small file of the cluster's file system.
    public TimeSpan Read { get; init; } = TimeSpan.FromMilliseconds(20);

    // Assumed: until a worker is forked and its UPID is known.
    public TimeSpan Change { get; init; } = TimeSpan.FromMilliseconds(80);

    /// <summary>
    /// How long one volume's allocation holds the storage's lock. Assumed; the clones of one template that are started
    /// together and time out (github.com/bpg/terraform-provider-proxmox/issues/995) show that it is not little.
    /// </summary>
    public TimeSpan Allocation { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a worker waits for a storage's or a machine's lock before it gives up: the default of lock_file in
    /// pve-common and of cfs_lock in pve-cluster.
    /// </summary>
    public TimeSpan LockPatience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes each second when volumes are copied. Assumed: one SATA SSD.</summary>
    public long CopyRate { get; init; } = 400L << 20;

    /// <summary>Bytes each second from the web. Assumed: 1 Gbit/s, half used.</summary>
    public long DownloadRate { get; init; } = 60L << 20;

    /// <summary>What part of an image's or a template's disk is not empty. Assumed.</summary>
    public double FilledShare { get; init; } = 0.25;

    // Assumed: QEMU's start with its checks.
    public TimeSpan Start { get; init; } = TimeSpan.FromSeconds(2);

    // Assumed: the process is ended, its volumes deactivated.
    public TimeSpan Stop { get; init; } = TimeSpan.FromSeconds(1);

    // Assumed: a rename of a volume and two configurations.
    public TimeSpan Reassign { get; init; } = TimeSpan.FromSeconds(1);

    // Assumed: one volume's removal.
    public TimeSpan Free { get; init; } = TimeSpan.FromMilliseconds(500);

    // qm(1): a shutdown is given up after 60 s, unless another timeout is asked for.
    public TimeSpan ShutdownPatience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Each time varies by up to this share, up or down. Assumed.</summary>
    public double Jitter { get; init; } = 0.1;

    /// <summary>A task that is told to be slow takes this many times as long.</summary>
    public int SlowFactor { get; init; } = 10;
}
