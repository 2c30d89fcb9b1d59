using System.Text.RegularExpressions;

namespace Orrery.Providers.Talos.Api;

/// <summary>
/// Finds in the text of a machine's serial console by what its certificate in maintenance mode is known. Talos prints
/// <c>server certificate issued {…, "fingerprint": "rMWh…="}</c>, and before 1.6 the fingerprint on a line of its own
/// after <c>server certificate fingerprint:</c>.
/// </summary>
public static partial class ConsoleFingerprint
{
    /// <summary>The newest one, because each boot makes another; null where none was printed.</summary>
    public static string? Find(string consoleText)
    {
        var matches = Printed().Matches(consoleText);
        return matches.Count == 0 ? null : matches[^1].Groups["fingerprint"].Value;
    }

    // 32 bytes in base64 are 43 characters and one of padding.
    [GeneratedRegex(
        """(?:server certificate issued[^\n]*"fingerprint": "|server certificate fingerprint:\s*\n[^\n]*?)"""
        + """(?<fingerprint>[A-Za-z0-9+/]{43}=)""",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Printed();
}
