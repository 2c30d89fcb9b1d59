using System.Text;
using Orrery.Model.Values;

namespace Orrery.Providers.Machines;

/// <summary>
/// The unit that mounts the volumes and keeps what must be on them. K3s brings it up and cannot start without it: at
/// the first start, which may be long after the first boot, and at each reboot. Stopping it stops K3s and lets the
/// disks go.
/// </summary>
internal static class VolumesUnit
{
    public const string Name = "orrery-volumes.service";

    private const string Head = """
        [Unit]
        Description=Volumes of this machine
        After=local-fs.target
        Before=k3s.service

        [Service]
        Type=oneshot
        RemainAfterExit=yes
        TimeoutStartSec=300
        TimeoutStopSec=240

        """;

    private const string Tail = """

        [Install]
        RequiredBy=k3s.service

        """;

    public static string Of(Value.Map known)
    {
        var unit = new StringBuilder(Head);
        var volumes = known["volumes"].AsList().Select(volume => (Value.Map)volume).ToArray();
        foreach (var volume in volumes)
            Append(unit, "ExecStart", "mount-volume", volume["device"], volume["mountPath"]);
        foreach (var kept in known["kept"].AsList().Select(kept => (Value.Map)kept))
        {
            var script = kept["isFile"].AsBool() ? "keep-file" : "keep-directory";
            Append(unit, "ExecStart", script, kept["path"], kept["owner"], kept["mode"]);
        }

        Append(unit, "ExecStop", "stop-pods");
        foreach (var volume in volumes.Reverse())
            Append(unit, "ExecStop", "unmount-volume", volume["mountPath"]);
        return unit.Append(Tail).ToString();
    }

    private static void Append(StringBuilder unit, string when, string script, params ReadOnlySpan<Value> arguments)
    {
        unit.Append(when).Append('=').Append(MachineScript.PathOf(script));
        foreach (var argument in arguments)
            unit.Append(' ').Append(argument.AsText());
        unit.Append('\n');
    }
}
