using Orrery.Model.Values;

namespace Orrery.Engine.Ports;

/// <summary>
/// Runs other programs: <c>ssh</c>, <c>git</c> and their like. A child gets the environment that its request lists and
/// what every program needs (a path, a home, a locale), never ours. Time and output are bounded.
/// </summary>
public interface IProcessRunner
{
    /// <summary>
    /// Runs a program to its end. An exit code other than 0 is a result, not an error; a program that is not installed
    /// (<see cref="ProviderErrorCode.Invalid"/>) or does not end in time (<see cref="ProviderErrorCode.Timeout"/>) is a
    /// <see cref="ProviderException"/>. A program that must be ended is killed together with all that it started.
    /// </summary>
    Task<ProcessResult> RunAsync(ProcessRequest request, CancellationToken cancellation);

    /// <summary>
    /// Starts a program and leaves it running, its standard input open; disposing ends it. For forwards and agents. Its
    /// timeout has no meaning.
    /// </summary>
    Task<IRunningProcess> StartAsync(ProcessRequest request, CancellationToken cancellation);
}

/// <summary>A program to run.</summary>
public sealed record ProcessRequest
{
    /// <summary>Its name, for example <c>ssh</c>; <c>ORRERY_SSH</c> and <c>ORRERY_GIT</c> name others.</summary>
    public required string Program { get; init; }

    /// <summary>Each is one argument. Never a secret: other users of the machine read them.</summary>
    public ValueList<string> Arguments { get; init; } = [];

    /// <summary>Given on standard input, which then ends.</summary>
    public ReadOnlyMemory<byte> Input { get; init; }

    /// <summary>Further variables of its environment, by name.</summary>
    public ValueMap<string> Environment { get; init; } = ValueMap<string>.Empty;

    /// <summary>Names of our own variables that it gets too, where they are set: <c>SSH_AUTH_SOCK</c>.</summary>
    public ValueList<string> Inherited { get; init; } = [];

    /// <summary>Where it starts; null where it does not matter.</summary>
    public string? Folder { get; init; }

    /// <summary>How long it may run: one minute by default.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How much of each of its outputs is kept: one mebibyte by default. Of the output it is the beginning, of the
    /// error text the end.
    /// </summary>
    public int OutputBytesMax { get; init; } = 1024 * 1024;

    /// <summary>
    /// It changes things outside: it starts only under the lease and is ended when the lease is lost meanwhile.
    /// </summary>
    public bool Changes { get; init; }

    /// <summary>
    /// It gets our own standard input, output and error instead of pipes, and runs as long as it likes: for a shell on
    /// a machine. Its result holds only the exit code; input, limits and timeout have no meaning.
    /// </summary>
    public bool IsAttached { get; init; }

    /// <summary>The resource that it serves, where there is one.</summary>
    public ResourceAddress? Address { get; init; }

    /// <summary>
    /// How long a program that was started may take to end by itself when it is disposed and its input has ended; then
    /// it is killed. Zero by default.
    /// </summary>
    public TimeSpan Grace { get; init; }
}

/// <summary>How a program ended.</summary>
/// <param name="ExitCode">0 where all is well; what else means is the program's own.</param>
/// <param name="Output">Its standard output, up to the limit.</param>
/// <param name="Error">Its standard error as text, up to the limit.</param>
public sealed record ProcessResult(int ExitCode, ReadOnlyMemory<byte> Output, string Error)
{
    /// <summary>There was more output than the limit allows: what is here is its beginning.</summary>
    public bool IsCut { get; init; }
}

/// <summary>A program that runs until it is disposed.</summary>
public interface IRunningProcess : IAsyncDisposable
{
    /// <summary>Its standard input and output as one stream. It ends when the program does.</summary>
    Stream Stream { get; }

    /// <summary>What it said on standard error so far: the end of it, up to the limit.</summary>
    string Error { get; }

    /// <summary>Its exit code, once it has ended and all its error text is read.</summary>
    Task<int> Ended { get; }
}
