using System.CommandLine;
using Orrery.Cli.Access;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Cli.Secrets;
using Orrery.Cli.Terminal;
using Orrery.Model.Platforms;
using Orrery.Providers.Kubernetes.Configuration;

namespace Orrery.Cli.Commands.Kubeconfigs;

/// <summary><c>orrery kubeconfig DIR</c>: an administrator's way to a cluster.</summary>
internal static class KubeconfigVerb
{
    private sealed record Wish(bool Merges, string? File);

    public static Command Create(Host host)
    {
        var (directory, profile, cluster) = (Shared.Directory(), Shared.Profile(), Forwarding.ClusterOption());
        var merge = new Option<bool>("--merge")
        {
            Description = "Add it to your own kubeconfig ($KUBECONFIG, or ~/.kube/config) instead of printing it.",
        };
        var file = new Option<string?>("--file", "-f")
        {
            Description = "Add it to this kubeconfig, or to this SOPS document under KUBECONFIG, instead.",
            HelpName = "FILE",
        };
        var command = new VerbCommand("kubeconfig", "Prints, merges and keeps the kubeconfigs of clusters.")
        {
            Detail = "With DIR it is an administrator's of a cluster, made of the keys in the repository: it opens the "
                + "cluster, so keep it to yourself. Where 6443 is closed it leads to where 'orrery tunnel' listens. A "
                + "folder that is called as a command below is named ./list and so on.",
            Examples =
            [
                "orrery kubeconfig my-platform --cluster prod --merge",
                "(umask 077; orrery kubeconfig my-platform > prod.yaml)",
                "orrery kubeconfig my-platform --file my-platform/secrets/prod/kubeconfig.sops.yaml",
                "orrery kubeconfig list",
            ],
            Arguments = { directory },
            Options = { cluster, merge, file, profile },
            Subcommands =
            {
                ListVerb.Create(host), UseVerb.Create(host), RenameVerb.Create(host), RemoveVerb.Create(host),
                ExtractVerb.Create(host), MergeVerb.Create(host),
            },
        };
        command.SetAction((parse, cancellation) => host.WithDeclarationAsync(
            new Target(parse.Required(directory), parse.GetValue(profile)),
            loaded => PlatformAccess.UseAsync(
                host, loaded, ClusterChoice.Of(loaded.Platform, parse.GetValue(cluster)),
                (access, chosen) => SecretRefusal.CatchAsync(host, () => RunAsync(
                    access, chosen, new Wish(parse.GetValue(merge), parse.GetValue(file)), cancellation)),
                cancellation)));
        return command;
    }

    private static async Task<int> RunAsync(
        PlatformAccess access, Cluster cluster, Wish wish, CancellationToken cancellation)
    {
        var screen = access.Host.Screen;
        if (await new OwnKubeconfig(access).OfAsync(cluster, null, cancellation) is not { } content)
        {
            screen.Report(CliCodes.NotThere.At(
                null, $"The cluster '{cluster.Name}' has no keys in the repository yet.",
                ["make it:", $"  {Shared.Again("up", access.Loaded)}"]));
            return ExitCode.Failed;
        }

        if (wish.Merges || wish.File is not null)
            Merge(access.Host, KubeconfigFiles.Open(access.Host, wish.File), content);
        else
            screen.Print(content.ToText());
        Hint(access, cluster);
        return ExitCode.Done;
    }

    private static void Merge(Host host, IKubeconfigFile file, Kubeconfig content)
    {
        var hadComments = file.Change(before => before.Merge(content));
        var context = content.CurrentContext;
        host.Screen.Tell($"the context {context} is in {file.Shown}; choose it: ");
        host.Screen.Tell(file is UserKubeconfig
            ? $"kubectl config use-context {context}\n"
            : $"orrery kubeconfig use {context} --file {file.Shown}\n");
        ContextShared.TellOfComments(host, hadComments);
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
