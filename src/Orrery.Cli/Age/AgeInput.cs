using Orrery.Cli.Composition;

namespace Orrery.Cli.Age;

/// <summary>The file that is read, or standard input.</summary>
internal static class AgeInput
{
    /// <summary>Null and <c>-</c> are standard input.</summary>
    public static Stream Open(Host host, string? path)
    {
        if (path is null or "-")
            return host.Screen.InBytes();
        var full = host.FullPath(path);
        if (!File.Exists(full))
            throw AgeRefusal.Invalid(CliCodes.NoSuchPath, $"'{path}' does not exist.");
        return new FileStream(full, new FileStreamOptions
        {
            BufferSize = 0,
            Options = FileOptions.SequentialScan,
        });
    }

    /// <summary>As people call it.</summary>
    public static string NameOf(string? path) => path is null or "-" ? "standard input" : $"'{path}'";

    /// <summary>Fills all of it unless the input ends before; gives how much.</summary>
    public static async Task<int> ReadFullAsync(Stream input, Memory<byte> target, CancellationToken cancellation)
    {
        var filled = 0;
        while (filled < target.Length)
        {
            var read = await ReadAsync(input, target[filled..], cancellation);
            if (read == 0)
                break;
            filled += read;
        }

        return filled;
    }

    /// <summary>Reads what there is.</summary>
    public static async ValueTask<int> ReadAsync(Stream input, Memory<byte> target, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        // A file's bytes are there: handing the wait to another thread would take longer than the reading.
        return input.CanSeek
            ? input.Read(target.Span)
            // A terminal's read cannot be cancelled, waiting for it can.
            : await input.ReadAsync(target, cancellation).AsTask().WaitAsync(cancellation);
    }

    /// <summary>What is read must not be what is written.</summary>
    public static void RefuseSameFile(Host host, string? output, IEnumerable<string?> inputs)
    {
        if (output is null or "-")
            return;
        var target = host.FullPath(output);
        if (inputs.Any(input => input is not null and not "-" && host.FullPath(input) == target))
            throw AgeRefusal.Invalid(AgeCodes.NoOutput, $"'{output}' is read and written at once.");
    }
}
