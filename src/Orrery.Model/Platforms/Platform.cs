using Orrery.Model.Values;

namespace Orrery.Model.Platforms;

/// <summary>The declaration as meant: defaults filled in, names resolved, nothing null that must be there.</summary>
public sealed record Platform
{
    public required string Name { get; init; }

    /// <summary>
    /// Marks all that the platform makes, everywhere: its name and eight hexadecimal characters of a SHA-256 of the
    /// repository's URL and path, unless <c>spec.id</c> says otherwise. A valid Hetzner label value.
    /// </summary>
    public required string Id { get; init; }

    public required Recovery Recovery { get; init; }

    public required Repository Repository { get; init; }

    /// <summary>Null where no certificates are ordered.</summary>
    public Acme? Acme { get; init; }

    /// <summary>In order of their names.</summary>
    public required ValueMap<Cluster> Clusters { get; init; }

    /// <summary>
    /// As if every cluster were declared to be rebuilt like this, with its own way with a node's public address.
    /// </summary>
    public Platform RebuiltBy(RebuildStrategy strategy) => this with
    {
        Clusters = Clusters.Map((_, cluster) => cluster with
        {
            RebuildStrategy = strategy,
            KeepsPrimaryIps = strategy == RebuildStrategy.InPlace,
        }),
    };
}

/// <summary>Who can open the platform's secrets and state: age recipients, and where our identity is found.</summary>
public sealed record Recovery(ValueList<string> Recipients, SecretReference Identity);

/// <summary>One Kubernetes cluster and the machines it stands on.</summary>
public sealed record Cluster
{
    public required string Name { get; init; }

    public required Infrastructure Infrastructure { get; init; }

    public required Distribution Distribution { get; init; }

    public required ValueMap<NodePool> NodePools { get; init; }

    public RebuildStrategy RebuildStrategy { get; init; } = RebuildStrategy.InPlace;

    public ClusterSecrets Secrets { get; init; } = ClusterSecrets.None;

    /// <summary>Null where nothing is handed over: the cluster stays as it boots.</summary>
    public GitOpsEngine? GitOps { get; init; }

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

    public int GenerationOf(string key) => KeyGenerations.TryGetValue(key, out var generation) ? generation : 1;

    /// <summary>Replacing its machines like this would need an address at two machines at once.</summary>
    public bool Forbids(RebuildStrategy strategy) => strategy == RebuildStrategy.BlueGreen && KeepsPrimaryIps
        && NodePools.Values.Any(pool => pool.PrimaryIp);
}

/// <summary>How a cluster's machines are replaced.</summary>
public enum RebuildStrategy
{
    /// <summary>The old machine goes, then the new one comes.</summary>
    InPlace,

    /// <summary>The new machine is prepared beside the old; then volume and floating address move.</summary>
    BlueGreen,
}

/// <summary>Where a cluster's machines come from: exactly one choice.</summary>
public abstract record Infrastructure
{
    private Infrastructure()
    {
    }

    public sealed record Hetzner : Infrastructure
    {
        public required SecretReference Token { get; init; }

        /// <summary>For example <c>fsn1</c>.</summary>
        public required string Location { get; init; }

        public required SshKey? SshKey { get; init; }

        public required Firewall? Firewall { get; init; }
    }
}

/// <summary>The key that opens the machines to people. Shared with them: used where it is uploaded already.</summary>
public sealed record SshKey(SecretReference Public, SecretReference? Private);

/// <summary>
/// What may come in, by rule name: <c>ssh</c>, <c>http</c>, <c>https</c>, <c>icmp</c>, <c>kubernetes-api</c>, or a name
/// of the user's own.
/// </summary>
public sealed record Firewall(ValueMap<FirewallRule> Allow);

/// <summary>One kind of traffic and from where; no ports for icmp.</summary>
/// <param name="Protocol">tcp, udp or icmp.</param>
/// <param name="Port">One port or a range, for example <c>443</c> or <c>30000-32767</c>.</param>
/// <param name="From">CIDRs; never empty.</param>
public sealed record FirewallRule(string Protocol, string? Port, ValueList<string> From);

/// <summary>Which Kubernetes runs on the machines: exactly one choice.</summary>
public abstract record Distribution
{
    private Distribution()
    {
    }

    /// <param name="Kubernetes">For example <c>v1.34.3+k3s3</c>.</param>
    public sealed record K3s(string Kubernetes) : Distribution;
}

/// <summary>What a pool's nodes do.</summary>
public enum NodeRole
{
    ControlPlane,
    Worker,
}

/// <summary>Equal machines with one role. Nodes are named <c>pool-ordinal</c>, ordinals from 0.</summary>
public sealed record NodePool
{
    public required string Name { get; init; }

    public required NodeRole Role { get; init; }

    public required int Count { get; init; }

    /// <summary>The cloud's machine type, for example <c>cx33</c>; then the alternatives, tried in order.</summary>
    public required ValueList<string> Types { get; init; }

    /// <summary>The cloud's image name, for example <c>ubuntu-24.04</c>.</summary>
    public required string Image { get; init; }

    /// <summary>Each node keeps a public IPv4 address of its own over its replacements.</summary>
    public bool PrimaryIp { get; init; }

    public FloatingIp? FloatingIp { get; init; }

    public ValueMap<Volume> Volumes { get; init; } = ValueMap<Volume>.Empty;

    public IEnumerable<string> NodeNames() => Enumerable.Range(0, Count).Select(ordinal => $"{Name}-{ordinal}");
}

/// <summary>
/// A public address that moves between machines: an existing one, never made nor deleted, or one of ours.
/// </summary>
/// <param name="Adopt">The existing address, or null to make one.</param>
public sealed record FloatingIp(string? Adopt);

/// <summary>A disk of its own at the cloud, mounted in each node of the pool.</summary>
/// <param name="Retain">Never deleted: neither by a rebuild nor by <c>destroy</c>.</param>
public sealed record Volume(string Name, ByteSize Size, string MountPath, bool Retain);
