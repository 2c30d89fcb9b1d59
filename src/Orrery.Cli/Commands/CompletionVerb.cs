using System.CommandLine;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Cli.Terminal;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery completion SHELL</c>: a script that completes verbs, options and their values.</summary>
internal static class CompletionVerb
{
    public static Command Create(Host host)
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh, fish or pwsh." };
        shell.AcceptOnlyFromAmong([.. CompletionScripts.Shells]);
        var command = new VerbCommand(
            "completion", "Prints a script that makes a shell complete verbs, options and values.")
        {
            Examples =
            [
                "source <(orrery completion bash)             # in ~/.bashrc",
                "source <(orrery completion zsh)              # in ~/.zshrc, after compinit",
                "orrery completion fish | source              # in ~/.config/fish/config.fish",
                "orrery completion pwsh | Out-String | Invoke-Expression   # in $PROFILE",
            ],
            Arguments = { shell },
        };
        command.SetAction(parse =>
        {
            host.Screen.Print(CompletionScripts.Of(parse.Required(shell)));
            return ExitCode.Done;
        });
        return command;
    }
}
