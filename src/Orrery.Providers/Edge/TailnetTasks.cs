using Orrery.Providers.Machines;

namespace Orrery.Providers.Edge;

/// <summary>What Headscale and who joins are asked. A key travels through standard input and output alone.</summary>
internal static class TailnetTasks
{
    /// <summary>Where a machine keeps that we made it join, and for whom.</summary>
    public const string Marker = "/var/lib/orrery/tailnet";

    /// <summary>Where its key waits for it, in memory; whoever reads it first takes it away.</summary>
    public const string KeyFile = "/run/orrery-tailnet-key";

    public static MachineTask ListUsers { get; } = new("list-users", "asking Headscale for its users", """
        headscale users list --output json
        """)
    {
        Changes = false,
    };

    public static MachineTask MakeUser { get; } = new("make-user", "making a user of Headscale", """
        headscale users create "$1" --output json
        """);

    public static MachineTask MakeKey { get; } = new("make-key", "making a key for a machine", """
        headscale preauthkeys create --user "$1" --expiration 10m --output json
        """);

    public static MachineTask ListNodes { get; } = new("list-nodes", "asking Headscale for its machines", """
        headscale nodes list --output json
        """)
    {
        Changes = false,
    };

    public static MachineTask RemoveNode { get; } = new("remove-node", "taking the machine out of Headscale", """
        headscale nodes delete --identifier "$1" --force --output json
        """);

    public static MachineTask ApproveRoutes { get; } = new("approve-routes", "approving a machine's routes", """
        headscale nodes approve-routes --identifier "$1" --routes "$2" --output json
        """);

    /// <summary>
    /// The marker's line, and whether the machine is in a tailnet; nothing of either where that is so. Whoever has no
    /// Tailscale is told when it shall join.
    /// </summary>
    public static MachineTask Read { get; } = new("read", "reading whether the machine is in the tailnet", """
        if [ -e "$1" ]; then
          cat "$1"
        else
          echo none
        fi
        if command -v tailscale > /dev/null; then
          tailscale status --json --peers=false
        fi
        exit 0
        """)
    {
        Changes = false,
    };

    public static MachineTask Join { get; } = new("join", "joining the tailnet", """
        set -eu
        marker=$1 line=$2 url=$3 name=$4 key=$5
        trap 'rm -f "$key"' EXIT
        if ! command -v tailscale > /dev/null; then
          echo "tailscale is not installed on this machine" >&2
          exit 1
        fi
        # First, so that a machine that has joined is never without it.
        mkdir -p /var/lib/orrery
        echo "$line" > "$marker"
        tailscale up --login-server "$url" --auth-key "file:$key" --hostname "$name" --accept-routes --timeout 30s
        """)
    {
        Timeout = TimeSpan.FromMinutes(1),
    };

    public static MachineTask Leave { get; } = new("leave", "leaving the tailnet", """
        set -eu
        tailscale logout
        rm -f "$1"
        """);
}
