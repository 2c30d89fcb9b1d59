using Orrery.Simulation.Machines.Execution;
using Orrery.Simulation.Machines.Files;
using Orrery.Simulation.Machines.Network;

namespace Orrery.Simulation.Machines.Programs;

/// <summary>Programs around addresses and packet rules.</summary>
internal static class NetworkPrograms
{
    // Assumed: systemd-networkd needs about two seconds to take a new configuration.
    private static readonly TimeSpan ApplyTime = TimeSpan.FromSeconds(2);

    public static async Work<int> Netplan(Invocation call)
    {
        await call.Scope.CountProcess();
        var verb = call.Arguments.ElementAtOrDefault(0);
        if (verb is not ("apply" or "generate" or "try"))
            return call.Fail("usage: netplan apply | generate", 2);
        foreach (var (path, node) in call.Files.Below("/etc/netplan"))
        {
            // netplan 1.0 warns of files that others may read; it takes them all the same.
            if ((node.Mode & 0x3F) != 0 && node is FileNode)
                call.Error.Line(
                    $"** (process:1): WARNING **: Permissions for {path} are too open."
                        + " Netplan configuration should NOT be accessible by others.");
        }

        if (verb == "apply")
            await call.Scope.Sleep(ApplyTime);
        var problem = verb == "generate" ? call.Machine.Network.CheckFiles() : call.Machine.Network.ApplyFiles();
        if (problem is null)
            return 0;
        call.Error.Line(problem);
        return 78;
    }

    public static async Work<int> Ip(Invocation call)
    {
        await call.Scope.CountProcess();
        var words = call.Arguments.Where(argument => !argument.StartsWith('-')).ToList();
        switch (words)
        {
            case ["a" or "addr" or "address"] or ["a" or "addr" or "address", "show" or "list" or "ls", ..]:
                call.Out.Line($"2: {NetworkState.Interface}: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 state UP");
                foreach (var address in call.Machine.Network.Addresses)
                    call.Out.Line(
                        $"    {(address.Contains(':', StringComparison.Ordinal) ? "inet6" : "inet")} {address}/32"
                        + $" scope global {NetworkState.Interface}");
                return 0;
            case ["a" or "addr" or "address", "add", var added, "dev", NetworkState.Interface, ..]:
                if (call.Machine.Network.Add(added))
                    return 0;
                call.Error.Line("RTNETLINK answers: File exists");
                return 2;
            case ["a" or "addr" or "address", "del" or "delete", var removed, "dev", NetworkState.Interface, ..]:
                if (call.Machine.Network.Remove(removed))
                    return 0;
                call.Error.Line("RTNETLINK answers: Cannot assign requested address");
                return 2;
            case ["r" or "route", "add" or "replace", "blackhole" or "unreachable" or "prohibit", var destination, ..]:
                call.Machine.Network.Filter.AddRoute(destination);
                return 0;
            case ["r" or "route" or "link" or "l", ..]:
                return 0;
            default:
                call.Error.Line($"Object \"{words.FirstOrDefault()}\" is unknown, try \"ip help\".");
                return 1;
        }
    }

    public static async Work<int> Nft(Invocation call)
    {
        await call.Scope.CountProcess();
        if (call.Arguments.Count == 0)
            return call.Fail("no command specified");
        if (call.Arguments is ["list", ..])
        {
            call.Out.Text(call.Machine.Network.Filter.List());
            return 0;
        }

        var text = string.Join(' ', call.Arguments);
        if (call.Arguments is ["-f" or "--file", _] or ["-c", "-f", _])
        {
            var file = call.Arguments[^1];
            text = file == "-" ? call.In.TakeText() : call.Files.TryReadText(call.PathOf(file)) ?? "";
            if (file != "-" && text.Length == 0)
                return Complain(call, $"Error: Could not open file \"{file}\": No such file or directory");
            if (call.Arguments[0] == "-c")
                return new PacketFilter().Nft(text) is { } wrong ? Complain(call, wrong) : 0;
        }

        return call.Machine.Network.Filter.Nft(text) is { } problem ? Complain(call, problem) : 0;
    }

    public static async Work<int> IpTables(Invocation call)
    {
        await call.Scope.CountProcess();
        var status = call.Machine.Network.Filter.IpTables(call.Arguments);
        return status == 2 ? call.Fail($"v1.8.10 (nf_tables): unknown option \"{string.Join(' ', call.Arguments)}\"", 2)
            : status;
    }

    private static int Complain(Invocation call, string message)
    {
        call.Error.Line(message);
        return 1;
    }
}
