using Orrery.Model.Platforms;
using Orrery.Model.Spec.Fields;
using Orrery.Model.Spec.Kinds;

namespace Orrery.Model.Spec.Checks;

/// <summary>Rules that would allow more, or less, than they seem to.</summary>
internal static class NetworkPolicyChecks
{
    public static void Run(ClusterView cluster, Problems problems)
    {
        if (cluster.Spec.Find(ClusterKind.NetworkPolicies) is not { } policies)
            return;
        foreach (var rule in policies.Find(PolicyFields.Allow) ?? [])
        {
            if (!PolicyRule.Known.Contains(rule.Name) && !rule.Value.Has(PolicyFields.From))
            {
                problems.AddOnce(
                    CheckCodes.RuleFromNowhere, rule.Mark,
                    $"The rule \"{rule.Name}\" does not say where its traffic comes from.");
            }
        }

        if (!cluster.Spec.Has(ClusterKind.GitOps))
        {
            problems.AddOnce(
                CheckCodes.PoliciesWithoutEngine, cluster.Spec.MarkOf(ClusterKind.NetworkPolicies),
                $"Nothing delivers the policies of the cluster \"{cluster.Name}\".");
        }
    }
}
