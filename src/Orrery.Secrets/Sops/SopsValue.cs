using System.Globalization;
using System.Text;

namespace Orrery.Secrets.Sops;

/// <summary>What a value of a document is; written behind <c>type:</c>.</summary>
internal enum SopsType
{
    Text,
    Integer,
    Float,
    Boolean,
    Bytes,
    Time,
    Comment,
}

/// <summary>
/// A value of a document in the one form that SOPS encrypts and authenticates; equal values, equal bytes.
/// </summary>
internal sealed class SopsValue
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private SopsValue(SopsType type, byte[] content) => (Type, Content) = (type, content);

    public SopsType Type { get; }

    public byte[] Content { get; }

    /// <summary>The content as text; for contents that are no UTF-8 an <see cref="SopsException"/>.</summary>
    public string Text
    {
        get
        {
            try
            {
                return Strict.GetString(Content);
            }
            catch (DecoderFallbackException)
            {
                throw new SopsException(
                    SopsFailure.Value, "a value is no text (UTF-8), and only a binary file can hold others");
            }
        }
    }

    public static SopsValue Of(string text) => new(SopsType.Text, Encoding.UTF8.GetBytes(text));

    public static SopsValue Of(ReadOnlySpan<byte> content) => new(SopsType.Text, content.ToArray());

    public static SopsValue Comment(string text) => new(SopsType.Comment, Encoding.UTF8.GetBytes(text));

    public static SopsValue Of(long number) =>
        new(SopsType.Integer, Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture)));

    public static SopsValue Of(double number) => new(SopsType.Float, Encoding.ASCII.GetBytes(Digits(number)));

    public static SopsValue Of(bool value) => new(SopsType.Boolean, value ? "True"u8.ToArray() : "False"u8.ToArray());

    /// <summary>A point in time as RFC 3339 says, which the caller has made sure of.</summary>
    public static SopsValue Time(string text) => new(SopsType.Time, Encoding.ASCII.GetBytes(text));

    /// <summary>What was decrypted, in its one form again; null where it is not of its type.</summary>
    public static SopsValue? From(string type, byte[] content) => type switch
    {
        "str" => new SopsValue(SopsType.Text, content),
        "bytes" => new SopsValue(SopsType.Bytes, content),
        "comment" => new SopsValue(SopsType.Comment, content),
        "time" => new SopsValue(SopsType.Time, content),
        "int" => long.TryParse(content, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? Of(number)
            : null,
        "float" => ReadFloat(Encoding.Latin1.GetString(content)) is { } number ? Of(number) : null,
        // What Go's ParseBool takes; the Python version wrote True and False.
        "bool" => Encoding.Latin1.GetString(content) switch
        {
            "1" or "t" or "T" or "true" or "TRUE" or "True" => Of(true),
            "0" or "f" or "F" or "false" or "FALSE" or "False" => Of(false),
            _ => null,
        },
        _ => null,
    };

    public static string NameOf(SopsType type) => type switch
    {
        SopsType.Text => "str",
        SopsType.Integer => "int",
        SopsType.Float => "float",
        SopsType.Boolean => "bool",
        SopsType.Bytes => "bytes",
        SopsType.Time => "time",
        _ => "comment",
    };

    /// <summary>Reads a decimal number, infinity and not-a-number; null for all else.</summary>
    public static double? ReadFloat(string text) => text switch
    {
        "+Inf" or "Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        "NaN" => double.NaN,
        _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number)
                ? number
                : null,
    };

    // As Go's FormatFloat(number, 'f', -1, 64): the fewest digits that read back equal, never an exponent.
    private static string Digits(double number)
    {
        if (double.IsNaN(number))
            return "NaN";
        if (double.IsInfinity(number))
            return number > 0 ? "+Inf" : "-Inf";
        var shortest = number.ToString("R", CultureInfo.InvariantCulture);
        if (!shortest.Contains('E', StringComparison.Ordinal))
            return shortest;

        var sign = shortest[0] == '-' ? "-" : "";
        var parts = shortest.TrimStart('-').Split('E');
        var exponent = int.Parse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var digits = parts[0].Replace(".", "", StringComparison.Ordinal);
        return exponent < 0
            ? $"{sign}0.{new string('0', -exponent - 1)}{digits}"
            : $"{sign}{digits.PadRight(exponent + 1, '0')}";
    }
}
