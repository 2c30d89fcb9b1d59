using System.Text;
using Orrery.Cli.Composition;
using Orrery.Engine.Ports;
using Orrery.Engine.State;
using Orrery.Model.Values;

namespace Orrery.Cli.Guard;

/// <summary>Asks <c>git</c> about a repository with a work tree: it only reads.</summary>
internal sealed class GitCommands(Host host, string folder)
{
    /// <summary>A million paths of a hundred letters.</summary>
    private const int ListBytesMax = 100 * 1024 * 1024;

    // A hook is told by these which repository it is in and which index is committed, which may be a temporary one.
    private static readonly ValueList<string> OfHooks =
    [
        "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY",
        "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR",
    ];

    private readonly IProcessRunner _runner = host.Processes(NoWriter.Instance);

    /// <summary>The work tree's root that a folder is in; null where it is in no repository.</summary>
    public static async Task<string?> FindRootAsync(Host host, string folder, CancellationToken cancellation)
    {
        // Without a repository git is not needed, and may be missing.
        var isHook = host.Environment("GIT_DIR") is { Length: > 0 };
        if (!isHook && !IsInRepository(folder))
            return null;
        // What a hook is told is relative to where it runs.
        return await new GitCommands(host, isHook ? host.Folder : folder)
            .LineAsync(["rev-parse", "--show-toplevel"], cancellation);
    }

    /// <summary>The one line that a command prints.</summary>
    public async Task<string> LineAsync(ValueList<string> arguments, CancellationToken cancellation) =>
        Encoding.UTF8.GetString((await RunAsync(arguments, cancellation)).Span).TrimEnd('\n', '\r');

    /// <summary>What a command prints with zeros between.</summary>
    public async Task<string[]> ListAsync(ValueList<string> arguments, CancellationToken cancellation) =>
        Encoding.UTF8.GetString((await RunAsync(arguments, cancellation)).Span)
            .Split('\0', StringSplitOptions.RemoveEmptyEntries);

    public Task<IRunningProcess> StartAsync(ValueList<string> arguments, CancellationToken cancellation) =>
        _runner.StartAsync(Request(arguments), cancellation);

    private static bool IsInRepository(string folder)
    {
        for (var at = folder; at is not null; at = Path.GetDirectoryName(at))
        {
            if (Path.Exists(Path.Combine(at, ".git")))
                return true;
        }

        return false;
    }

    private async Task<ReadOnlyMemory<byte>> RunAsync(ValueList<string> arguments, CancellationToken cancellation)
    {
        var result = await _runner.RunAsync(Request(arguments), cancellation);
        if (result.ExitCode == 0 && !result.IsCut)
            return result.Output;
        var why = result.IsCut ? "there are too many files" : result.Error.Trim();
        throw new ProviderException(ProviderErrorCode.Invalid, $"git {arguments[0]} failed: {why}");
    }

    private ProcessRequest Request(ValueList<string> arguments) => new()
    {
        Program = "git",
        Arguments = arguments,
        Folder = folder,
        Environment = ValueMap.Of(("LC_ALL", "C"), ("GIT_OPTIONAL_LOCKS", "0")),
        Inherited = OfHooks,
        OutputBytesMax = ListBytesMax,
    };
}
