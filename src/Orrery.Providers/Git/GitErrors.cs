using Orrery.Engine.Ports;

namespace Orrery.Providers.Git;

/// <summary>What git's texts mean, untranslated as we ask for them. It has one exit code for everything.</summary>
internal static class GitErrors
{
    private const int LinesMax = 4;
    private const int CharactersMax = 500;

    /// <summary>The first row that fits counts.</summary>
    private static readonly (string Says, ProviderErrorCode Code, string Meaning)[] Known =
    [
        ("protected branch", ProviderErrorCode.Unauthorized,
            "the branch is protected: set push to pull-request, or let the token's owner push"),
        ("GH006", ProviderErrorCode.Unauthorized,
            "the branch is protected: set push to pull-request, or let the token's owner push"),
        ("could not read Username", ProviderErrorCode.Unauthorized, NoAccess),
        ("Authentication failed", ProviderErrorCode.Unauthorized, NoAccess),
        ("Permission denied", ProviderErrorCode.Unauthorized, NoAccess),
        ("Permission to ", ProviderErrorCode.Unauthorized, NoAccess),
        ("returned error: 403", ProviderErrorCode.Unauthorized, NoAccess),
        ("Host key verification failed", ProviderErrorCode.Invalid,
            "its host key is not known: connect once by hand, or use an https URL"),
        ("Repository not found", ProviderErrorCode.NotFound, NoSuch),
        ("does not appear to be a git repository", ProviderErrorCode.NotFound, NoSuch),
        ("' not found", ProviderErrorCode.NotFound, NoSuch),
        ("transport '", ProviderErrorCode.Invalid, "only https, ssh and file URLs are understood"),
    ];

    private const string NoSuch = "there is no such repository, or the token may not see it";

    private const string NoAccess =
        "it does not let us in: look whether the token is set, has not expired and may write this repository";

    /// <summary>A failure of which nothing more is known may pass.</summary>
    public static ProviderException Classify(string url, string what, string said)
    {
        var row = Known.FirstOrDefault(row => said.Contains(row.Says, StringComparison.Ordinal));
        var code = row.Meaning is null ? ProviderErrorCode.Unavailable : row.Code;
        var meaning = row.Meaning ?? "git failed";
        return new ProviderException(code, $"{url}: {what}: {meaning}{Quote(said)}");
    }

    private static string Quote(string said)
    {
        var lines = said.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .TakeLast(LinesMax);
        var text = new string([.. string.Join("; ", lines).Where(character => !char.IsControl(character))]);
        if (text.Length == 0)
            return "";
        return text.Length <= CharactersMax ? $" ({text})" : $" (…{text[^CharactersMax..]})";
    }
}
