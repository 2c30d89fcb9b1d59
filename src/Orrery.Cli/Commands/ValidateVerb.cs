using System.CommandLine;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Cli.Terminal;
using Orrery.Model.Diagnostics;
using Orrery.Model.Platforms;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery validate DIR</c>: everything that is wrong with a declaration, at once.</summary>
internal static class ValidateVerb
{
    public static Command Create(Host host)
    {
        var (directory, profile, output) = (Shared.Directory(), Shared.Profile(), Shared.Output());
        var command = new VerbCommand("validate", "Checks a declaration and shows all that is wrong with it.")
        {
            Detail = "Needs no network and no secrets.",
            Examples = ["orrery validate examples/cosmos"],
            Arguments = { directory },
            Options = { profile, output },
        };
        command.SetAction(parse =>
        {
            var read = DeclarationFiles.Read(host, parse.Required(directory), parse.GetValue(profile));
            if (parse.IsJson(output))
                WriteJson(host.Screen, read);
            else
                WriteText(host.Screen, read);
            return read.Value is null ? ExitCode.Invalid : ExitCode.Done;
        });
        return command;
    }

    private static void WriteText(Screen screen, Diagnosed<Loaded> read)
    {
        screen.Report(read.Diagnostics);
        if (read.Value?.Platform is { } platform)
        {
            var warnings = read.Diagnostics.Count;
            var but = warnings > 0 ? $", with {Words.Count(warnings, "warning")}" : "";
            screen.Print($"{platform.Name} is valid{but}: {Size(platform)}\n");
        }
        else
        {
            var errors = read.Diagnostics.Count(diagnostic => diagnostic.Severity == Severity.Error);
            screen.Tell($"\n{Words.Count(errors, "error")}\n");
        }
    }

    private static string Size(Platform platform)
    {
        var nodes = platform.Clusters.Values.Sum(cluster => cluster.NodePools.Values.Sum(pool => pool.Count));
        return $"{Words.Count(platform.Clusters.Count, "cluster")}, {Words.Count(nodes, "node")}";
    }

    private static void WriteJson(Screen screen, Diagnosed<Loaded> read) => screen.WriteJson(json =>
    {
        json.WriteBoolean("valid", read.Value is not null);
        json.WriteString("platform", read.Value?.Platform.Name);
        DiagnosticJson.Write(json, read.Diagnostics);
    });
}
