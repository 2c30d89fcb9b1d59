using Orrery.Model.Values;

namespace Orrery.Model.Platforms;

/// <summary>How the internet reaches a cluster: through a machine with a public address that people own.</summary>
/// <param name="Ssh">How that machine is reached, for example <c>root@example.org</c>.</param>
public sealed record ClusterEdge(string Ssh)
{
    /// <summary>The name of the pool of addresses whose first one the ingress has.</summary>
    public const string IngressPool = "ingress";

    /// <summary>The name of the pool of addresses whose first one the cluster's DNS server has.</summary>
    public const string DnsPool = "dns";

    /// <summary>The network between the machine and the cluster; null where there is one already.</summary>
    public Headscale? Tailnet { get; init; }

    /// <summary>Names whose TLS connections are passed on unopened, some with a leading <c>*.</c>.</summary>
    public ValueList<string> Names { get; init; } = [];

    /// <summary>Where the connections are passed on to: the cluster's ingress.</summary>
    public string Ingress { get; init; } = "";

    /// <summary>Null where the machine answers no DNS.</summary>
    public SecondaryDns? Dns { get; init; }

    /// <summary>
    /// What the machine must reach in the cluster's network, and nothing else of it: each as a network of one address.
    /// </summary>
    public ValueList<string> Routes =>
    [
        .. new[] { Names.Count > 0 ? Ingress : "", Dns?.Primary ?? "" }.Where(address => address.Length > 0).Distinct()
            .Select(address => address.Contains(':', StringComparison.Ordinal) ? $"{address}/128" : $"{address}/32"),
    ];
}

/// <summary>A Headscale of one's own.</summary>
/// <param name="Url">Where machines log in.</param>
/// <param name="Ssh">Where keys for them are made.</param>
public sealed record Headscale(string Url, string Ssh);

/// <summary>A zone that the machine answers for, as the cluster's own DNS server has it.</summary>
/// <param name="Zone">For example <c>example.org</c>.</param>
/// <param name="Primary">The address of the cluster's DNS server.</param>
public sealed record SecondaryDns(string Zone, string Primary)
{
    /// <summary>What both sides call the key that signs transfers.</summary>
    public static string KeyNameOf(string cluster) => $"orrery-{cluster}";

    /// <summary>
    /// What the key is called by which programs in the cluster change the zone. Another one: a secondary must not
    /// change it.
    /// </summary>
    public static string UpdateKeyNameOf(string cluster) => $"orrery-{cluster}-updates";
}
