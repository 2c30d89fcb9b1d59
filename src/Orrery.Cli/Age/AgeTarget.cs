using System.Buffers;
using Orrery.Cli.Composition;
using Orrery.Secrets.Age;

namespace Orrery.Cli.Age;

/// <summary>Where the result goes: a file that appears when it is complete, or standard output.</summary>
internal sealed class AgeTarget : IAsyncDisposable
{
    private readonly OutputFile? _file;
    private readonly Stream _output;
    private readonly ArrayBufferWriter<byte> _text = new();
    private readonly ArmorWriter? _armor;
    private readonly bool _isTextOnly;

    private AgeTarget(OutputFile? file, Stream output, ArmorWriter? armor, bool isTextOnly) =>
        (_file, _output, _armor, _isTextOnly) = (file, output, armor, isTextOnly);

    /// <summary>For an encrypted file.</summary>
    public static AgeTarget ForSealed(Host host, string? path, bool force, bool isArmored)
    {
        var armor = isArmored ? new ArmorWriter() : null;
        if (path is not null and not "-")
            return new AgeTarget(OutputFile.Create(host, path, force, isSecret: false), Stream.Null, armor, false);
        if (path is null && armor is null && host.Screen.OutIsTerminal)
        {
            throw AgeRefusal.Invalid(
                AgeCodes.NoOutput, "An encrypted file is binary, and standard output is a terminal.",
                "name a file with -o, or write text with --armor", "to do it all the same: -o -");
        }

        return new AgeTarget(null, host.Screen.OutBytes(), armor, false);
    }

    /// <summary>For content.</summary>
    public static AgeTarget ForContent(Host host, string? path, bool force) => path is not null and not "-"
        ? new AgeTarget(OutputFile.Create(host, path, force, isSecret: true), Stream.Null, null, false)
        : new AgeTarget(null, host.Screen.OutBytes(), null, isTextOnly: path is null && host.Screen.OutIsTerminal);

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (_isTextOnly && bytes.ContainsAny(NotText))
        {
            throw AgeRefusal.Failed(
                AgeCodes.NoOutput, "The content is binary, and standard output is a terminal.",
                "name a file with -o", "to do it all the same: -o -");
        }

        if (_armor is null)
        {
            Send(bytes);
            return;
        }

        _armor.Add(bytes, _text);
        SendText();
    }

    public async Task CompleteAsync(CancellationToken cancellation)
    {
        _armor?.End(_text);
        SendText();
        if (_file is not null)
            await _file.CompleteAsync();
        else
            await _output.FlushAsync(cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        if (_file is not null)
            await _file.DisposeAsync();
    }

    // What would drive the terminal, but for tab, line feed and carriage return.
    private static SearchValues<byte> NotText { get; } = SearchValues.Create(
        [.. Enumerable.Range(0, 32).Select(code => (byte)code).Except("\t\n\r"u8.ToArray()), 127]);

    private void SendText()
    {
        if (_text.WrittenCount == 0)
            return;
        Send(_text.WrittenSpan);
        _text.ResetWrittenCount();
    }

    private void Send(ReadOnlySpan<byte> bytes)
    {
        if (_file is not null)
            _file.Write(bytes);
        else
            _output.Write(bytes);
    }
}
