using Orrery.Model.Platforms;

namespace Orrery.Providers.Edge;

/// <summary>
/// How NSD on the machine in front of a cluster answers for the cluster's zone, which it transfers from there. NSD is
/// all told in one file, so that ours is ours alone: https://nsd.docs.nlnetlabs.nl/en/latest/manpages/nsd.conf.html.
/// Pure.
/// </summary>
public static class NsdSecondary
{
    /// <summary>What stands where the key belongs.</summary>
    public const string SecretPlace = "@secret@";

    /// <summary>
    /// A key and a zone, with <see cref="SecretPlace"/> for the secret. Nobody may transfer the zone on. Whoever
    /// announces a change must have the key, and comes from anywhere: it leaves the cluster by some node.
    /// </summary>
    public static string Of(string cluster, SecondaryDns dns)
    {
        var key = SecondaryDns.KeyNameOf(cluster);
        return $"""
            key:
                name: "{key}"
                algorithm: hmac-sha256
                secret: "{SecretPlace}"
            zone:
                name: "{dns.Zone}"
                zonefile: "/var/lib/nsd/{dns.Zone}.zone"
                allow-notify: 0.0.0.0/0 {key}
                allow-notify: ::/0 {key}
                request-xfr: AXFR {dns.Primary} {key}

            """;
    }
}
