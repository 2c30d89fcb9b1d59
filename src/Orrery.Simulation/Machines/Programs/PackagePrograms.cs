using System.Text;
using Orrery.Simulation.Machines.Execution;
using Orrery.Simulation.Machines.Files;

namespace Orrery.Simulation.Machines.Programs;

/// <summary>Debian's package tools.</summary>
internal static class PackagePrograms
{
    private const string Mark = "#!simulated-package ";

    // apt's exit code for every error: apt-get(8), DIAGNOSTICS.
    private const int Failed = 100;

    public static async Work<int> AptGet(Invocation call)
    {
        await call.Scope.CountProcess();
        if (Options.Read(call, "yqo:fV", "no-install-recommends", "yes", "quiet", "assume-yes", "allow-downgrades",
            "allow-change-held-packages", "purge") is not { Operands.Count: > 0 } options)
        {
            return call.Fail("Command line option is not understood", Failed);
        }

        switch (options.Operands[0])
        {
            case "update":
                await call.Scope.Sleep(call.Machine.Surroundings.Latencies.PackageLists);
                call.Out.Line("Reading package lists...");
                return 0;
            case "install":
                return await Install(call, [.. options.Operands.Skip(1)]);
            case "upgrade" or "dist-upgrade" or "full-upgrade" or "clean" or "autoremove" or "autoclean":
                await call.Scope.Sleep(call.Machine.Surroundings.Latencies.PackageLists);
                return 0;
            case "remove" or "purge":
                return 0;
            default:
                call.Error.Line($"E: Invalid operation {options.Operands[0]}");
                return Failed;
        }
    }

    public static async Work<int> Dpkg(Invocation call)
    {
        await call.Scope.CountProcess();
        if (call.Arguments is ["--print-architecture"])
        {
            call.Out.Line("amd64");
            return 0;
        }

        if (call.Arguments.Count < 2 || call.Arguments[0] is not ("-i" or "--install"))
            return call.Fail("error: need an action option", 2);
        return await InstallFile(call, call.Arguments[1]);
    }

    /// <summary>Installs packages by name, in order; 100 and nothing installed where one is not known.</summary>
    public static async Work<int> Install(Invocation call, IReadOnlyList<string> names)
    {
        foreach (var name in names.Where(name => !name.Contains('/', StringComparison.Ordinal)))
        {
            if (!ProgramTable.Packages.ContainsKey(name.Split('=')[0]))
            {
                call.Error.Line($"E: Unable to locate package {name}");
                return Failed;
            }
        }

        foreach (var name in names)
        {
            if (name.Contains('/', StringComparison.Ordinal))
            {
                if (await InstallFile(call, name) != 0)
                    return Failed;
                continue;
            }

            await call.Scope.Sleep(call.Machine.Surroundings.Latencies.Package);
            foreach (var program in ProgramTable.Packages[name.Split('=')[0]])
            {
                var standIn = ProgramTable.Find(program) is null ? "inert" : program;
                if (!call.Files.Exists("/usr/bin/" + program))
                    call.Files.WriteText("/usr/bin/" + program, $"{ProgramRunner.StandIn}{standIn}\n", 0x1ED);
            }

            call.Machine.Note(MachineEventKind.Installed, call.Name, name);
            call.Out.Line($"Setting up {name} ...");
        }

        return 0;
    }

    private static async Work<int> InstallFile(Invocation call, string name)
    {
        if (call.Files.Find(call.PathOf(name)) is not FileNode file)
        {
            call.Error.Line($"E: Unsupported file {name} given on commandline");
            return Failed;
        }

        var text = Encoding.UTF8.GetString(file.Content);
        if (!text.StartsWith(Mark, StringComparison.Ordinal))
            return call.Fail($"error processing archive {name}: not a Debian format archive");
        await call.Scope.Sleep(call.Machine.Surroundings.Latencies.Package);
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (var line in lines.Skip(1))
        {
            var parts = line.Split(' ');
            call.Files.Write(parts[0], Convert.FromBase64String(parts[2])).Mode = Convert.ToInt32(parts[1], 8);
        }

        call.Machine.Note(MachineEventKind.Installed, call.Name, lines[0][Mark.Length..]);
        return 0;
    }
}
