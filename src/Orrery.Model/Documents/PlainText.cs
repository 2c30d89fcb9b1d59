using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Orrery.Model.Documents;

/// <summary>
/// Whether a text means itself when it stands in a document without quotes. Kubernetes and cloud-init read by YAML 1.1,
/// others by 1.2, so what either takes for something else is quoted: <c>yes</c>, <c>0755</c>, <c>1e3</c>, <c>12:30</c>.
/// </summary>
internal static partial class PlainText
{
    private const string NeverFirst = ",[]{}#&*!|>'\"%@`";
    private const string NeverFirstBeforeSpace = "-?:";

    public static bool IsSafe(string text) =>
        text.Length > 0
        && text[0] != ' '
        && text[^1] is not (' ' or ':')
        && !NeverFirst.Contains(text[0], StringComparison.Ordinal)
        && !(NeverFirstBeforeSpace.Contains(text[0], StringComparison.Ordinal) && (text.Length == 1 || text[1] == ' '))
        && !text.StartsWith("---", StringComparison.Ordinal)
        && !text.StartsWith("...", StringComparison.Ordinal)
        // YamlDotNet 16.3 takes it for the end of a document when a colon follows.
        && !text.EndsWith("...", StringComparison.Ordinal)
        && !text.Contains(": ", StringComparison.Ordinal)
        && !text.Contains(" #", StringComparison.Ordinal)
        // YamlDotNet 16.3 takes these for references within a key.
        && !text.Contains(" *", StringComparison.Ordinal)
        && !text.Contains(" &", StringComparison.Ordinal)
        && text.All(character => character is >= ' ' and <= '~' || char.IsLetter(character))
        && !SomethingElse().IsMatch(text);

    /// <summary>Without what YAML does not allow outside double quotes, and without line breaks and tabs.</summary>
    public static bool IsPrintable(char character) => character switch
    {
        < ' ' or '\u2028' or '\u2029' or '\uFEFF' or '\uFFFE' or '\uFFFF' => false,
        >= '\u007F' and <= '\u009F' => false,
        _ => !char.IsSurrogate(character),
    };

    /// <summary>In double quotes, on one line.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogatePair(text, i))
                quoted.Append(CultureInfo.InvariantCulture, $"\\U{char.ConvertToUtf32(text, i++):X8}");
            else
                Escape(quoted, text[i]);
        }

        return quoted.Append('"').ToString();
    }

    private static void Escape(StringBuilder quoted, char character)
    {
        switch (character)
        {
            case '"' or '\\':
                quoted.Append('\\').Append(character);
                break;
            case '\n':
                quoted.Append("\\n");
                break;
            case '\r':
                quoted.Append("\\r");
                break;
            case '\t':
                quoted.Append("\\t");
                break;
            case var _ when IsPrintable(character):
                quoted.Append(character);
                break;
            default:
                quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:X4}");
                break;
        }
    }

    // https://yaml.org/type (1.1: null, bool, int with base 60, float, timestamp, merge, value) and
    // https://yaml.org/spec/1.2.2/#1032-tag-resolution. Digits behind a zero that are no octal are an integer in 1.2.
    [GeneratedRegex(
        """
        ^(?: ~|null|Null|NULL|=|<<
        | y|Y|yes|Yes|YES|n|N|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF
        | [-+]?[0-9][0-9_]* | [-+]?0b[01_]+ | [-+]?0o[0-7_]+ | [-+]?0x[0-9a-fA-F_]+
        | [-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?
        | [-+]?(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9_]+)(?:[eE][-+]?[0-9]+)?
        | [-+]?\.(?:inf|Inf|INF) | \.(?:nan|NaN|NAN)
        | [0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt\ \t].*)? )$
        """,
        RegexOptions.CultureInvariant | RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex SomethingElse();
}
