namespace Orrery.Providers.Machines.Kinds;

/// <summary>What is done on a machine to start K3s and to stop it. Each may be repeated at any time.</summary>
internal static class K3sTasks
{
    public static MachineTask MakeFolders { get; } = new("make-folders", "making the folders of its files", """
        set -eu
        umask 077
        for folder in "$@"; do
          mkdir -p -- "$folder"
        done
        """);

    /// <summary>
    /// Does not wait: how it goes is asked for, and told. Prints since when it has been starting or running, by the
    /// clock of the machine; nothing where it started by itself.
    /// </summary>
    public static MachineTask Start { get; } = new("start", "starting K3s", """
        set -eu
        since=/run/orrery-k3s-since
        rm -f /var/lib/orrery/handed-over
        systemctl reset-failed k3s.service orrery-volumes.service 2>/dev/null || true
        systemctl enable k3s.service
        if ! systemctl is-active --quiet k3s.service; then
          date -u +%Y-%m-%dT%H:%M:%SZ > "$since"
        fi
        systemctl start --no-block k3s.service
        if [ -e "$since" ]; then
          cat "$since"
        fi
        """);

    /// <summary>
    /// Puts the datastore that the machine before this one has left on a volume, the argument, in the place of one that
    /// is not there yet. The node's password comes with it, because the datastore knows its hash:
    /// https://docs.k3s.io/architecture#how-agent-node-registration-works. It takes its place last and in one step, so
    /// that it is whole or not there. Where the disk does not come, the start says why.
    /// </summary>
    public static MachineTask TakeOver { get; } = new("take-over", "taking over the datastore", """
        set -eu
        db=/var/lib/rancher/k3s/server/db
        if [ -e "$db" ] || [ ! -e /var/lib/orrery/predecessor ]; then
          exit 0
        fi
        systemctl start orrery-volumes.service || exit 0
        folder=$1/.orrery/datastore-of-$(cat /var/lib/orrery/predecessor)
        if [ -d "$folder" ]; then
          umask 077
          mkdir -p /etc/rancher/node "${db%/*}"
          cp -a "$folder/password" /etc/rancher/node/password
          rm -rf "$db.new"
          cp -a "$folder/db" "$db.new"
          sync
          mv -T "$db.new" "$db"
        fi
        """)
    {
        Timeout = TimeSpan.FromMinutes(5),
    };

    /// <summary>What was handed over is in use, or nobody will use it; the arguments are the volumes.</summary>
    public static MachineTask DropHandedOver { get; } = new("drop-handed-over", "removing what was handed over", """
        set -eu
        for path in "$@"; do
          rm -rf "$path/.orrery"
        done
        """);

    public static MachineTask Install { get; } = new("install", "installing K3s", """
        set -eu
        /usr/local/lib/orrery/install-k3s "$1"
        """)
    {
        Timeout = TimeSpan.FromMinutes(6),
    };

    public static MachineTask Restart { get; } = new("restart", "restarting K3s", """
        set -eu
        systemctl reset-failed k3s.service orrery-volumes.service 2>/dev/null || true
        systemctl enable k3s.service
        date -u +%Y-%m-%dT%H:%M:%SZ | tee /run/orrery-k3s-since
        systemctl restart --no-block k3s.service
        """);

    /// <summary>
    /// Ready; or not yet, with what it does; or failed, where the volumes cannot be mounted or K3s gave up, with the
    /// last lines of both.
    /// </summary>
    public static MachineTask AwaitReady { get; } = new("ready", "K3s is ready", """
        for unit in orrery-volumes.service k3s.service; do
          if systemctl is-failed --quiet "$unit"; then
            echo "$unit failed"
            journalctl --no-pager -o cat -n 10 -u "$unit"
            exit 1
          fi
        done
        if ! systemctl is-active --quiet k3s.service; then
          journalctl --no-pager -o cat -n 3 -u orrery-volumes.service -u k3s.service
          exit 4
        fi
        k3s kubectl get --raw /readyz || exit 4
        """)
    {
        Changes = false,
    };

    public static MachineTask ReadKubeconfig { get; } = new("kubeconfig", "reading its kubeconfig", """
        cat /etc/rancher/k3s/k3s.yaml
        """)
    {
        Changes = false,
    };

    /// <summary>For example <c>v1.34.3+k3s3</c>.</summary>
    public static MachineTask ReadVersion { get; } = new("version", "reading its version", """
        k3s --version | sed -n 's/^k3s version \([^ ]*\).*$/\1/p'
        """)
    {
        Changes = false,
    };

    public static MachineTask ReadClusterId { get; } = new("cluster-id", "the cluster has its first namespace", """
        k3s kubectl get namespace kube-system -o 'jsonpath={.metadata.uid}' || exit 4
        """)
    {
        Changes = false,
    };

    /// <summary>
    /// Stops K3s and leaves its datastore on a volume for the machine that takes its place; says so when it is there.
    /// The arguments are the volume's path and the cloud's id of this machine. The copy is what
    /// https://docs.k3s.io/datastore/backup-restore asks for; the token that opens what is secret in it is not there.
    /// Once K3s has stopped nothing writes to it, and its pods go on. Where it cannot be copied nothing is said: then
    /// Kubernetes is made anew. Asked again after the volume has gone, it says what it did.
    /// </summary>
    public static MachineTask HandOver { get; } = new("hand-over", "handing over the datastore", """
        set -eu
        db=/var/lib/rancher/k3s/server/db
        folder=$1/.orrery
        done=/var/lib/orrery/handed-over
        systemctl disable k3s.service
        systemctl stop k3s.service
        if [ ! -e "$done" ] && mountpoint -q "$1" && [ -e "$db/state.db" ]; then
          umask 077
          rm -rf "$folder"
          mkdir -p "$folder/new"
          if ! cp -a "$db" "$folder/new/db" || ! cp -a /etc/rancher/node/password "$folder/new/password"; then
            rm -rf "$folder"
            exit 0
          fi
          sync
          mv -T "$folder/new" "$folder/datastore-of-$2"
          sync
          echo "handed over" > "$done"
        fi
        if [ -e "$done" ]; then
          cat "$done"
        fi
        """)
    {
        Timeout = TimeSpan.FromMinutes(5),
    };

    /// <summary>
    /// Stops K3s and its pods, writes out and unmounts the volumes, whose paths are the arguments, and looks that they
    /// are unmounted: a stop that failed does not always say so. Not started at the next boot: its disks may be gone.
    /// </summary>
    public static MachineTask Stop { get; } = new("stop", "stopping K3s and letting its volumes go", """
        set -eu
        systemctl disable k3s.service
        systemctl stop k3s.service
        systemctl stop orrery-volumes.service
        sync
        for path in "$@"; do
          if mountpoint -q "$path"; then
            echo "$path is still mounted"
            journalctl --no-pager -o cat -n 10 -u orrery-volumes.service
            exit 1
          fi
        done
        """)
    {
        Timeout = TimeSpan.FromMinutes(5),
    };
}
