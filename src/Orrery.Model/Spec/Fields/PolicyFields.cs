using Orrery.Model.Spec.Schema;
using Orrery.Model.Values;

namespace Orrery.Model.Spec.Fields;

/// <summary>The fields of <c>networkPolicies</c>.</summary>
internal static class PolicyFields
{
    public static readonly Field<Section> External = new("external", Shapes.Nothing, "Addresses outside the cluster.");

    public static readonly Field<string> Namespace = new("namespace", Shapes.Name, "Pods of this namespace.");

    public static readonly Field<Section> From = new(
        "from", new ChoiceShape("PolicyPeer", "a peer", External, Namespace), "Where the traffic comes from.");

    public static readonly Field<Section> To = new(
        "to", new ChoiceShape("PolicyTarget", "a target", Namespace), "Where the traffic goes to.");

    public static readonly Field<ValueList<int>> Ports = new(
        "ports", new ListShape<int>(Shapes.Port), "Which ports; all by default.");

    public static readonly Field<ValueList<Named<Section>>> Allow = new(
        "allow",
        Shapes.ByName(new ObjectShape("NetworkPolicyRule", "a policy", From, To, Ports)),
        "What is allowed, by name; intra-namespace, from-ingress and metrics-scraping are known and need no more.");

    public static readonly Field<string> Default = new(
        "default", new EnumShape("allow", "deny-ingress", "deny") { NotYet = (["deny"], Unbuilt.NetworkPolicies) },
        "What holds where no rule speaks.")
    {
        Default = "allow",
    };

    public static readonly ObjectShape Shape = new("NetworkPolicies", "the network policies", Default, Allow);
}
