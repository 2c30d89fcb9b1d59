namespace Orrery.Providers.Machines;

/// <summary>
/// Keeps pods from the cloud's metadata service, which tells user data to whoever asks. What the host itself asks is
/// not forwarded and so not touched.
/// </summary>
internal static class MetadataGuard
{
    /// <summary>
    /// A table of our own, which neither kube-proxy nor the network plugin empties. Made anew as a whole, so that
    /// loading it twice is loading it once. Before the filters of others (priority 0): they accept.
    /// </summary>
    public const string Rules = """
        table inet orrery
        delete table inet orrery
        table inet orrery {
          chain forward {
            type filter hook forward priority -10; policy accept;
            ip daddr 169.254.169.254 drop
          }
        }

        """;

    /// <summary>After the distribution's own rules, which begin by emptying all tables.</summary>
    public const string Unit = """
        [Unit]
        Description=Keep pods from the metadata service
        After=nftables.service
        Before=k3s.service

        [Service]
        Type=oneshot
        RemainAfterExit=yes
        ExecStart=/usr/sbin/nft -f /etc/orrery/metadata.nft

        [Install]
        WantedBy=multi-user.target

        """;
}
