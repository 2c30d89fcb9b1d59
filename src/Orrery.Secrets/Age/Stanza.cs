using System.Text;
using Orrery.Secrets.Age.Encodings;

namespace Orrery.Secrets.Age;

/// <summary>One recipient's part of the header: its kind, further arguments, and the wrapped file key.</summary>
public sealed class Stanza(string kind, IReadOnlyList<string> arguments, ReadOnlyMemory<byte> body)
{
    internal const int BodyColumns = 64;

    public string Kind { get; } = kind;

    public IReadOnlyList<string> Arguments { get; } = arguments;

    public ReadOnlyMemory<byte> Body { get; } = body;

    /// <summary>
    /// As it stands in the header: the last line of the body is always short, even if that makes it empty.
    /// </summary>
    internal void Write(StringBuilder header)
    {
        header.Append("-> ").AppendJoin(' ', [Kind, .. Arguments]).Append('\n');
        var text = UnpaddedBase64.Encode(Body.Span);
        for (var start = 0; start <= text.Length; start += BodyColumns)
            header.Append(text.AsSpan(start, Math.Min(BodyColumns, text.Length - start))).Append('\n');
    }
}
