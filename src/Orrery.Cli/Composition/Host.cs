using Orrery.Cli.Secrets;
using Orrery.Engine.Ports;
using Orrery.Secrets;

namespace Orrery.Cli.Composition;

/// <summary>What a verb needs of the process it runs in; tests compose another.</summary>
internal sealed record Host
{
    public required TimeProvider Time { get; init; }

    public required IRandomSource Random { get; init; }

    /// <summary>Randomness that keys may be made of.</summary>
    public required FillRandom KeyRandom { get; init; }

    /// <summary>Reads an environment variable; null where it is not set.</summary>
    public required Func<string, string?> Environment { get; init; }

    /// <summary>The wire to the clouds; made only when something is sent.</summary>
    public required Func<HttpMessageHandler> Transport { get; init; }

    /// <summary>Runs <c>ssh</c> and <c>git</c>, as long as the guard lets us write.</summary>
    public required Func<IWriterGuard, IProcessRunner> Processes { get; init; }

    /// <summary>
    /// Opens a wire to an API server; the second parameter opens its streams where it is reached through a machine.
    /// </summary>
    public required Func<Connection, Func<CancellationToken, Task<Stream>>?, HttpMessageHandler> Wire { get; init; }

    /// <summary>Makes keys that last.</summary>
    public required IKeyMaker Keys { get; init; }

    /// <summary>Where relative paths begin.</summary>
    public required string Folder { get; init; }

    /// <summary>Who holds a lease, for people: user, host and process.</summary>
    public required Func<string> Holder { get; init; }

    public required Screen Screen { get; init; }

    /// <summary>Has the action called at each Ctrl-C, until what it returns is disposed.</summary>
    public required Func<Action, IDisposable> OnInterrupt { get; init; }

    /// <summary>Runs the same command line in a process with one worker thread; gives its exit code.</summary>
    public required Func<IReadOnlyList<string>, CancellationToken, Task<int>> Relaunch { get; init; }

    /// <summary>
    /// Runs a command line in another process of this program; gives what it writes to standard output. Null where
    /// there is no such program.
    /// </summary>
    public Func<IReadOnlyList<string>, CancellationToken, Task<string>>? Beside { get; init; }

    /// <summary>Folders that may be in memory, for plain text that an editor needs; given the environment.</summary>
    public Func<Func<string, string?>, IEnumerable<string>> MemoryFolders { get; init; } = PrivateFolder.Known;

    public string FullPath(string path) => Path.GetFullPath(path, Folder);
}
