using System.Buffers;
using System.Text;

namespace Orrery.Secrets.Guard;

/// <summary>A file of a tree as text, and where its lines begin.</summary>
internal sealed class GuardedText
{
    /// <summary>A zero byte in here says that a file is no text: where git looks for one, too.</summary>
    private const int BytesLookedAt = 8000;

    /// <summary>A line that is longer is cut for allowances: no person writes one.</summary>
    private const int LineLengthMax = 4096;

    private readonly Lazy<int[]> _starts;

    private GuardedText(string path, string text)
    {
        (Path, Text) = (path, text);
        _starts = new Lazy<int[]>(StartsOf, isThreadSafe: false);
    }

    public string Path { get; }

    public string Text { get; }

    /// <summary>The text; null where the bytes are none.</summary>
    public static GuardedText? Of(string path, ReadOnlySpan<byte> bytes)
    {
        // What PowerShell writes by default is full of zeros and text all the same.
        if (bytes is [0xFF, 0xFE, ..])
            return new GuardedText(path, Encoding.Unicode.GetString(bytes[2..]));
        if (bytes is [0xFE, 0xFF, ..])
            return new GuardedText(path, Encoding.BigEndianUnicode.GetString(bytes[2..]));
        if (bytes[..Math.Min(bytes.Length, BytesLookedAt)].Contains((byte)0))
            return null;
        // What is no UTF-8 becomes marks of replacement, and secrets are ASCII.
        return new GuardedText(path, Encoding.UTF8.GetString(bytes is [0xEF, 0xBB, 0xBF, ..] ? bytes[3..] : bytes));
    }

    /// <param name="secret">Where it stands.</param>
    public Finding At(GuardRule rule, Range secret, string shown, string detail = "")
    {
        var (line, column) = PlaceOf(secret.GetOffsetAndLength(Text.Length).Offset);
        return AtPlace(rule, line, column, shown, detail);
    }

    public Finding AtPlace(GuardRule rule, int line, int column, string shown, string detail = "") => new()
    {
        Rule = rule,
        Path = Path,
        Line = line,
        Column = column,
        Shown = shown,
        Detail = detail,
        LineText = LineAt(line),
    };

    /// <summary>Line and column from 1.</summary>
    public (int Line, int Column) PlaceOf(int offset)
    {
        var found = Array.BinarySearch(_starts.Value, offset);
        var line = found >= 0 ? found : ~found - 1;
        return (line + 1, offset - _starts.Value[line] + 1);
    }

    /// <summary>A line's text by its number from 1; nothing where there is no such line.</summary>
    public string LineAt(int line)
    {
        var starts = _starts.Value;
        if (line < 1 || line > starts.Length)
            return "";
        var rest = Text.AsSpan(starts[line - 1]);
        var end = rest.IndexOf('\n');
        var whole = (end < 0 ? rest : rest[..end]).TrimEnd('\r');
        return whole[..Math.Min(whole.Length, LineLengthMax)].ToString();
    }

    private int[] StartsOf()
    {
        var starts = new ArrayBufferWriter<int>();
        starts.Write([0]);
        for (var at = Text.IndexOf('\n', StringComparison.Ordinal); at >= 0; at = Text.IndexOf('\n', at + 1))
            starts.Write([at + 1]);
        return starts.WrittenSpan.ToArray();
    }
}
