using System.Buffers;
using System.Text;

namespace Orrery.Secrets.Guard.Values;

/// <summary>Names that say that their value is secret, and what some of them say of its shape.</summary>
internal static class SecretNames
{
    /// <summary>What such a name has in it.</summary>
    public static readonly SearchValues<string> Words = SearchValues.Create(
        [
            "pass", "secret", "token", "apikey", "api_key", "api-key", "accesskey", "access_key", "access-key",
            "privatekey", "private_key", "private-key", "encryptionkey", "encryption_key", "signingkey", "signing_key",
            "masterkey", "master_key", "credential", "client-key-data", "_auth",
            "\"auth\"",
        ],
        StringComparison.OrdinalIgnoreCase);

    /// <summary>In a kubeconfig, <c>client-key-data</c>: a private key, whatever its text begins with.</summary>
    private const string KeyData = "clientkeydata";

    /// <summary>No key is shorter in base64.</summary>
    private const int KeyDataMin = 40;

    // What such a name ends with, in lower case and without signs.
    private static readonly string[] Ends =
    [
        "password", "passwd", "passphrase", "pass", "secret", "token", "apikey", "accesskey", "privatekey",
        "encryptionkey", "signingkey", "masterkey", "credential", "credentials", "auth", "secretkey",
        KeyData,
    ];

    // What may follow: DB_PASSWORD_1, tokens, secretBase64.
    private static readonly string[] Tails = ["s", "value", "base64", "b64", "text", "string"];

    // Names of values that everybody may know, although they end like those above.
    private static readonly string[] Public = ["publickey", "csrftoken", "pagetoken", "nexttoken", "continuetoken"];

    /// <summary>What the value of a name is; null where it is no secret.</summary>
    public static GuardRule? RuleFor(ReadOnlySpan<char> name, ReadOnlySpan<char> value)
    {
        var plain = Plain(name);
        if (plain is null || Placeholder.IsValue(value))
            return null;
        if (plain == KeyData)
            return value.Length >= KeyDataMin && !value.ContainsAnyExcept(Alphabets.Base64)
                ? GuardRules.EncodedPrivateKey
                : null;
        return Known(plain, value) ?? (RandomText.Is(value) && !SealedText.Is(value) ? GuardRules.Password : null);
    }

    /// <summary>In lower case and without signs; null where the name does not say that its value is secret.</summary>
    private static string? Plain(ReadOnlySpan<char> name)
    {
        var plain = new StringBuilder(name.Length);
        foreach (var character in name)
        {
            if (char.IsAsciiLetterOrDigit(character))
                plain.Append(char.ToLowerInvariant(character));
        }

        var text = plain.ToString();
        var end = text.TrimEnd("0123456789".ToCharArray());
        foreach (var tail in Tails)
        {
            if (end.EndsWith(tail, StringComparison.Ordinal) && EndsAsSecret(end[..^tail.Length]))
                return text;
        }

        return EndsAsSecret(end) ? text : null;
    }

    private static bool EndsAsSecret(string name) =>
        Array.Exists(Ends, end => name.EndsWith(end, StringComparison.Ordinal))
        && !Array.Exists(Public, end => name.EndsWith(end, StringComparison.Ordinal));

    private static GuardRule? Known(string name, ReadOnlySpan<char> value)
    {
        bool Says(string word) => name.Contains(word, StringComparison.Ordinal);
        var isAlphanumeric = !value.ContainsAnyExcept(Alphabets.Alphanumeric);
        if (value.Length == 64 && isAlphanumeric && (Says("hcloud") || Says("hetzner")))
            return GuardRules.Hetzner;
        if (value.Length == 40 && Says("secretaccesskey") && !value.ContainsAnyExcept(Alphabets.Base64))
            return GuardRules.AwsSecret;
        if (value.Length is 37 or 40 && (Says("cloudflare") || name.StartsWith("cf", StringComparison.Ordinal))
            && !value.ContainsAnyExcept(Alphabets.Url))
            return GuardRules.Cloudflare;
        if (RandomText.IsUuid(value)
            && (Says("proxmox") || Says("pve") || name.StartsWith("pm", StringComparison.Ordinal)))
            return GuardRules.Proxmox;
        if (Says("encryptionsecret") && value.Length >= 32 && !value.ContainsAnyExcept(Alphabets.Base64))
            return GuardRules.Talos;
        if (name == "auth" && IsUserAndPassword(value))
            return GuardRules.Docker;
        return IsBootstrapToken(value) ? GuardRules.Bootstrap : null;
    }

    /// <summary>https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/</summary>
    private static bool IsBootstrapToken(ReadOnlySpan<char> value) =>
        value.Length == 23 && value[6] == '.'
        && !value[..6].ContainsAnyExcept(Lower) && !value[7..].ContainsAnyExcept(Lower)
        && value.ContainsAnyInRange('0', '9');

    private static bool IsUserAndPassword(ReadOnlySpan<char> value)
    {
        var bytes = new byte[value.Length];
        return Convert.TryFromBase64Chars(value, bytes, out var length)
            && bytes.AsSpan(0, length) is var text && text.IndexOf((byte)':') is > 0 and var colon
            && colon < length - 1 && !text.ContainsAnyExceptInRange((byte)'!', (byte)'~');
    }

    private static readonly SearchValues<char> Lower = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789");
}
