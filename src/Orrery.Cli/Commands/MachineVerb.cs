using System.CommandLine;
using Orrery.Cli.Access;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Cli.Secrets;
using Orrery.Cli.Terminal;
using Orrery.Model.Platforms;
using Orrery.Model.Values;
using Orrery.Providers.Clusters;
using Orrery.Providers.Hetzner;
using Orrery.Providers.Talos.Configuration;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery machine DIR --cluster N --node M</c>: what a node boots from.</summary>
internal static class MachineVerb
{
    public static Command Create(Host host)
    {
        var (directory, profile) = (Shared.Directory(), Shared.Profile());
        var cluster = new Option<string>("--cluster")
        {
            Description = "The cluster that the node belongs to.",
            HelpName = "NAME",
            Required = true,
        };
        var node = new Option<string>("--node")
        {
            Description = "The node: its pool's name and its number, from 0.",
            HelpName = "NAME",
            Required = true,
        };
        var secrets = new Option<bool>("--show-secrets")
        {
            Description = "Show secrets too: the one-time host key, in no use any more once K3s has started, or "
                + "all keys of a Talos configuration.",
        };
        var command = new VerbCommand("machine", "Prints what a node boots from: user data, or a Talos configuration.")
        {
            Detail = "Reads the declaration and the state, and asks no cloud. What is not known yet is named, and what "
                + "is secret is hidden. A machine that runs Talos needs the keys in the repository.",
            Examples = ["orrery machine my-platform --cluster prod --node cosmos-0"],
            Arguments = { directory },
            Options = { cluster, node, secrets, profile },
        };
        command.SetAction((parse, cancellation) => host.WithDeclarationAsync(
            new Target(parse.Required(directory), parse.GetValue(profile)),
            loaded => RunAsync(
                host, loaded, (parse.GetValue(cluster) ?? "", parse.GetValue(node) ?? "", parse.GetValue(secrets)),
                cancellation)));
        return command;
    }

    private static async Task<int> RunAsync(
        Host host, Loaded loaded, (string Cluster, string Node, bool ShowsSecrets) asked,
        CancellationToken cancellation)
    {
        if (loaded.Platform.Clusters.TryGetValue(asked.Cluster, out var found)
            && found.Distribution is Distribution.Talos
            && DeclaredMachines.Of(found).TryGetValue(asked.Node, out var machine))
        {
            return await PlatformAccess.UseAsync(
                host, loaded, access => SecretRefusal.CatchAsync(
                    host, () => PrintAsync(access, found, machine, asked.ShowsSecrets, cancellation)), cancellation);
        }

        using var state = new StateAccess(host, loaded);
        var recorded = (await state.LoadAsync(cancellation)).Recorded.Resources;
        Value? Known(OutputReference reference) =>
            recorded.TryGetValue(reference.Resource.Text, out var resource)
            && resource.Outputs.Fields.TryGetValue(reference.Output, out var value)
                ? value
                : null;
        var text = loaded.Platform.Clusters.TryGetValue(asked.Cluster, out var cluster)
            ? HetznerBoot.UserDataOf(
                cluster, ClusterBoot.Of(loaded.Platform, cluster), asked.Node, Known, asked.ShowsSecrets)
            : null;
        if (text is not null)
        {
            host.Screen.Print(text);
            return ExitCode.Done;
        }

        host.Screen.Report(CliCodes.NoMachine.At(
            null, $"The cluster '{asked.Cluster}' has no node '{asked.Node}'.",
            [.. loaded.Platform.Clusters.Values.Select(Nodes)]));
        return ExitCode.Invalid;
    }

    private static async Task<int> PrintAsync(
        PlatformAccess access, Cluster cluster, TalosMachine machine, bool showsSecrets,
        CancellationToken cancellation)
    {
        if (await access.KeysOf(cluster).TalosAsync(cancellation) is not { } secrets)
        {
            access.Host.Screen.Report(CliCodes.NotThere.At(
                null, $"The cluster '{cluster.Name}' has no keys in the repository yet.",
                ["make it:", $"  {Shared.Again("up", access.Loaded)}"]));
            return ExitCode.Failed;
        }

        var configuration = MachineConfiguration.Of(
            machine, TalosSecretsFile.Read(secrets["bundle"].AsText() ?? ""));
        access.Host.Screen.Print(
            showsSecrets ? configuration.Write().AsText() ?? "" : configuration.WriteRedacted());
        return ExitCode.Done;
    }

    private static string Nodes(Cluster cluster) =>
        $"{cluster.Name} has {string.Join(", ", cluster.NodePools.Values.SelectMany(pool => pool.NodeNames()))}";
}
