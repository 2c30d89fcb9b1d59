using System.Text;
using Orrery.Secrets.Primitives;

namespace Orrery.Secrets.Sops;

/// <summary>
/// Encrypts one value at its place: <c>ENC[AES256_GCM,data:…,iv:…,tag:…,type:str]</c>. The place is authenticated with
/// it, so that values cannot be exchanged.
/// </summary>
internal sealed class ValueCipher(ReadOnlySpan<byte> dataKey) : IDisposable
{
    private const string Prefix = "ENC[AES256_GCM,data:";
    private const int NonceBytes = 32;

    private readonly LongNonceGcm _gcm = new(dataKey);

    public static bool IsEncrypted(string text) => text.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>What is empty stays so, as SOPS has it.</summary>
    public string Encrypt(SopsValue value, string place, FillRandom random)
    {
        if (value.Content.Length == 0)
            return "";
        Span<byte> nonce = stackalloc byte[NonceBytes];
        random(nonce);
        var (cipher, tag) = _gcm.Encrypt(nonce, value.Content, Encoding.UTF8.GetBytes(place));
        return $"{Prefix}{Convert.ToBase64String(cipher)},iv:{Convert.ToBase64String(nonce)},"
            + $"tag:{Convert.ToBase64String(tag)},type:{SopsValue.NameOf(value.Type)}]";
    }

    /// <summary>The value; null where it was not encrypted for this place with this key.</summary>
    /// <exception cref="SopsException">The text has not the form of an encrypted value.</exception>
    public SopsValue? Decrypt(string text, string place)
    {
        if (text.Length == 0)
            return SopsValue.Of("");
        if (!IsEncrypted(text) || text[^1] != ']')
            throw Refused(place, "it has not the form ENC[AES256_GCM,…]");

        var rest = text[Prefix.Length..^1];
        var cipher = Field(ref rest, ",iv:", place);
        var nonce = Field(ref rest, ",tag:", place);
        var tag = Field(ref rest, ",type:", place);
        var plain = _gcm.Decrypt(nonce, cipher, tag, Encoding.UTF8.GetBytes(place));
        if (plain is null)
            return null;
        // The type is not authenticated by the cipher; a wrong one changes the MAC only where the text changes.
        return SopsValue.From(rest, plain) ?? throw Refused(place, "it is not of the type that it says");
    }

    public void Dispose() => _gcm.Dispose();

    /// <param name="place">The path of a value, each part followed by a colon.</param>
    public static SopsException Refused(string place, string why) =>
        new(SopsFailure.Value, $"the value at {Shown(place)} cannot be decrypted: {why}");

    /// <summary>Keys are not encrypted, and so a path may be shown.</summary>
    private static string Shown(string place) =>
        place.Length <= 1 ? "the top" : place.TrimEnd(':').ReplaceLineEndings(" ");

    private static byte[] Field(ref string rest, string end, string place)
    {
        var at = rest.IndexOf(end, StringComparison.Ordinal);
        if (at < 0)
            throw Refused(place, "a part of it is missing");
        var base64 = rest[..at];
        rest = rest[(at + end.Length)..];
        var bytes = new byte[(base64.Length / 4 * 3) + 3];
        // Only the form that is written is read: the framework would pass over spaces and stray low bits.
        if (!Convert.TryFromBase64String(base64, bytes, out var length)
            || Convert.ToBase64String(bytes.AsSpan(0, length)) != base64)
            throw Refused(place, "a part of it is no base64");
        return bytes[..length];
    }
}
