using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Orrery.Model.Values;

namespace Orrery.Model.Spec.Schema;

/// <summary>The forms of text that fields are made of.</summary>
internal static class Forms
{
    private const string DnsLabel = "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$";

    public static readonly TextForm<string> Text =
        new("a text", SpecCodes.EmptyText, AnyText, "\"words\"", ".");

    /// <summary>RFC 1123, as Kubernetes, Hetzner and host names all accept it.</summary>
    public static readonly TextForm<string> Name = new(
        "a name of at most 63 lower-case letters, digits and hyphens",
        SpecCodes.MalformedName,
        IsName,
        "web-1",
        DnsLabel);

    public static readonly TextForm<ByteSize> Size = new(
        "a size with its unit",
        SpecCodes.MalformedSize,
        ParseSize,
        "50G or 16Gi",
        "^[1-9][0-9]*(Ki|Mi|Gi|Ti|k|M|G|T)$");

    public static readonly TextForm<TimeSpan> Duration = new(
        "a duration with its unit",
        SpecCodes.MalformedDuration,
        ParseDuration,
        "30s, 15m, 24h or 90d",
        "^[1-9][0-9]*[smhd]$");

    public static readonly TextForm<string> Url = new(
        "a URL", SpecCodes.MalformedUrl, IsUrl, "https://pve.example.org:8006", "^https?://[^/]+");

    public static readonly TextForm<string> RepositoryUrl = new(
        "the URL of a Git repository",
        SpecCodes.MalformedUrl,
        IsRepositoryUrl,
        "https://github.com/example/platform",
        "^(https|ssh)://[^/]+/.+");

    public static readonly TextForm<string> Domain = new(
        "a domain",
        SpecCodes.MalformedHost,
        IsDomain,
        "example.org",
        @"^([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)+[a-z0-9]([-a-z0-9]*[a-z0-9])?$");

    public static readonly TextForm<string> DomainPattern = new(
        "a domain, perhaps with a leading wildcard",
        SpecCodes.MalformedHost,
        IsDomainPattern,
        "\"*.example.org\"",
        @"^(\*\.)?[a-z0-9.-]+$");

    public static readonly TextForm<string> SshTarget = new(
        "an SSH target", SpecCodes.MalformedHost, IsSshTarget, "root@host.example.org", "^[^@ ]+@[^@ ]+$");

    public static readonly TextForm<string> Email = new(
        "an e-mail address", SpecCodes.MalformedEmail, IsEmail, "ops@example.org", "^[^@ ]+@[^@ ]+$");

    public static readonly TextForm<string> AbsolutePath = new(
        "an absolute path", SpecCodes.MalformedPath, IsAbsolutePath, "/data/traefik", "^/([^/]+(/[^/]+)*)?$");

    public static readonly TextForm<string> RelativePath = new(
        "a path within the repository", SpecCodes.MalformedPath, IsRelativePath, "clusters/prod", "^[^/]");

    public static readonly TextForm<string> K3sVersion = new(
        "a K3s version", SpecCodes.MalformedVersion, Versions.IsK3s, "v1.34.3+k3s1", @"^v1\.\d+\.\d+\+k3s\d+$");

    public static readonly TextForm<string> Version = new(
        "a version", SpecCodes.MalformedVersion, Versions.IsPlain, "v1.34.3", @"^v\d+\.\d+\.\d+(-[a-z]+\.\d+)?$");

    public static readonly TextForm<string> Recipient = new(
        "an age recipient", SpecCodes.MalformedRecipient, AgeRecipient.TryParse, "age1...", "^age1[a-z0-9]{58}$")
    {
        Hint = "make a pair with `orrery age keygen` and write its public half",
    };

    public static readonly TextForm<string> Fingerprint = new(
        "a SHA-256 fingerprint",
        SpecCodes.MalformedFingerprint,
        IsFingerprint,
        "\"AA:BB:...\"",
        "^([0-9A-Fa-f]{2}:){31}[0-9A-Fa-f]{2}$")
    {
        Hint = "write 32 pairs of hexadecimal digits, as `openssl x509 -noout -fingerprint -sha256` prints them",
    };

    public static readonly TextForm<AddressRange> Ipv4 = new(
        "an IPv4 address",
        SpecCodes.MalformedAddress,
        AddressRange.TryParseIpv4,
        "203.0.113.7",
        @"^\d+\.\d+\.\d+\.\d+$");

    public static readonly TextForm<AddressRange> Ip = new(
        "an IP address", SpecCodes.MalformedAddress, AddressRange.TryParseSingle, "192.168.1.10", "^[0-9a-fA-F:.]+$");

    public static readonly TextForm<AddressRange> Cidr = new(
        "a network, whose address is the first one of its range",
        SpecCodes.MalformedAddress,
        AddressRange.TryParseCidr,
        "10.2.0.0/16",
        "^[0-9a-fA-F:.]+/[0-9]+$");

    public static readonly TextForm<AddressRange> Addresses = new(
        "an IP, IP-IP or CIDR",
        SpecCodes.MalformedAddress,
        AddressRange.TryParse,
        "10.2.1.1-10.2.1.3",
        "^[0-9a-fA-F:.]+([-/][0-9a-fA-F:.]+)?$");

    private static bool AnyText(string text, [MaybeNullWhen(false)] out string value) => Keep(
        text, text.Trim().Length > 0, out value);

    private static bool IsName(string text, [MaybeNullWhen(false)] out string value) => Keep(
        text, IsLabel(text), out value);

    private static bool IsLabel(ReadOnlySpan<char> text)
    {
        foreach (var character in text)
        {
            if (!char.IsAsciiLetterLower(character) && !char.IsAsciiDigit(character) && character != '-')
                return false;
        }

        return text.Length is >= 1 and <= 63 && text[0] != '-' && text[^1] != '-';
    }

    private static bool ParseSize(string text, out ByteSize value) => ByteSize.TryParse(text, out value);

    private static bool ParseDuration(string text, out TimeSpan value)
    {
        value = default;
        // Ten years: longer waits are mistakes.
        if (text.Length < 2 || !int.TryParse(
            text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || number is 0 or > 315_360_000)
        {
            return false;
        }

        value = text[^1] switch
        {
            's' => TimeSpan.FromSeconds(number),
            'm' => TimeSpan.FromMinutes(number),
            'h' => TimeSpan.FromHours(number),
            'd' => TimeSpan.FromDays(number),
            _ => default,
        };
        return value > TimeSpan.Zero;
    }

    private static bool IsUrl(string text, [MaybeNullWhen(false)] out string value) =>
        Keep(text, PathOf(text, "https://", "http://") is not null, out value);

    private static bool IsRepositoryUrl(string text, [MaybeNullWhen(false)] out string value) =>
        Keep(text, PathOf(text, "https://", "ssh://") is { Length: > 1 }, out value);

    /// <summary>What follows scheme and host in a URL of one of the schemes; null where it is none.</summary>
    private static string? PathOf(string text, params string[] schemes)
    {
        if (Array.Find(schemes, known => text.StartsWith(known, StringComparison.Ordinal)) is not { } scheme
            || text.Any(char.IsWhiteSpace))
        {
            return null;
        }

        var slash = text.IndexOf('/', scheme.Length);
        var end = slash < 0 ? text.Length : slash;
        var authority = text[scheme.Length..end];
        var host = authority[(authority.IndexOf('@', StringComparison.Ordinal) + 1)..];
        var colon = host.LastIndexOf(':');
        if (colon >= 0 && !ushort.TryParse(host.AsSpan(colon + 1), out _))
            return null;
        return IsHost((colon < 0 ? host : host[..colon]).ToLowerInvariant()) ? text[end..] : null;
    }

    private static bool IsDomain(string text, [MaybeNullWhen(false)] out string value) =>
        Keep(text, text.Contains('.', StringComparison.Ordinal) && IsHost(text), out value);

    private static bool IsDomainPattern(string text, [MaybeNullWhen(false)] out string value) =>
        Keep(text, IsHost(text.StartsWith("*.", StringComparison.Ordinal) ? text[2..] : text), out value);

    private static bool IsHost(string text) =>
        text.Length is > 0 and <= 253 && Array.TrueForAll(text.Split('.'), part => IsLabel(part));

    private static bool IsSshTarget(string text, [MaybeNullWhen(false)] out string value)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        return Keep(text, at > 0 && text[0] != '-' && IsHost(text[(at + 1)..]), out value);
    }

    private static bool IsEmail(string text, [MaybeNullWhen(false)] out string value)
    {
        var at = text.LastIndexOf('@');
        return Keep(
            text,
            at > 0 && !text.Contains(' ', StringComparison.Ordinal) && IsHost(text[(at + 1)..].ToLowerInvariant()),
            out value);
    }

    private static bool IsAbsolutePath(string text, [MaybeNullWhen(false)] out string value) => Keep(
        text,
        text.StartsWith('/') && !text.Contains("//", StringComparison.Ordinal) && !HasDots(text)
            && (text.Length == 1 || !text.EndsWith('/')),
        out value);

    private static bool IsRelativePath(string text, [MaybeNullWhen(false)] out string value) =>
        Keep(
            text,
            text.Length > 0 && !text.StartsWith('/') && !text.Contains('\\', StringComparison.Ordinal) && !HasParent(
                text),
            out value);

    private static bool IsFingerprint(string text, [MaybeNullWhen(false)] out string value)
    {
        var pairs = text.Split(':');
        return Keep(text, pairs.Length == 32 && Array.TrueForAll(pairs, IsHexPair), out value);
    }

    private static bool IsHexPair(string text) =>
        text.Length == 2 && char.IsAsciiHexDigit(text[0]) && char.IsAsciiHexDigit(text[1]);

    private static bool HasDots(string text) => text.Split('/').Any(part => part is "." or "..");

    private static bool HasParent(string text) => text.Split('/').Contains("..");

    private static bool Keep(string text, bool valid, [MaybeNullWhen(false)] out string value)
    {
        value = valid ? text : null;
        return valid;
    }
}
