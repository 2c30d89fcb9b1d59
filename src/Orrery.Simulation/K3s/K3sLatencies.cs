namespace Orrery.Simulation.K3s;

/// <summary>
/// How long the parts of a K3s cluster take. Where nothing is said of a figure it is assumed, of the order of a small
/// healthy node; https://docs.k3s.io/installation/requirements is what such a node has.
/// </summary>
public sealed record K3sLatencies
{
    /// <summary>From the API's readiness until the node says Ready: images of its own parts, the network.</summary>
    public TimeSpan NodeReady { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>From the API's readiness until the manifests of the machine are applied.</summary>
    public TimeSpan Deploy { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>From a change of a manifest: K3s looks every 15 seconds (pkg/deploy of k3s-io/k3s).</summary>
    public TimeSpan Rescan { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Between a change of an object and what a controller does about it.</summary>
    public TimeSpan Reaction { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>A first attempt that failed is repeated after it, and each later one after twice as long.</summary>
    public TimeSpan Retry { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest that a controller waits before it tries again.</summary>
    public TimeSpan RetryMax { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>To start a container whose image is there.</summary>
    public TimeSpan ContainerStart { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>From a container's start until it answers its readiness probe.</summary>
    public TimeSpan Readiness { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>To start a command in a container that runs. Assumed.</summary>
    public TimeSpan Command { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long the command of a job runs.</summary>
    public TimeSpan JobRun { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>From a pod's deletion until its containers ended.</summary>
    public TimeSpan Termination { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>kubelet's first pause of a container that crashes, doubled each time up to five minutes:
    /// https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy.</summary>
    public TimeSpan CrashPause { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What Helm needs to install or upgrade a chart.</summary>
    public TimeSpan Helm { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>An order at the certificate authority with its challenge.</summary>
    public TimeSpan Certificate { get; init; } = TimeSpan.FromSeconds(8);
}
