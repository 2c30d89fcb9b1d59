using System.CommandLine;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;

namespace Orrery.Cli.Commands.Kubeconfigs;

/// <summary><c>orrery kubeconfig use CONTEXT</c>: chooses the context that tools take when none is named.</summary>
internal static class UseVerb
{
    public static Command Create(Host host)
    {
        var (context, file) = (ContextShared.Context("The context to choose."), ContextShared.File());
        var command = new VerbCommand("use", "Chooses the current context of a kubeconfig.")
        {
            Detail = ContextShared.FileHint,
            Examples = ["orrery kubeconfig use cosmos-prod"],
            Arguments = { context },
            Options = { file },
        };
        command.SetAction((parse, _) => ContextShared.ChangeAsync(
            host,
            parse.GetValue(file),
            content => content.Choose(parse.Required(context)),
            $"{parse.Required(context)} is the current context"));
        return command;
    }
}
