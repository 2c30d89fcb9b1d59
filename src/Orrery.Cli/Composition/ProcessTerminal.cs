using System.Text;
using Orrery.Engine.Ports;

namespace Orrery.Cli.Composition;

/// <summary>
/// The terminal that this process belongs to: <c>/dev/tty</c>, and the console on Windows. On Unix <c>stty</c> switches
/// the echo off, because the framework does it only for a standard input that is the terminal itself.
/// </summary>
internal sealed class ProcessTerminal(IProcessRunner processes) : ITerminal
{
    private const string Device = "/dev/tty";

    public bool IsThere
    {
        get
        {
            if (OperatingSystem.IsWindows())
                return Environment.UserInteractive;
            try
            {
                using var device = Open();
                return true;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // A process without a terminal cannot open its own.
                return false;
            }
        }
    }

    public async Task<string?> AskAsync(string question, bool isSecret, CancellationToken cancellation)
    {
        // Reading a line cannot be cancelled, waiting for it can: Ctrl-C leaves the reader behind.
        if (OperatingSystem.IsWindows())
            return await Task.Run(() => ReadConsole(question, isSecret), cancellation).WaitAsync(cancellation);
        await using var device = Open();
        Write(device, question);
        if (isSecret)
            await SetEchoAsync("-echo");
        try
        {
            return await Task.Run(() => ReadLine(device), cancellation).WaitAsync(cancellation);
        }
        finally
        {
            if (isSecret)
            {
                await SetEchoAsync("echo");
                Write(device, "\n");
            }
        }
    }

    public void Show(string line)
    {
        if (OperatingSystem.IsWindows())
        {
#pragma warning disable RS0030 // The one file that speaks to the terminal itself.
            Console.Error.WriteLine(line);
#pragma warning restore RS0030
            return;
        }

        using var device = Open();
        Write(device, line + "\n");
    }

    // Not with the caller's token: the echo comes back also after Ctrl-C.
    private Task<ProcessResult> SetEchoAsync(string setting) => processes.RunAsync(
        new ProcessRequest
        {
            Program = "stty",
            Arguments = [OperatingSystem.IsLinux() ? "-F" : "-f", Device, setting],
            IsAttached = true,
        },
        CancellationToken.None);

    private static FileStream Open() => new(Device, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, 0);

    private static void Write(FileStream device, string text)
    {
        device.Write(Encoding.UTF8.GetBytes(text));
        device.Flush();
    }

    private static string? ReadLine(FileStream device)
    {
        var line = new List<byte>();
        Span<byte> next = stackalloc byte[1];
        while (device.Read(next) == 1)
        {
            if (next[0] == '\n')
                return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
            line.Add(next[0]);
        }

        return line.Count > 0 ? Encoding.UTF8.GetString([.. line]) : null;
    }

    private static string? ReadConsole(string question, bool isSecret)
    {
#pragma warning disable RS0030 // As above.
        Console.Error.Write(question);
        if (!isSecret)
            return Console.In.ReadLine();
        var line = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace && line.Length > 0)
                line.Length--;
            else if (key.KeyChar != '\0' && key.Key != ConsoleKey.Backspace)
                line.Append(key.KeyChar);
        }

        Console.Error.WriteLine();
        return line.ToString();
#pragma warning restore RS0030
    }
}
