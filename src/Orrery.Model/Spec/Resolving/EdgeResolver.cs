using Orrery.Model.Platforms;
using Orrery.Model.Spec.Fields;
using Orrery.Model.Spec.Schema;

namespace Orrery.Model.Spec.Resolving;

/// <summary>Makes the edge of a cluster.</summary>
internal static class EdgeResolver
{
    /// <param name="spec">What is declared of it.</param>
    /// <param name="network">The cluster's.</param>
    /// <param name="domain">The platform's; checked to be there where a zone is needed.</param>
    public static ClusterEdge Resolve(Section spec, ClusterNetwork network, string? domain)
    {
        var headscale = spec.Under(EdgeFields.Tailnet).Find(EdgeFields.Headscale);
        return new ClusterEdge(spec.Get(EdgeFields.Vps).Get(EdgeFields.VpsSsh))
        {
            Tailnet = headscale is null
                ? null
                : new Headscale(headscale.Get(EdgeFields.HeadscaleUrl), headscale.Get(EdgeFields.HeadscaleSsh)),
            Names = spec.Find(EdgeFields.SniPassthrough) ?? [],
            Ingress = network.FirstOf(ClusterEdge.IngressPool) ?? "",
            Dns = spec.Get(EdgeFields.SecondaryDns) && domain is not null
                && network.FirstOf(ClusterEdge.DnsPool) is { } primary
                    ? new SecondaryDns(domain, primary)
                    : null,
        };
    }
}
