using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Orrery.Secrets.Sops.Formats;

/// <summary>
/// What scalars without quotes mean to SOPS, which reads YAML as Go's yaml.v3 does, and how values are written for it.
/// </summary>
internal static partial class YamlScalars
{
    private const string NeverFirst = ",[]{}#&*!|>'\"%@`";
    private const string NeverFirstBeforeSpace = "-?:";

    private static readonly SearchValues<char> FlowMarks = SearchValues.Create(",[]{}?:");

    /// <summary>The value of a scalar without quotes; null for null.</summary>
    /// <exception cref="SopsException">A number that SOPS cannot hold.</exception>
    public static SopsValue? Resolve(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => null,
        "true" or "True" or "TRUE" => SopsValue.Of(true),
        "false" or "False" or "FALSE" => SopsValue.Of(false),
        ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF" => SopsValue.Of(double.PositiveInfinity),
        "-.inf" or "-.Inf" or "-.INF" => SopsValue.Of(double.NegativeInfinity),
        ".nan" or ".NaN" or ".NAN" => SopsValue.Of(double.NaN),
        _ when char.IsAsciiDigit(text[0]) || text[0] is '+' or '-' or '.' => ResolveNumber(text),
        _ => SopsValue.Of(text),
    };

    private static SopsValue ResolveNumber(string text)
    {
        if (Time().Match(text) is { Success: true } time && ReadTime(time) is { } moment)
            return SopsValue.Time(moment);
        var plain = text.Replace("_", "", StringComparison.Ordinal);
        if (Integer().IsMatch(plain))
        {
            return ReadInteger(plain) is { } number
                ? SopsValue.Of(number)
                : throw new SopsException(
                    SopsFailure.Malformed, "a number is beyond 64 bits, which SOPS cannot hold: put it in quotes");
        }

        return Fraction().IsMatch(plain) && SopsValue.ReadFloat(plain) is { } fraction
            ? SopsValue.Of(fraction)
            : SopsValue.Of(text);
    }

    private static long? ReadInteger(string text)
    {
        var isNegative = text[0] == '-';
        var digits = text.TrimStart('+', '-').ToLowerInvariant();
        var (radix, from) = digits switch
        {
            ['0', 'x', ..] => (16, 2),
            ['0', 'b', ..] => (2, 2),
            ['0', 'o', ..] => (8, 2),
            ['0', _, ..] => (8, 1),
            _ => (10, 0),
        };
        var number = Int128.Zero;
        foreach (var digit in digits.AsSpan(from))
        {
            number = (number * radix) + (char.IsAsciiDigit(digit) ? digit - '0' : digit - 'a' + 10);
            if (number > (Int128)long.MaxValue + 1)
                return null;
        }

        number = isNegative ? -number : number;
        return number > long.MaxValue ? null : (long)number;
    }

    /// <summary>
    /// The point in time as Go writes it: RFC 3339 without needless digits; null where there is no such day.
    /// </summary>
    private static string? ReadTime(Match match)
    {
        int Part(string name) =>
            match.Groups[name].Success ? int.Parse(match.Groups[name].ValueSpan, CultureInfo.InvariantCulture) : 0;
        if (Part("month") is < 1 or > 12 || Part("hour") > 23 || Part("minute") > 59 || Part("second") > 59
            || Part("year") < 1 || Part("day") < 1 || Part("day") > DateTime.DaysInMonth(Part("year"), Part("month")))
            return null;
        var fraction = match.Groups["fraction"].Value.TrimEnd('0');
        var zone = match.Groups["zone"].Value is "" or "Z" or "+00:00" or "-00:00" ? "Z" : match.Groups["zone"].Value;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Part("year"):D4}-{Part("month"):D2}-{Part("day"):D2}T"
            + $"{Part("hour"):D2}:{Part("minute"):D2}:{Part("second"):D2}")
            + (fraction.Length > 0 ? $".{fraction}" : "") + zone;
    }

    /// <summary>A value as it stands behind a key or a dash; what spans lines is a block where that can be.</summary>
    public static string Write(SopsValue value, LeafPlace place) => value.Type switch
    {
        SopsType.Float => WriteFloat(value.Text),
        SopsType.Boolean => value.Text == "True" ? "true" : "false",
        SopsType.Integer or SopsType.Time => value.Text,
        _ => WriteText(value.Text, place),
    };

    public static string WriteText(string text, LeafPlace place)
    {
        if (!place.IsFlow && !place.IsFollowed && text.Contains('\n', StringComparison.Ordinal) && CanBeBlock(text))
            return Block(text, place.Indent + Math.Max(place.Step, 1));
        if (IsPlain(text, place.IsFlow))
            return MeansItself(text) ? text : Quote(text);
        return text.All(IsPrintable) && MeansItself(text)
            ? $"'{text.Replace("'", "''", StringComparison.Ordinal)}'"
            : Quote(text);
    }

    /// <summary>A float that would read as an integer gets a fraction, so that it stays one.</summary>
    private static string WriteFloat(string text) => text switch
    {
        "+Inf" => ".inf",
        "-Inf" => "-.inf",
        "NaN" => ".nan",
        _ => text.Contains('.', StringComparison.Ordinal) ? text : text + ".0",
    };

    private static bool MeansItself(string text)
    {
        // What YAML 1.1 takes for booleans and numbers with base 60 is quoted for its readers, as Go does.
        if (Old().IsMatch(text))
            return false;
        try
        {
            return Resolve(text)?.Type == SopsType.Text;
        }
        catch (SopsException)
        {
            return false;
        }
    }

    private static bool CanBeBlock(string text) =>
        text[0] is not (' ' or '\n')
        && text.All(character => character == '\n' || IsPrintable(character) || char.IsSurrogate(character))
        && !text.Contains(" \n", StringComparison.Ordinal)
        && text[^1] != ' '
        && text.AsSpan().Trim('\n').Length > 0
        && !text.EndsWith("\n\n", StringComparison.Ordinal);

    private static string Block(string text, int indent)
    {
        var block = new StringBuilder(text[^1] == '\n' ? "|" : "|-");
        foreach (var line in text.TrimEnd('\n').Split('\n'))
        {
            block.Append('\n');
            if (line.Length > 0)
                block.Append(' ', indent).Append(line);
        }

        return block.ToString();
    }

    private static bool IsPlain(string text, bool isFlow) =>
        text.Length > 0
        && text[0] != ' '
        && text[^1] is not (' ' or ':')
        && !NeverFirst.Contains(text[0], StringComparison.Ordinal)
        && !(NeverFirstBeforeSpace.Contains(text[0], StringComparison.Ordinal) && (text.Length == 1 || text[1] == ' '))
        && !text.StartsWith("---", StringComparison.Ordinal)
        && !text.StartsWith("...", StringComparison.Ordinal)
        && !text.EndsWith("...", StringComparison.Ordinal)
        && !text.Contains(": ", StringComparison.Ordinal)
        && !text.Contains(" #", StringComparison.Ordinal)
        // YamlDotNet 16.3 takes these for references.
        && !text.Contains(" *", StringComparison.Ordinal)
        && !text.Contains(" &", StringComparison.Ordinal)
        && !(isFlow && text.AsSpan().ContainsAny(FlowMarks))
        && text.All(character => character is >= ' ' and <= '~' || char.IsLetter(character));

    private static bool IsPrintable(char character) => character switch
    {
        < ' ' or '\u2028' or '\u2029' or '\uFEFF' or '\uFFFE' or '\uFFFF' => false,
        >= '\u007F' and <= '\u009F' => false,
        _ => !char.IsSurrogate(character),
    };

    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogatePair(text, i))
            {
                quoted.Append(CultureInfo.InvariantCulture, $"\\U{char.ConvertToUtf32(text, i++):X8}");
                continue;
            }

            quoted = text[i] switch
            {
                '"' or '\\' => quoted.Append('\\').Append(text[i]),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                var character when IsPrintable(character) => quoted.Append(character),
                var character => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:X4}"),
            };
        }

        return quoted.Append('"').ToString();
    }

    // Anchored and without nested repetition, so their time grows with the text alone. A limit on it would count the
    // seconds of a machine that is busy elsewhere, and refuse a good file.
    [GeneratedRegex(
        "^[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]*|[1-9][0-9]*)$",
        RegexOptions.CultureInvariant, matchTimeoutMilliseconds: -1)]
    private static partial Regex Integer();

    [GeneratedRegex(
        @"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$",
        RegexOptions.CultureInvariant, matchTimeoutMilliseconds: -1)]
    private static partial Regex Fraction();

    [GeneratedRegex(
        @"^(?<year>[0-9]{4})-(?<month>[0-9]{1,2})-(?<day>[0-9]{1,2})(?:(?:[Tt](?<hour>[0-9]{1,2}):(?<minute>[0-9]{1,2})"
        + @":(?<second>[0-9]{1,2})(?:\.(?<fraction>[0-9]{1,9}))?(?<zone>Z|[-+][0-9]{2}:[0-9]{2}))|"
        + @"(?: (?<hour>[0-9]{1,2}):(?<minute>[0-9]{1,2}):(?<second>[0-9]{1,2})(?:\.(?<fraction>[0-9]{1,9}))?))?$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: -1)]
    private static partial Regex Time();

    [GeneratedRegex(
        @"^(?:y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF|=|<<|"
        + @"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?)$",
        RegexOptions.CultureInvariant, matchTimeoutMilliseconds: -1)]
    private static partial Regex Old();
}
