namespace Orrery.Providers.Machines.Kinds;

/// <summary>
/// What is done on a machine between its creation and the start of K3s. Each may be repeated at any time.
/// </summary>
internal static class PreparedTasks
{
    public static MachineTask Reach { get; } = new("reach", "the machine answers by SSH", "true") { Changes = false };

    /// <summary>
    /// Lets the machine make a host key of its own and prints the public half. The one-time key stays valid: whoever
    /// dies before the new one is recorded comes back with the old one. The private half takes its place last, so that
    /// a pair is whole or made anew.
    /// </summary>
    public static MachineTask PinHostKey { get; } = new("pin-host-key", "making its own host key", """
        set -eu
        key=/etc/ssh/ssh_host_ed25519_key
        if [ ! -e "$key" ] || [ ! -e "$key.pub" ]; then
          rm -f "$key" "$key.pub" "$key.new" "$key.new.pub"
          ssh-keygen -q -t ed25519 -N '' -C '' -f "$key.new"
          mv "$key.new.pub" "$key.pub"
          mv "$key.new" "$key"
        fi
        systemctl reload ssh.service
        cat "$key.pub"
        """);

    /// <summary>Once the new key is on our disk. From here on user data opens nothing any more.</summary>
    public static MachineTask RetireOneTimeKey { get; } = new("retire-one-time-key", "retiring its one-time key", """
        set -eu
        key=/etc/ssh/ssh_host_ecdsa_key
        if [ -e "$key" ] || [ -e "$key.pub" ]; then
          rm -f "$key" "$key.pub"
          systemctl reload ssh.service
        fi
        """);

    /// <summary>
    /// Prepared; or not yet, with the last lines that cloud-init wrote; or failed, with what failed and more lines.
    /// </summary>
    public static MachineTask AwaitPrepared { get; } = new("prepare", "cloud-init has prepared the machine", """
        if [ -e /var/lib/orrery/prepared ]; then
          exit 0
        fi
        if [ -e /var/lib/orrery/diagnosis ]; then
          tail -n 10 /var/log/cloud-init-output.log
          cloud-init status --long
          cat /var/lib/orrery/diagnosis
          exit 1
        fi
        cloud-init status --long
        tail -n 3 /var/log/cloud-init-output.log
        exit 4
        """)
    {
        Changes = false,
    };

    /// <summary>
    /// Where a download failed, the next attempt begins it once more; its lines go where those of the first went.
    /// </summary>
    public static MachineTask PrepareAgain { get; } = new("prepare-again", "preparing the machine once more", """
        set -eu
        if [ -e /var/lib/orrery/diagnosis ]; then
          /usr/local/lib/orrery/prepare "$1" "$2" >> /var/log/cloud-init-output.log 2>&1
        fi
        """)
    {
        Timeout = TimeSpan.FromMinutes(6),
    };
}
