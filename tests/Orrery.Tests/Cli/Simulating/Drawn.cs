using System.Text.RegularExpressions;

namespace Orrery.Tests.Cli.Simulating;

/// <summary>
/// Texts of two lives compared: what was drawn by chance, or depends on the moment, is numbered in the order in which
/// it appears, so that it must stand at the same places in both.
/// </summary>
internal static partial class Drawn
{
    public static string Numbered(string text)
    {
        var numbers = new Dictionary<string, string>(StringComparer.Ordinal);
        return Chance().Replace(text, found =>
        {
            if (!numbers.TryGetValue(found.Value, out var number))
                numbers[found.Value] = number = $"<{numbers.Count + 1}>";
            return number;
        });
    }

    // Certificates, keys, recipients, digests, moments, identifiers of Kubernetes, of Git and of Hetzner.
    [GeneratedRegex(
        @"-----BEGIN [^""]*-----END [A-Z ]*-----|ecdsa-sha2-nistp256 [^"" ]+|age1[a-z0-9]{58}|sha256:[0-9a-f]{64}"
        + @"|\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{2}(:[0-9a-f]{2}){15}\b|\b[0-9a-f]{40}\b"
        + @"|\b[0-9]{9}\b|-[0-9a-f]{8}\b|\b[0-9]{4}(-[0-9]{2}){2}T[0-9:]{8}Z")]
    private static partial Regex Chance();
}
