using System.CommandLine;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Cli.Terminal;
using Orrery.Model.Platforms;
using Orrery.Model.Values;
using Orrery.Providers.Hetzner;
using Orrery.Providers.Clusters;

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
            Description = "Show the one-time host key too; it is in no use any more once K3s has started.",
        };
        var command = new VerbCommand("machine", "Prints what a node boots from, as cloud-init reads it.")
        {
            Detail = "Reads the declaration and the state, and asks no cloud. What is not known yet is named, and what "
                + "is secret is hidden.",
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

    private static string Nodes(Cluster cluster) =>
        $"{cluster.Name} has {string.Join(", ", cluster.NodePools.Values.SelectMany(pool => pool.NodeNames()))}";
}
