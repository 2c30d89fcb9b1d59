using Orrery.Model.Values;

namespace Orrery.Engine.Ports;

/// <summary>
/// Runs other programs: <c>ssh</c>, <c>git</c> and their like. A child gets the environment that its request lists and
/// what every program needs (a path, a home, a locale), never ours. Time and output are bounded.
/// </summary>
public interface IProcessRunner
{
    /// <summary>
    /// Runs a program to its end. An exit code other than 0 is a result, not an error; a program that cannot be started
    /// or does not end in time is a <see cref="ProviderException"/>.
    /// </summary>
    Task<ProcessResult> RunAsync(ProcessRequest request, CancellationToken cancellation);

    /// <summary>Starts a program and leaves it running; disposing ends it. For forwards and agents.</summary>
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

    /// <summary>Where it starts; null where it does not matter.</summary>
    public string? Folder { get; init; }

    /// <summary>How long it may run: one minute by default.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How much of each of its outputs is kept: one mebibyte by default.</summary>
    public int OutputBytesMax { get; init; } = 1024 * 1024;

    /// <summary>It changes things outside, so the lease must outlast it.</summary>
    public bool Changes { get; init; }

    /// <summary>The resource that it serves, where there is one.</summary>
    public ResourceAddress? Address { get; init; }
}

/// <summary>How a program ended.</summary>
/// <param name="ExitCode">0 where all is well; what else means is the program's own.</param>
/// <param name="Output">Its standard output, up to the limit.</param>
/// <param name="Error">Its standard error as text, up to the limit.</param>
public sealed record ProcessResult(int ExitCode, ReadOnlyMemory<byte> Output, string Error);

/// <summary>A program that runs until it is disposed.</summary>
public interface IRunningProcess : IAsyncDisposable
{
    /// <summary>Its standard input and output as one stream.</summary>
    Stream Stream { get; }

    /// <summary>What it said on standard error so far, up to the limit.</summary>
    string Error { get; }
}
