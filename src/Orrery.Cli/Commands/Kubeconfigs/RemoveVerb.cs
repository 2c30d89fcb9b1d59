using System.CommandLine;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;

namespace Orrery.Cli.Commands.Kubeconfigs;

/// <summary><c>orrery kubeconfig remove CONTEXT</c>: forgets a cluster that is gone.</summary>
internal static class RemoveVerb
{
    public static Command Create(Host host)
    {
        var (context, file) = (ContextShared.Context("The context to remove."), ContextShared.File());
        var command = new VerbCommand("remove", "Removes a context, and its cluster and user if no other has them.")
        {
            Detail = "If it was the current context then none is: nothing goes to another cluster unasked. "
                + ContextShared.FileHint,
            Examples = ["orrery kubeconfig remove cosmos-old"],
            Arguments = { context },
            Options = { file },
        };
        command.SetAction((parse, _) => ContextShared.ChangeAsync(
            host,
            parse.GetValue(file),
            content => content.Remove(parse.Required(context)),
            $"{parse.Required(context)} is removed"));
        return command;
    }
}
