using Orrery.Providers.Machines;

namespace Orrery.Providers.Edge;

/// <summary>What is done with a file on the machine in front of a cluster. Each may be repeated at any time.</summary>
internal static class EdgeTasks
{
    /// <summary>What a test of all files and a reload are, for each program.</summary>
    private const string Program =
        """
        set -eu
        program=$1 target=$2 applied=$3 staged=$4
        check() {
          case $program in
            nginx) nginx -t ;;
            nsd) nsd-checkconf /etc/nsd/nsd.conf ;;
          esac
        }
        reload() {
          case $program in
            nginx) systemctl reload-or-restart nginx.service ;;
            nsd) systemctl restart nsd.service ;;
          esac
        }
        is_applied() {
          [ -e "$target" ] && [ -e "$applied" ] && [ "$(sha256sum < "$target")" = "$(cat "$applied")" ]
        }

        """;

    /// <summary>Whether the program runs with the file, and then the file; nothing where there is none.</summary>
    public static MachineTask Read { get; } = new("read", "reading what the edge has", """
        set -eu
        target=$1 applied=$2
        if [ -e "$target" ]; then
          if [ -e "$applied" ] && [ "$(sha256sum < "$target")" = "$(cat "$applied")" ]; then
            echo applied
          else
            echo waiting
          fi
          cat "$target"
        fi
        """)
    {
        Changes = false,
    };

    /// <summary>
    /// Puts the staged file in its place and tries all files together. What was there comes back where they are
    /// refused, and the program goes on as it was.
    /// </summary>
    public static MachineTask Apply { get; } = new("apply", "taking over the configuration", Program + """
        if ! command -v "$program" > /dev/null; then
          rm -f "$staged"
          echo "$program is not installed on this machine" >&2
          exit 1
        fi
        if is_applied; then
          cp -p "$target" "$staged.before"
        fi
        if [ -e "$staged" ]; then
          mv -f "$staged" "$target"
        fi
        if ! check; then
          if [ -e "$staged.before" ]; then
            mv -f "$staged.before" "$target"
          else
            rm -f "$target"
          fi
          exit 1
        fi
        reload
        mkdir -p /var/lib/orrery
        sha256sum < "$target" > "$applied"
        rm -f "$staged.before"
        """)
    {
        Timeout = TimeSpan.FromMinutes(1),
    };

    /// <summary>Takes our file away, and leaves everything else as it is.</summary>
    public static MachineTask Remove { get; } = new("remove", "taking the configuration away", Program + """
        rm -f "$staged" "$staged.before"
        if [ -e "$target" ]; then
          mv -f "$target" "$staged.before"
          if ! check; then
            mv -f "$staged.before" "$target"
            exit 1
          fi
          reload
          rm -f "$staged.before"
        fi
        rm -f "$applied"
        """)
    {
        Timeout = TimeSpan.FromMinutes(1),
    };
}
