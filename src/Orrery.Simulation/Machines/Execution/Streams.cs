using System.Text;

namespace Orrery.Simulation.Machines.Execution;

/// <summary>What a process reads: all of it is there from the start.</summary>
internal sealed class Input(byte[] content)
{
    private int _position;

    public static Input Empty => new([]);

    public bool IsAtEnd => _position >= content.Length;

    public byte[] TakeAll()
    {
        var rest = content[_position..];
        _position = content.Length;
        return rest;
    }

    public string TakeText() => Encoding.UTF8.GetString(TakeAll());

    /// <summary>The next line without its end, and whether it had one; null when nothing is left.</summary>
    public (string Text, bool IsWhole)? TakeLine()
    {
        if (IsAtEnd)
            return null;
        var end = Array.IndexOf(content, (byte)'\n', _position);
        var line = Encoding.UTF8.GetString(content, _position, (end < 0 ? content.Length : end) - _position);
        _position = end < 0 ? content.Length : end + 1;
        return (line, end >= 0);
    }
}

/// <summary>Where a process writes.</summary>
internal sealed class Output(Action<byte[]> write)
{
    public static Output Nowhere { get; } = new(static _ => { });

    public void Write(byte[] content) => write(content);

    public void Text(string text) => write(Encoding.UTF8.GetBytes(text));

    public void Line(string text) => Text(text + "\n");
}

/// <summary>Output that is kept, up to a limit.</summary>
internal sealed class CapturedOutput
{
    // A process that writes for ever must not fill the memory of the simulation.
    private const int BytesMax = 4 * 1024 * 1024;

    private readonly List<byte> _content = [];

    public CapturedOutput() => Output = new Output(content =>
        _content.AddRange(content.AsSpan(0, Math.Min(content.Length, BytesMax - _content.Count))));

    public Output Output { get; }

    public byte[] Bytes => [.. _content];

    public string Text => Encoding.UTF8.GetString(Bytes);
}

/// <summary>What a process was given: its input, and its outputs by descriptor.</summary>
internal sealed record Streams(Input In, Output Out, Output Error)
{
    private Output?[] Others { get; init; } = new Output?[10];

    public Output? this[int descriptor] => descriptor switch
    {
        1 => Out,
        2 => Error,
        >= 0 and < 10 => Others[descriptor],
        _ => null,
    };

    public Streams With(int descriptor, Output output)
    {
        if (descriptor is 1 or 2)
            return descriptor == 1 ? this with { Out = output } : this with { Error = output };
        var others = (Output?[])Others.Clone();
        others[descriptor] = output;
        return this with { Others = others };
    }
}

/// <summary>What a program is started with.</summary>
internal sealed record Invocation
{
    public required Machine Machine { get; init; }

    public required Scope Scope { get; init; }

    /// <summary>As it was called, for its messages.</summary>
    public required string Name { get; init; }

    /// <summary>Without the program itself.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public string Folder { get; init; } = "/";

    public int User { get; init; }

    public required Streams Streams { get; init; }

    /// <summary>What the stand-in's file says beside the program's name: its version.</summary>
    public string Version { get; init; } = "";

    /// <summary>On whose behalf it runs, for the machine's log: <c>cloud-init</c>, a unit, <c>session</c>.</summary>
    public string Cause { get; init; } = "boot";

    /// <summary>Told once a daemon is ready, as sd_notify does.</summary>
    public Action Ready { get; init; } = static () => { };

    public Input In => Streams.In;

    public Output Out => Streams.Out;

    public Output Error => Streams.Error;

    public Files.FileSystem Files => Machine.Files;

    /// <summary>The argument as an absolute path.</summary>
    public string PathOf(string argument) => Machines.Files.FileSystem.Join(Folder, argument);

    /// <summary>Says what went wrong in the way of Unix programs, and gives the exit code.</summary>
    public int Fail(string message, int code = 1)
    {
        Error.Line($"{Name}: {message}");
        return code;
    }
}
