using System.CommandLine;
using Orrery.Cli.Composition;
using Orrery.Cli.Guard;
using Orrery.Cli.Invocation;
using Orrery.Cli.Secrets;
using Orrery.Model.Diagnostics;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery guard</c>: leaks in a tree, or in what is about to be committed.</summary>
internal static class GuardVerb
{
    public static Command Create(Host host)
    {
        var paths = new Argument<string[]>("PATHS")
        {
            Description = "Files and folders of one tree; the current folder if none.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var staged = new Option<bool>("--staged")
        {
            Description = "Search what is about to be committed: git's index instead of the files on disk.",
        };
        var install = new Option<bool>("--install")
        {
            Description = "Write a pre-commit hook that does so; a hook of somebody else is left as it is.",
        };
        var sarif = new Option<string?>("--sarif")
        {
            Description = "Write the findings as SARIF 2.1.0, too.",
            HelpName = "FILE",
        };
        var output = Shared.Output();
        var command = new VerbCommand("guard", "Finds secrets in clear, and ciphertext that nothing would decrypt.")
        {
            Detail = "Searches what git tracks and what it would track; without git the whole folder. What it finds is "
                + "never shown. Exits with 1 when it finds something, with 0 when not. What is right where it is, is "
                + "allowed with a reason: in .orrery-guard.yaml at the root, or by a comment "
                + "'orrery-guard:allow RULE REASON'.",
            Examples =
            [
                "orrery guard",
                "orrery guard --staged",
                "orrery guard --install",
                "orrery guard --sarif guard.sarif --output json",
            ],
            Arguments = { paths },
            Options = { staged, sarif, install, output },
        };
        command.SetAction((parse, cancellation) => SecretRefusal.CatchAsync(host, async () =>
        {
            var tree = await GuardedTree.FindAsync(host, parse.GetValue(paths) ?? [], cancellation);
            if (!tree.IsRepository && (parse.GetValue(staged) || parse.GetValue(install)))
            {
                throw new SecretRefusal(
                    GuardCodes.NoRepository.At(null, $"'{tree.Root}' and the folders above have no .git."),
                    ExitCode.Invalid);
            }

            if (parse.GetValue(install))
                return await GitHook.InstallAsync(host, tree, cancellation);
            var result = await tree.SearchAsync(host, parse.GetValue(staged), cancellation);
            if (parse.GetValue(sarif) is { } file)
                SarifFile.Write(host, file, result);
            if (parse.IsJson(output))
                GuardReport.WriteJson(host.Screen, result);
            else
                GuardReport.WriteText(host.Screen, result);
            return result.Findings.Any(finding => GuardCodes.Of(finding.Rule.Kind).Severity == Severity.Error)
                ? ExitCode.Failed : ExitCode.Done;
        }));
        return command;
    }
}
