using System.CommandLine;
using Orrery.Cli.Access;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Cli.Secrets;
using Orrery.Cli.Terminal;
using Orrery.Model.Platforms;
using Orrery.Providers.Talos.Configuration;

namespace Orrery.Cli.Commands.Access;

/// <summary><c>orrery talosconfig DIR</c>: an administrator's way to the machines of a cluster on Talos.</summary>
internal static class TalosconfigVerb
{
    public static Command Create(Host host)
    {
        var (directory, profile, cluster) = (Shared.Directory(), Shared.Profile(), Forwarding.ClusterOption());
        var file = new Option<string?>("--file", "-f")
        {
            Description = "Write it to this file, which only its owner can read then.",
            HelpName = "FILE",
        };
        var command = new VerbCommand("talosconfig", "Prints the client file of talosctl for a cluster's machines.")
        {
            Detail = "It is made of the keys in the repository and names the control planes' own addresses. It opens "
                + "every machine, so keep it to yourself.",
            Examples =
            [
                "orrery talosconfig my-platform --file ~/.talos/config",
                "(umask 077; orrery talosconfig my-platform --cluster prod > talosconfig)",
            ],
            Arguments = { directory },
            Options = { cluster, file, profile },
        };
        command.SetAction((parse, cancellation) => host.WithDeclarationAsync(
            new Target(parse.Required(directory), parse.GetValue(profile)),
            loaded => PlatformAccess.UseAsync(
                host, loaded, ClusterChoice.Of(loaded.Platform, parse.GetValue(cluster)),
                (access, chosen) => SecretRefusal.CatchAsync(
                    host, () => RunAsync(access, chosen, parse.GetValue(file), cancellation)),
                cancellation)));
        return command;
    }

    private static async Task<int> RunAsync(
        PlatformAccess access, Cluster cluster, string? file, CancellationToken cancellation)
    {
        var screen = access.Host.Screen;
        if (cluster.Distribution is not Distribution.Talos)
        {
            screen.Report(CliCodes.NoMachineApi.At(
                null, $"The machines of cluster '{cluster.Name}' do not run Talos.",
                ["reach them over SSH:", $"  {Shared.Again("ssh", access.Loaded)}"]));
            return ExitCode.Invalid;
        }

        if (await access.KeysOf(cluster).TalosAsync(cancellation) is not { } secrets)
        {
            screen.Report(CliCodes.NotThere.At(
                null, $"The cluster '{cluster.Name}' has no keys in the repository yet.",
                ["make it:", $"  {Shared.Again("up", access.Loaded)}"]));
            return ExitCode.Failed;
        }

        var content = Talosconfig.Of(cluster.Name, DeclaredMachines.ControlPlanes(cluster), secrets);
        var text = content.Write().AsText() ?? "";
        if (file is null)
            screen.Print(text);
        else
            OwnerFile.Replace(access.Host.FullPath(file), text);
        return ExitCode.Done;
    }
}
