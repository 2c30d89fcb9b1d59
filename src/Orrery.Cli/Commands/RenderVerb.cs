using System.CommandLine;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Cli.Secrets;
using Orrery.Cli.Terminal;
using Orrery.GitOps.Delivery;
using Orrery.GitOps.Trees;
using Orrery.Model.Diagnostics;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery render DIR</c>: writes the GitOps tree, or compares it with what is there.</summary>
internal static class RenderVerb
{
    public static Command Create(Host host)
    {
        var (directory, profile, output) = (Shared.Directory(), Shared.Profile(), Shared.Output());
        var tree = new Option<string?>("--out")
        {
            Description = "The folder that holds the tree; the declaration's by default.",
            HelpName = "TREE",
        };
        var check = new Option<bool>("--check")
        {
            Description = "Change nothing; exit with 1 when the tree is not as rendered.",
        };
        var explain = new Option<bool>("--explain-order")
        {
            Description = "Show which component waits for which, and why.",
        };
        var command = new VerbCommand("render", "Writes the tree that the GitOps engine follows.")
        {
            Detail = "Needs no network and no secrets. Files that Orrery did not write are never touched.",
            Examples =
            [
                "orrery render examples/cosmos --out my-tree", "orrery render examples/cosmos --out my-tree --check",
            ],
            Arguments = { directory },
            Options = { tree, check, explain, profile, output },
        };
        command.SetAction(parse =>
        {
            var read = DeclarationFiles.Read(host, parse.Required(directory), parse.GetValue(profile));
            if (read.Value is not { } loaded)
            {
                host.Screen.Report(read.Diagnostics);
                return ExitCode.Invalid;
            }

            var wanted = new Wanted(
                loaded, parse.GetValue(tree), parse.GetValue(check), parse.GetValue(explain), parse.IsJson(output));
            return Run(host, wanted);
        });
        return command;
    }

    private sealed record Wanted(Loaded Loaded, string? Tree, bool OnlyChecks, bool Explains, bool IsJson);

    private static int Run(Host host, Wanted wanted)
    {
        var rendered = GitOpsTree.Of(DocumentFolder.Complete(wanted.Loaded.Platform, wanted.Loaded.Folder));
        if (rendered.Value is not { } tree)
            return Refuse(host.Screen, rendered.Diagnostics, ExitCode.Invalid);
        var folder = new TreeFolder(wanted.Tree is { } path ? host.FullPath(path) : wanted.Loaded.Folder);
        var compared = TreeComparison.Of(tree, folder.Read);
        if (compared.Value is not { } comparison)
            return Refuse(host.Screen, compared.Diagnostics, ExitCode.Failed);
        if (!wanted.OnlyChecks && !comparison.IsSame)
            folder.Apply(tree, comparison);
        if (wanted.IsJson)
            host.Screen.WriteJson(json => RenderJson.Write(json, wanted.Loaded.Platform.Name, tree, comparison));
        else
            host.Screen.Print(RenderText.Write(tree, comparison, wanted.OnlyChecks, wanted.Explains));
        if (!wanted.OnlyChecks || comparison.IsSame)
            return ExitCode.Done;
        var again = Shared.Again("render", wanted.Loaded) + (wanted.Tree is { } name ? $" --out {name}" : "");
        host.Screen.Tell($"hint: make the tree as rendered, and commit it:\nhint:   {again}\n");
        return ExitCode.Failed;
    }

    private static int Refuse(Screen screen, IEnumerable<Diagnostic> diagnostics, int code)
    {
        screen.Report(diagnostics);
        return code;
    }
}
