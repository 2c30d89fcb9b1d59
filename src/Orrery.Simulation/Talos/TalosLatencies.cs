namespace Orrery.Simulation.Talos;

/// <summary>
/// How long Talos machines take. Nobody has measured these on the platforms that are simulated: each is assumed, of the
/// order of a small virtual machine on a local disk with a fast line.
/// </summary>
public sealed record TalosLatencies
{
    /// <summary>From power on until the operating system has looked for its configuration.</summary>
    public TimeSpan Boot { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Ending everything before a reboot or power off.</summary>
    public TimeSpan Shutdown { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>From the configuration until the API answers with it.</summary>
    public TimeSpan Apid { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>To fetch the installer's image.</summary>
    public TimeSpan InstallerPull { get; init; } = TimeSpan.FromSeconds(12);

    /// <summary>To write the operating system to the disk.</summary>
    public TimeSpan Install { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>To wipe partitions.</summary>
    public TimeSpan Wipe { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>From the API's answer until the volumes are there and etcd may begin; images are fetched.</summary>
    public TimeSpan EtcdPrepares { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>From etcd's start until its member is healthy.</summary>
    public TimeSpan EtcdStarts { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// From etcd's health until the API server of that node answers the first time; images are fetched.
    /// </summary>
    public TimeSpan ControlPlane { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The same where the images are there.</summary>
    public TimeSpan ControlPlaneAgain { get; init; } = TimeSpan.FromSeconds(12);

    /// <summary>From the API server's answer, or the boot, until kubelet has registered its node.</summary>
    public TimeSpan Kubelet { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>Until another control plane takes the virtual address.</summary>
    public TimeSpan VirtualAddress { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Until a node that says nothing is no longer Ready: kube-controller-manager's --node-monitor-grace-period,
    /// https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager.
    /// </summary>
    public TimeSpan NodeGrace { get; init; } = TimeSpan.FromSeconds(50);

    /// <summary>A request that reads or changes little.</summary>
    public TimeSpan Request { get; init; } = TimeSpan.FromMilliseconds(20);
}
