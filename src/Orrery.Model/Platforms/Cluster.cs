using Orrery.Model.Values;

namespace Orrery.Model.Platforms;

/// <summary>One Kubernetes cluster and the machines it stands on.</summary>
public sealed record Cluster
{
    public required string Name { get; init; }

    public required Infrastructure Infrastructure { get; init; }

    public required Distribution Distribution { get; init; }

    public required ValueMap<NodePool> NodePools { get; init; }

    /// <summary>Of Hetzner Cloud's machines nothing is said: that cloud gives them their addresses.</summary>
    public ClusterNetwork Network { get; init; } = ClusterNetwork.Unsaid;

    /// <summary>Null allows everything.</summary>
    public NetworkPolicies? NetworkPolicies { get; init; }

    public RebuildStrategy RebuildStrategy { get; init; } = RebuildStrategy.InPlace;

    public ClusterSecrets Secrets { get; init; } = ClusterSecrets.None;

    /// <summary>Null where nothing is handed over: the cluster stays as it boots.</summary>
    public GitOpsEngine? GitOps { get; init; }

    /// <summary>How the internet reaches it through a machine of people; null where it does not.</summary>
    public ClusterEdge? Edge { get; init; }

    /// <summary>What the cluster asks for by name; what follows from other fields is not among them.</summary>
    public ValueMap<Component> Components { get; init; } = ValueMap<Component>.Empty;

    /// <summary>
    /// A node's own public address outlives its machine. Not so where the new machine is prepared beside the old: an
    /// address cannot be at both, and moves only while both are off.
    /// </summary>
    public bool KeepsPrimaryIps { get; init; } = true;

    /// <summary>
    /// How often each key that can be rotated was made, by its name, for example <c>deploy-key</c>. Not declared: the
    /// files of the keys say so. What is not named was made once.
    /// </summary>
    public ValueMap<int> KeyGenerations { get; init; } = ValueMap<int>.Empty;

    /// <summary>
    /// The SOPS documents of its folder, <c>secrets/&lt;cluster&gt;/</c>, by name and as they are there: encrypted. Not
    /// declared: what lies there is for the cluster.
    /// </summary>
    public ValueMap<string> Documents { get; init; } = ValueMap<string>.Empty;

    /// <summary>
    /// The cluster's own age recipients, of all generations that there are. Not declared: its keys say so.
    /// </summary>
    public ValueList<string> Recipients { get; init; } = [];

    /// <summary>
    /// What each node runs, or shall run at the end of a run, by its name. Not declared: the state says so, and an
    /// upgrade. A node that is not named runs what the distribution says.
    /// </summary>
    public ValueMap<NodeVersions> Versions { get; init; } = ValueMap<NodeVersions>.Empty;

    /// <summary>
    /// Nodes that are changed one after the other, in this order; empty where none waits for another. Not declared: an
    /// upgrade says so.
    /// </summary>
    public ValueList<string> Rolling { get; init; } = [];

    /// <summary>
    /// Versions of the images that nodes would be made of, by name, where that is not the version they run. Not
    /// declared: an upgrade says so.
    /// </summary>
    public ValueMap<string> ImageVersions { get; init; } = ValueMap<string>.Empty;

    public int GenerationOf(string key) => KeyGenerations.TryGetValue(key, out var generation) ? generation : 1;

    /// <summary>
    /// Replacing its machines like this would need an address at two machines at once: one that outlives its machine,
    /// or one that the declaration gives it.
    /// </summary>
    public bool Forbids(RebuildStrategy strategy) => strategy == RebuildStrategy.BlueGreen && NodePools.Values.Any(
        pool => pool.Addresses.Count > 0 || (KeepsPrimaryIps && pool.PrimaryIp));
}

/// <summary>How a cluster's machines are replaced.</summary>
public enum RebuildStrategy
{
    /// <summary>The old machine goes, then the new one comes.</summary>
    InPlace,

    /// <summary>The new machine is prepared beside the old; then volume and floating address move.</summary>
    BlueGreen,
}
