namespace Orrery.Simulation.Hetzner.Requests;

/// <summary>What names, hostnames and labels may look like.</summary>
internal static class NameRules
{
    private const int LabelLengthMax = 63;
    private const int DomainLengthMax = 253;
    private const string Reserved = "hetzner.cloud/";

    /// <summary>What is wrong with a label, or null: https://docs.hetzner.cloud/#labels</summary>
    public static string? LabelProblem(string key, string value)
    {
        if (key.StartsWith(Reserved, StringComparison.Ordinal))
            return $"label key '{key}' uses the reserved prefix {Reserved}";
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        if ((slash >= 0 && !IsDomain(key[..slash])) || !IsWord(key[(slash + 1)..], LabelLengthMax, "-_."))
            return $"label key '{key}' is not correctly formatted";
        return value.Length == 0 || IsWord(value, LabelLengthMax, "-_.")
            ? null
            : $"label value '{value}' is not correctly formatted";
    }

    /// <summary>A hostname as of RFC 1123, or a DNS subdomain.</summary>
    public static bool IsDomain(string text) =>
        text.Length <= DomainLengthMax && text.Split('.').All(label => IsWord(label, LabelLengthMax, "-"));

    /// <summary>Letters and digits at both ends, between them also the given characters.</summary>
    public static bool IsWord(string text, int lengthMax, string between) =>
        text.Length > 0
        && text.Length <= lengthMax
        && char.IsAsciiLetterOrDigit(text[0])
        && char.IsAsciiLetterOrDigit(text[^1])
        && text.All(letter => char.IsAsciiLetterOrDigit(letter) || between.Contains(letter, StringComparison.Ordinal));
}
