using System.CommandLine;
using Orrery.Cli.Access;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Cli.Terminal;
using Orrery.Model.Platforms;
using Orrery.Providers.Kubernetes.Configuration;

namespace Orrery.Cli.Commands.Access;

/// <summary><c>orrery kubeconfig DIR</c>: an administrator's way to a cluster.</summary>
internal static class KubeconfigVerb
{
    public static Command Create(Host host)
    {
        var (directory, profile, cluster) = (Shared.Directory(), Shared.Profile(), Forwarding.ClusterOption());
        var merge = new Option<bool>("--merge")
        {
            Description = "Add it to your own kubeconfig ($KUBECONFIG, or ~/.kube/config) instead of printing it.",
        };
        var command = new VerbCommand("kubeconfig", "Prints an administrator's kubeconfig of a cluster.")
        {
            Detail = "It is made of the keys in the repository and opens the cluster: keep it to yourself. Where 6443 "
                + "is closed it leads to where 'orrery tunnel' listens.",
            Examples =
            [
                "orrery kubeconfig my-platform --cluster prod --merge",
                "(umask 077; orrery kubeconfig my-platform > prod.yaml)",
            ],
            Arguments = { directory },
            Options = { cluster, merge, profile },
        };
        command.SetAction((parse, cancellation) => host.WithDeclarationAsync(
            new Target(parse.Required(directory), parse.GetValue(profile)),
            loaded => PlatformAccess.UseAsync(
                host, loaded, ClusterChoice.Of(loaded.Platform, parse.GetValue(cluster)),
                (access, chosen) => RunAsync(access, chosen, parse.GetValue(merge), cancellation),
                cancellation)));
        return command;
    }

    private static async Task<int> RunAsync(
        PlatformAccess access, Cluster cluster, bool merges, CancellationToken cancellation)
    {
        var screen = access.Host.Screen;
        if (await new OwnKubeconfig(access).OfAsync(cluster, null, cancellation) is not { } content)
        {
            screen.Report(CliCodes.NotThere.At(
                null, $"The cluster '{cluster.Name}' has no keys in the repository yet.",
                ["make it:", $"  {Shared.Again("up", access.Loaded)}"]));
            return ExitCode.Failed;
        }

        if (merges)
            Merge(access, content);
        else
            screen.Print(content.ToText());
        Hint(access, cluster);
        return ExitCode.Done;
    }

    private static void Merge(PlatformAccess access, Kubeconfig content)
    {
        var (screen, users) = (access.Host.Screen, new UserKubeconfig(access.Host));
        var hadComments = users.Merge(content);
        var context = content.CurrentContext;
        screen.Tell($"the context {context} is in {users.Path}; choose it: kubectl config use-context {context}\n");
        if (hadComments)
            screen.Tell("the comments that the file had are gone, as after each change by kubectl\n");
    }

    private static void Hint(PlatformAccess access, Cluster cluster)
    {
        if (access.MachinesOf(cluster).PublicServer is not null)
            return;
        var paint = new Paint(access.Host.Screen.ColourError);
        access.Host.Screen.Tell(
            $"{paint.Cyan("hint:")} 6443 is closed from outside, so this works while a tunnel is open:\n"
            + $"{paint.Cyan("hint:")}   {Shared.Again("tunnel", access.Loaded)} --cluster {cluster.Name}\n");
    }
}
