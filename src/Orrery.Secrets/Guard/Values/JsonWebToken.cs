using System.Buffers.Text;
using System.Text;

namespace Orrery.Secrets.Guard.Values;

/// <summary>JSON Web Tokens (RFC 7519): three parts with dots between them, the first two JSON in base64.</summary>
internal static class JsonWebToken
{
    /// <summary>What an object is in base64.</summary>
    public const string Begin = "eyJ";

    private const int SignatureMin = 16;
    private const int PartMax = 8192;

    /// <summary>How long it is; 0 where there is none.</summary>
    public static int Match(ReadOnlySpan<char> text)
    {
        var head = Alphabets.Run(text, Alphabets.Url);
        if (head > PartMax || head + 1 >= text.Length || text[head] != '.' || !text[(head + 1)..].StartsWith(Begin))
            return 0;
        var body = Alphabets.Run(text[(head + 1)..], Alphabets.Url);
        var end = head + 1 + body;
        if (body > PartMax || end + 1 >= text.Length || text[end] != '.')
            return 0;
        var signature = Alphabets.Run(text[(end + 1)..], Alphabets.Url);
        if (signature < SignatureMin || Decode(text[..head]) is not { } header
            || !header.Contains("\"alg\"", StringComparison.Ordinal))
            return 0;
        return end + 1 + signature;
    }

    private static string? Decode(ReadOnlySpan<char> part)
    {
        var bytes = new byte[part.Length];
        return Base64Url.TryDecodeFromChars(part, bytes, out var length)
            ? Encoding.UTF8.GetString(bytes.AsSpan(0, length))
            : null;
    }
}
