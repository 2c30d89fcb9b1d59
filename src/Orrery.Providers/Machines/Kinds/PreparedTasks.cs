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

    /// <summary>
    /// Writes down whose work this machine will take over: the argument, as its cloud knows it. Nobody else's is taken.
    /// </summary>
    public static MachineTask NamePredecessor { get; } = new("name-predecessor", "noting whose place it takes", """
        set -eu
        mkdir -p /var/lib/orrery
        echo "$1" > /var/lib/orrery/predecessor
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

    /// <summary>
    /// Fetches images, the arguments, into the store of K3s, which does not run yet: K3s' own containerd is started on
    /// that store for as long, with another address. The init system ends it after five minutes, and before K3s starts,
    /// whatever became of us. Programs and folders are those of cmd/k3s/main.go and pkg/agent/containerd of
    /// k3s-io/k3s. Of an image that needs credentials nobody's are given; K3s pulls it later with those of its pod.
    /// </summary>
    public static MachineTask FetchImages { get; } = new(
        "fetch-images", "the images of the running cluster are on the new machine", """
        set -eu
        if systemctl is-active --quiet k3s.service; then
          exit 0
        fi
        unit=/run/systemd/system/orrery-images.service
        programs=/var/lib/rancher/k3s/data/current/bin
        state=/run/orrery-images

        # Whichever of its programs is called first, K3s unpacks all of them.
        k3s crictl --version > /dev/null
        mkdir -p /run/systemd/system
        cat > "$unit" << END
        [Unit]
        Description=Fetches images for K3s
        Conflicts=k3s.service
        Before=k3s.service
        [Service]
        Type=notify
        Environment=PATH=$programs:/usr/sbin:/usr/bin:/sbin:/bin
        ExecStart=$programs/containerd --root /var/lib/rancher/k3s/agent/containerd \
          --state $state --address $state/socket
        RuntimeMaxSec=300
        END
        trap 'systemctl stop orrery-images.service; rm -f "$unit"; systemctl daemon-reload' EXIT
        systemctl daemon-reload
        systemctl start orrery-images.service

        fetch() {
          timeout 240 k3s crictl --runtime-endpoint "unix://$state/socket" pull "$1" > /dev/null ||
            echo "not fetched: $1"
        }

        # A few at once: registries are slow to begin, and the disk is not to be flooded.
        running=0
        for image in "$@"; do
          fetch "$image" &
          running=$((running + 1))
          if [ "$running" -ge 4 ]; then
            wait
            running=0
          fi
        done
        wait
        """)
    {
        Timeout = TimeSpan.FromMinutes(6),
    };
}
