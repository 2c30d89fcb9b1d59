using System.CommandLine;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;

namespace Orrery.Cli.Commands.Kubeconfigs;

/// <summary><c>orrery kubeconfig rename CONTEXT NAME</c>: gives a context, its cluster and its user one name.</summary>
internal static class RenameVerb
{
    public static Command Create(Host host)
    {
        var (context, file) = (ContextShared.Context("The context to rename."), ContextShared.File());
        var name = new Argument<string>("NAME") { Description = "Its new name, and that of its cluster and user." };
        var command = new VerbCommand("rename", "Renames a context, its cluster and its user.")
        {
            Detail = "A cluster or user that other contexts use as well keeps its name beside a copy of the new one. "
                + ContextShared.FileHint,
            Examples = ["orrery kubeconfig rename kubernetes-admin@kubernetes lab"],
            Arguments = { context, name },
            Options = { file },
        };
        command.SetAction((parse, _) => ContextShared.ChangeAsync(
            host,
            parse.GetValue(file),
            content => content.Rename(parse.Required(context), parse.Required(name)),
            $"{parse.Required(context)} is called {parse.Required(name)} now"));
        return command;
    }
}
