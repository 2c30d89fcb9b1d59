using Orrery.Engine.Ports;
using Orrery.Engine.State;
using Orrery.Providers.Processes;
using Orrery.Tests.Programs;

namespace Orrery.Tests.Cli;

/// <summary>What commands about encrypted files need: standard input, and an editor that does as it was told.</summary>
internal sealed partial class Transcript
{
    private readonly Queue<Func<string, (string Text, int ExitCode)>> _edits = new();
    private string _input = "";
    private bool _hasMemory = true;

    private string? PrepareSecrets(string[] words)
    {
        switch (words)
        {
            case ["input", var text]:
                _input = text.Replace("\\n", "\n", StringComparison.Ordinal);
                return null;
            case ["editor", "replaces", var old, var text]:
                _edits.Enqueue(before => (before.Replace(old, text, StringComparison.Ordinal), 0));
                return null;
            case ["editor", "writes", var text]:
                _edits.Enqueue(_ => (text, 0));
                return null;
            case ["editor", "replaces", var old, var text, "while", "somebody", "writes", var path]:
                _edits.Enqueue(before =>
                {
                    File.AppendAllText(Path.Combine(_folder, path), "\n");
                    return (before.Replace(old, text, StringComparison.Ordinal), 0);
                });
                return null;
            case ["editor", "leaves", "it"]:
                _edits.Enqueue(before => (before, 0));
                return null;
            case ["editor", "dies", "after", var old, var text]:
                _edits.Enqueue(before => (before.Replace(old, text, StringComparison.Ordinal), 1));
                return null;
            case ["memory", "is", "missing"]:
                _hasMemory = false;
                return null;
            case ["memory", "is", "there"]:
                _hasMemory = true;
                return null;
            case ["memory", "is", "empty"]:
                return Directory.EnumerateDirectories("/dev/shm", "orrery-*").Any(IsOurs)
                    ? "a plain text is left"
                    : null;
            default:
                return "no such command of a script";
        }
    }

    /// <summary>Other tests may be editing at the same time; a folder of theirs has another file in it.</summary>
    private static bool IsOurs(string folder) => File.Exists(Path.Combine(folder, "only-in-this-script.yaml"));

    private int Edit(string file)
    {
        if (!_edits.TryDequeue(out var edit))
            return 127;
        UnixMode.Of(file).ShouldBe("0600");
        file.ShouldStartWith("/dev/shm/");
        var (text, exitCode) = edit(File.ReadAllText(file));
        File.WriteAllText(file, text);
        return exitCode;
    }

    /// <summary>
    /// Runs the editor of the script, git where it is asked about a work tree, and all else as before.
    /// </summary>
    private sealed class EditingProcesses(IProcessRunner inner, Func<string, int> edit) : IProcessRunner
    {
        private static readonly IProcessRunner Real = new ProcessRunner(
            TimeProvider.System, Environment.GetEnvironmentVariable, NoWriter.Instance);

        public Task<ProcessResult> RunAsync(ProcessRequest request, CancellationToken cancellation) =>
            request.Program == "editor"
                ? Task.FromResult(new ProcessResult(edit(request.Arguments[^1]), default, ""))
                : Of(request).RunAsync(request, cancellation);

        public Task<IRunningProcess> StartAsync(ProcessRequest request, CancellationToken cancellation) =>
            Of(request).StartAsync(request, cancellation);

        private IProcessRunner Of(ProcessRequest request) =>
            request is { Program: "git", Folder: not null } ? Real : inner;
    }
}
