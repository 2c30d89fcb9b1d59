using System.CommandLine;
using Orrery.Cli.Access;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Cli.Terminal;
using Orrery.Model.Platforms;

namespace Orrery.Cli.Commands.Access;

/// <summary><c>orrery env DIR</c>: variables for a shell in the platform's folder.</summary>
internal static class EnvVerb
{
    /// <summary>
    /// The command line of Argo CD goes through the kubeconfig; TLS ends before it
    /// (https://argo-cd.readthedocs.io/en/stable/user-guide/environment-variables/).
    /// </summary>
    private const string ArgoCdOptions = "--port-forward --port-forward-namespace argocd --plaintext";

    public static Command Create(Host host)
    {
        var (directory, profile, output) = (Shared.Directory(), Shared.Profile(), Shared.Output());
        var command = new VerbCommand("env", "Prints variables for your shell, as direnv reads them.")
        {
            Detail = "The kubeconfig that they name holds all clusters and stands in DIR/.orrery, where only you read "
                + "it. No secret is printed.",
            Examples = ["eval \"$(orrery env my-platform)\"", "orrery env my-platform > .envrc"],
            Arguments = { directory },
            Options = { profile, output },
        };
        command.SetAction((parse, cancellation) => host.WithDeclarationAsync(
            new Target(parse.Required(directory), parse.GetValue(profile)),
            loaded => PlatformAccess.UseAsync(
                host, loaded, access => RunAsync(access, parse.IsJson(output), cancellation), cancellation)));
        return command;
    }

    private static async Task<int> RunAsync(PlatformAccess access, bool isJson, CancellationToken cancellation)
    {
        var screen = access.Host.Screen;
        if (await new OwnKubeconfig(access).WriteAsync(cancellation) is not { } kubeconfig)
        {
            screen.Report(CliCodes.NotThere.At(
                null, $"No cluster of '{access.Platform.Name}' has keys in the repository yet.",
                ["make them:", $"  {Shared.Again("up", access.Loaded)}"]));
            return ExitCode.Failed;
        }

        var variables = new List<(string Name, string Value)> { ("KUBECONFIG", kubeconfig) };
        if (access.Platform.Clusters.Values.Any(cluster => cluster.GitOps is GitOpsEngine.ArgoCd))
            variables.Add(("ARGOCD_OPTS", ArgoCdOptions));
        if (isJson)
        {
            screen.WriteJson(json =>
            {
                foreach (var (name, value) in variables)
                    json.WriteString(name, value);
            });
        }
        else
        {
            foreach (var (name, value) in variables)
                screen.Print($"{ShellWords.Export(name, value)}\n");
        }

        return ExitCode.Done;
    }
}
