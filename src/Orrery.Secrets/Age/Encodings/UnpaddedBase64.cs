namespace Orrery.Secrets.Age.Encodings;

/// <summary>Base64 without padding, and only its canonical form, as the header uses it.</summary>
internal static class UnpaddedBase64
{
    public static string Encode(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(bytes).TrimEnd('=');

    public static byte[]? Decode(string text)
    {
        var padded = text.PadRight((text.Length + 3) / 4 * 4, '=');
        var bytes = new byte[padded.Length / 4 * 3];
        if (!Convert.TryFromBase64String(padded, bytes, out var length))
            return null;

        // The framework skips white space and stray low bits; only what we would write ourselves is canonical.
        var decoded = bytes[..length];
        return Encode(decoded) == text ? decoded : null;
    }
}
