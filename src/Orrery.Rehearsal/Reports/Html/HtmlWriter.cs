using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;

namespace Orrery.Rehearsal.Reports.Html;

/// <summary>
/// Writes HTML. What stands in the text of an interpolated string is markup, and what is put into it is encoded:
/// nothing that a report holds can become markup by mistake.
/// </summary>
internal sealed class HtmlWriter
{
    private readonly StringBuilder _text = new();

    /// <summary>Markup with values: <c>html.Add($"&lt;b&gt;{name}&lt;/b&gt;")</c>.</summary>
    public void Add(ref Markup markup) => _text.Append(markup.Text).Append('\n');

    /// <summary>Markup as it is: only for constants.</summary>
    public void Add(string markup) => _text.Append(markup).Append('\n');

    public override string ToString() => _text.ToString();

    /// <summary>Numbers as pages show and CSS reads them: at most two decimals.</summary>
    public static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>The pieces of one interpolated string, in their order.</summary>
    [InterpolatedStringHandler]
    public readonly ref struct Markup(int literalLength, int formattedCount)
    {
        private const int ValueLengthTypical = 16;

        private readonly StringBuilder _text = new(literalLength + (formattedCount * ValueLengthTypical));

        public StringBuilder Text => _text;

        public void AppendLiteral(string markup) => _text.Append(markup);

        public void AppendFormatted(string? value) => _text.Append(HtmlEncoder.Default.Encode(value ?? ""));

        public void AppendFormatted(int value) => _text.Append(value.ToString(CultureInfo.InvariantCulture));

        public void AppendFormatted(ulong value) => _text.Append(value.ToString(CultureInfo.InvariantCulture));

        public void AppendFormatted(double value) => _text.Append(Number(value));
    }
}
