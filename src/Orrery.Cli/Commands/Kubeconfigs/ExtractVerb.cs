using System.CommandLine;
using Orrery.Cli.Access;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;

namespace Orrery.Cli.Commands.Kubeconfigs;

/// <summary><c>orrery kubeconfig extract CONTEXT</c>: one cluster of many, for someone or something else.</summary>
internal static class ExtractVerb
{
    public static Command Create(Host host)
    {
        var (context, file) = (ContextShared.Context("The context to print."), ContextShared.File());
        var command = new VerbCommand("extract", "Prints one context with its cluster and its user alone.")
        {
            Detail = "It opens the cluster: keep it to yourself.",
            Examples =
            [
                "(umask 077; orrery kubeconfig extract cosmos-prod > prod.yaml)",
                "orrery kubeconfig extract cosmos-prod --file secrets/prod/kubeconfig.sops.yaml",
            ],
            Arguments = { context },
            Options = { file },
        };
        command.SetAction((parse, _) => ContextShared.CatchAsync(host, () =>
        {
            var content = KubeconfigFiles.Open(host, parse.GetValue(file)).Read();
            host.Screen.Print(content.Extract(parse.Required(context)).ToText());
        }));
        return command;
    }
}
