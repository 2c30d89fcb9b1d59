using System.CommandLine;
using Orrery.Cli.Access;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Cli.Terminal;
using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.Cli.Commands.Access;

/// <summary><c>orrery tunnel DIR</c>: the API server where 6443 is closed.</summary>
internal static class TunnelVerb
{
    public static Command Create(Host host)
    {
        var (directory, profile, output) = (Shared.Directory(), Shared.Profile(), Shared.Output());
        var (cluster, port) = (Forwarding.ClusterOption(), Forwarding.PortOption());
        var command = new VerbCommand("tunnel", "Forwards a local port to a cluster's API server, until Ctrl-C.")
        {
            Detail = "Goes by SSH through the machine on which the API server listens; TLS is from end to end. Each "
                + "connection is made anew, so the tunnel outlives lost ones and restarts of the machine.",
            Examples = ["orrery tunnel my-platform --cluster prod"],
            Arguments = { directory },
            Options = { cluster, port, profile, output },
        };
        command.SetAction((parse, cancellation) => host.WithDeclarationAsync(
            new Target(parse.Required(directory), parse.GetValue(profile)),
            loaded => PlatformAccess.UseAsync(
                host, loaded, ClusterChoice.Of(loaded.Platform, parse.GetValue(cluster)),
                (access, chosen) => RunAsync(
                    access, chosen, parse.GetValue(port), parse.IsJson(output), cancellation),
                cancellation)));
        return command;
    }

    private static async Task<int> RunAsync(
        PlatformAccess access, Cluster cluster, int? wished, bool isJson, CancellationToken cancellation)
    {
        var screen = access.Host.Screen;
        var reached = await ReachedCluster.OfAsync(access, cluster, cancellation);
        screen.Report(reached.Diagnostics);
        if (reached.Value is null)
            return ExitCode.Failed;
        await using var api = reached.Value;
        return await Forwarding.ForwardAsync(
            access.Host, wished ?? LocalPort.Of(access.Platform.Id, cluster.Name), api.ConnectAsync, ShowAsync);

        async Task ShowAsync(int port)
        {
            var own = new OwnKubeconfig(access);
            var content = await own.OfAsync(cluster, port, cancellation)
                ?? throw new InvariantException("a cluster that is reached has keys");
            var (server, file) = (LocalPort.Url("https", port), own.WriteTunnel(cluster, content));
            if (isJson)
            {
                screen.WriteJson(json =>
                {
                    json.WriteString("cluster", cluster.Name);
                    json.WriteString("server", server.OriginalString);
                    json.WriteString("kubeconfig", file);
                });
                return;
            }

            screen.Print($"{server.OriginalString}\n{ShellWords.Export("KUBECONFIG", file)}\n");
            screen.Tell($"leads to the API server of {cluster.Name} until Ctrl-C\n");
        }
    }
}
