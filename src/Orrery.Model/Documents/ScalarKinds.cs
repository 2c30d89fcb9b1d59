namespace Orrery.Model.Documents;

/// <summary>What a plain scalar means by YAML 1.2's core schema.</summary>
internal enum ScalarKind
{
    Text,
    Empty,
    Boolean,
    Integer,
    Fraction,
}

/// <summary>YAML 1.2's core schema for plain scalars: https://yaml.org/spec/1.2.2/#1032-tag-resolution.</summary>
internal static class ScalarKinds
{
    public static ScalarKind Of(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => ScalarKind.Empty,
        "true" or "True" or "TRUE" or "false" or "False" or "FALSE" => ScalarKind.Boolean,
        ".inf" or ".Inf" or ".INF" or "-.inf" or ".nan" or ".NaN" or ".NAN" => ScalarKind.Fraction,
        _ => OfNumber(text),
    };

    private static ScalarKind OfNumber(string text)
    {
        var digits = text.AsSpan(text[0] is '-' or '+' ? 1 : 0);
        if (digits.Length == 0 || !(char.IsAsciiDigit(digits[0]) || digits[0] == '.'))
            return ScalarKind.Text;
        if (digits.Length > 2 && digits[0] == '0' && digits[1] is 'x' or 'o')
            return AllAre(digits[2..], char.IsAsciiHexDigit) ? ScalarKind.Integer : ScalarKind.Text;
        if (AllAre(digits, char.IsAsciiDigit))
            return ScalarKind.Integer;
        return IsFraction(digits) ? ScalarKind.Fraction : ScalarKind.Text;
    }

    private static bool AllAre(ReadOnlySpan<char> text, Func<char, bool> accepts)
    {
        foreach (var character in text)
        {
            if (!accepts(character))
                return false;
        }

        return true;
    }

    private static bool IsFraction(ReadOnlySpan<char> text)
    {
        bool digit = false, point = false, exponent = false;
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case >= '0' and <= '9':
                    digit = true;
                    break;
                case '.' when !point && !exponent:
                    point = true;
                    break;
                case 'e' or 'E' when digit && !exponent && i + 1 < text.Length:
                    exponent = true;
                    if (text[i + 1] is '+' or '-')
                        i++;
                    digit = false;
                    break;
                default:
                    return false;
            }
        }

        return digit;
    }
}
