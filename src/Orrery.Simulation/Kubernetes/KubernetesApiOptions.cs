using System.Net;
using Orrery.Model.Values;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.Kubernetes;

/// <summary>What one simulated cluster's API server is like before the first request arrives.</summary>
public sealed record KubernetesApiOptions
{
    /// <summary>All chance of the cluster comes of it: uids, generated names, addresses.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The wall clock when the world begins; all timestamps are this plus the virtual time.</summary>
    public DateTimeOffset Epoch { get; init; } = new(2026, 11, 2, 0, 0, 0, TimeSpan.Zero);

    /// <summary>As <c>/version</c> says it.</summary>
    public string Version { get; init; } = "v1.34.3+k3s3";

    /// <summary>Where clients reach it, as discovery says it.</summary>
    public string ServerAddress { get; init; } = "10.0.0.2:6443";

    /// <summary>Services get addresses of it; 10.43.0.0/16 is the default of k3s.</summary>
    public IPNetwork ServiceNetwork { get; init; } = IPNetwork.Parse("10.43.0.0/16");

    /// <summary>Who may ask, by bearer token; another token is refused with 401.</summary>
    public ValueMap<Identity> Tokens { get; init; } = ValueMap<Identity>.Empty;

    /// <summary>Who asks without a token: somebody with a client certificate, or nobody known.</summary>
    public Identity WithoutToken { get; init; } = Identity.Anonymous;

    /// <summary>Privileged containers may run, as k3s and Talos have it.</summary>
    public bool AllowsPrivileged { get; init; } = true;

    /// <summary>
    /// The level that is enforced in namespaces without a label that says one, and where it is not; null enforces none.
    /// </summary>
    public PodSecurityDefault? PodSecurity { get; init; }

    /// <summary>
    /// Namespaces are emptied, dependents collected and service accounts made, as a whole cluster does.
    /// </summary>
    public bool HasControllers { get; init; } = true;

    /// <summary>For whom tokens of service accounts are, where nobody is named.</summary>
    public string Audience { get; init; } = "https://kubernetes.default.svc.cluster.local";

    public KubernetesLatencies Latencies { get; init; } = new();
}

/// <summary>https://kubernetes.io/docs/tasks/configure-pod-container/enforce-standards-admission-controller/</summary>
/// <param name="Enforce">privileged, baseline or restricted.</param>
/// <param name="Exempt">Namespaces.</param>
public sealed record PodSecurityDefault(string Enforce, ValueList<string> Exempt);

/// <summary>How long the server works; assumed, of the order of a small healthy cluster.</summary>
public sealed record KubernetesLatencies
{
    public TimeSpan Read { get; init; } = TimeSpan.FromMilliseconds(3);

    public TimeSpan Change { get; init; } = TimeSpan.FromMilliseconds(8);

    /// <summary>From a definition's creation until it is established.</summary>
    public TimeSpan Establishing { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>From the first read of a new custom resource until its cache is filled; until then 429.</summary>
    public TimeSpan StorageReady { get; init; } = TimeSpan.FromMilliseconds(30);

    /// <summary>Between a change and what the cluster's own controllers do about it.</summary>
    public TimeSpan Controllers { get; init; } = TimeSpan.FromMilliseconds(50);
}
