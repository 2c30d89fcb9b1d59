using Orrery.Model.Values;

namespace Orrery.Model.Platforms;

/// <summary>What pods of the cluster's components may be reached by.</summary>
/// <param name="DeniesIngress">What no rule allows is refused; else everything is allowed.</param>
/// <param name="Rules">By name; those of <see cref="PolicyRule.Known"/> need say no more.</param>
public sealed record NetworkPolicies(bool DeniesIngress, ValueMap<PolicyRule> Rules);

/// <summary>Traffic that is allowed.</summary>
/// <param name="From">Null is what the rule's name says.</param>
/// <param name="To">A namespace; null is every one of the components'.</param>
/// <param name="Ports">TCP; empty is all.</param>
public sealed record PolicyRule(PolicyPeer? From, string? To, ValueList<int> Ports)
{
    public const string IntraNamespace = "intra-namespace";
    public const string FromIngress = "from-ingress";
    public const string MetricsScraping = "metrics-scraping";

    /// <summary>Names that say by themselves where the traffic comes from.</summary>
    public static ValueList<string> Known { get; } = [IntraNamespace, FromIngress, MetricsScraping];
}

/// <summary>Where traffic comes from: exactly one choice.</summary>
public abstract record PolicyPeer
{
    private PolicyPeer()
    {
    }

    /// <summary>Addresses outside the cluster, and inside.</summary>
    public sealed record External : PolicyPeer;

    public sealed record Namespace(string Name) : PolicyPeer;
}
