using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Orrery.Model.Spec.Schema;

/// <summary>Versions as Kubernetes, K3s and Talos write them: <c>v1.34.3</c>, <c>v1.34.3+k3s3</c>.</summary>
internal static class Versions
{
    public static bool IsPlain(string text, [MaybeNullWhen(false)] out string value) => Keep(
        text, Parse(text, '-') is not null, out value);

    public static bool IsK3s(string text, [MaybeNullWhen(false)] out string value)
    {
        var plus = text.IndexOf("+k3s", StringComparison.Ordinal);
        var revision = plus < 0 ? "" : text[(plus + 4)..];
        var valid = plus > 0 && Parse(text[..plus], '-') is not null
            && int.TryParse(revision, NumberStyles.None, CultureInfo.InvariantCulture, out _);
        return Keep(text, valid, out value);
    }

    /// <summary>Major and minor, or null where the text is no version.</summary>
    public static (int Major, int Minor)? MinorOf(string text)
    {
        var plus = text.IndexOf('+', StringComparison.Ordinal);
        return Parse(plus < 0 ? text : text[..plus], '-');
    }

    private static (int Major, int Minor)? Parse(string text, char suffix)
    {
        if (!text.StartsWith('v'))
            return null;
        var dash = text.IndexOf(suffix, StringComparison.Ordinal);
        var parts = text[1..(dash < 0 ? text.Length : dash)].Split('.');
        if (parts.Length != 3 || dash == text.Length - 1)
            return null;
        return TryNumber(parts[0], out var major) && TryNumber(parts[1], out var minor) && TryNumber(parts[2], out _)
            ? (major, minor)
            : null;
    }

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static bool Keep(string text, bool valid, [MaybeNullWhen(false)] out string value)
    {
        value = valid ? text : null;
        return valid;
    }
}
