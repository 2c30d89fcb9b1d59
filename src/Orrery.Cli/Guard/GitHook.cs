using System.Text;
using Orrery.Cli.Composition;
using Orrery.Cli.Secrets;

namespace Orrery.Cli.Guard;

/// <summary>The pre-commit hook of a repository. One that somebody else wrote is never touched.</summary>
internal static class GitHook
{
    private const string Name = "pre-commit";
    private const string Mark = "# Written by: orrery guard --install";

    private const string Text = $"""
        #!/bin/sh
        {Mark}
        # Searches what is about to be committed; git commit --no-verify goes around it, and CI does not.
        exec orrery guard --staged

        """;

    /// <summary>For tools that write the hook themselves.</summary>
    private const string Entries = """
        lefthook.yml:

          pre-commit:
            jobs:
              - name: orrery guard
                run: orrery guard --staged

        .pre-commit-config.yaml:

          repos:
            - repo: local
              hooks:
                - id: orrery-guard
                  name: orrery guard
                  entry: orrery guard --staged
                  language: system
                  pass_filenames: false

        or in the hook itself:

          orrery guard --staged || exit 1

        """;

    public static async Task<int> InstallAsync(Host host, GuardedTree tree, CancellationToken cancellation)
    {
        // Says where hooks are also where core.hooksPath moves them, and in further work trees.
        var folder = await new GitCommands(host, tree.Root)
            .LineAsync(["rev-parse", "--git-path", "hooks"], cancellation);
        var path = Path.Combine(Path.GetFullPath(folder, tree.Root), Name);
        var shown = Path.GetRelativePath(host.Folder, path);
        var there = File.Exists(path) ? await File.ReadAllTextAsync(path, cancellation) : null;
        if (new FileInfo(path).LinkTarget is not null || Directory.Exists(path)
            || there?.Contains(Mark, StringComparison.Ordinal) == false)
        {
            host.Screen.Print(Entries);
            throw new SecretRefusal(GuardCodes.ForeignHook.At(
                null, $"'{shown}' is not ours, and is left as it is.", ["add one of the entries that are printed"]));
        }

        if (there == Text)
        {
            host.Screen.Print($"{shown}: is there already\n");
            return ExitCode.Done;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await WriteAsync(path, cancellation);
        host.Screen.Print($"{shown}: written\n");
        return ExitCode.Done;
    }

    /// <summary>Whole or not at all, and so that git may run it.</summary>
    private static async Task WriteAsync(string path, CancellationToken cancellation)
    {
        var temporary = $"{path}.new";
        await File.WriteAllTextAsync(temporary, Text, new UTF8Encoding(false), cancellation);
        if (!OperatingSystem.IsWindows())
        {
            const UnixFileMode Everybody = UnixFileMode.UserExecute | UnixFileMode.GroupExecute
                | UnixFileMode.OtherExecute;
            File.SetUnixFileMode(temporary, File.GetUnixFileMode(temporary) | Everybody);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
