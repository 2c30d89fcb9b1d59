using System.Security.Cryptography;
using System.Text;
using Orrery.Secrets.Age.Encodings;
using Orrery.Secrets.Age.Kinds;

namespace Orrery.Secrets.Age;

/// <summary>The textual start of a file: version, a stanza for each recipient, a MAC keyed by the file key.</summary>
public sealed class AgeHeader
{
    /// <summary>A bound of ours: room for 600 of the largest native stanzas.</summary>
    public const int BytesMax = 1024 * 1024;

    private const string VersionLine = "age-encryption.org/v1";

    private readonly byte[] _authenticated;
    private readonly byte[] _mac;

    private AgeHeader(IReadOnlyList<Stanza> stanzas, byte[] authenticated, byte[] mac)
    {
        Stanzas = stanzas;
        _authenticated = authenticated;
        _mac = mac;
    }

    public IReadOnlyList<Stanza> Stanzas { get; }

    /// <summary>A passphrase opens the file, and nothing else.</summary>
    public bool NeedsPassphrase => Stanzas is [{ Kind: ScryptRecipient.StanzaKind }];

    public static byte[] Write(IEnumerable<Stanza> stanzas, ReadOnlySpan<byte> fileKey)
    {
        var text = new StringBuilder(VersionLine).Append('\n');
        foreach (var stanza in stanzas)
            stanza.Write(text);
        var authenticated = Encoding.ASCII.GetBytes(text.Append("---").ToString());
        var mac = UnpaddedBase64.Encode(Mac(authenticated, fileKey));
        return [.. authenticated, .. Encoding.ASCII.GetBytes($" {mac}\n")];
    }

    /// <summary>Whether a file that begins so may be one of age: only as far as it is known.</summary>
    public static bool MayBegin(ReadOnlySpan<byte> start)
    {
        var expected = Encoding.ASCII.GetBytes(VersionLine + "\n");
        var length = Math.Min(start.Length, expected.Length);
        return start[..length].SequenceEqual(expected.AsSpan(0, length));
    }

    /// <summary>Whether the end of the header is in the beginning of a file that has been read so far.</summary>
    public static bool IsComplete(ReadOnlySpan<byte> start)
    {
        var end = start.IndexOf("\n---"u8);
        return end >= 0 && start[(end + 1)..].Contains((byte)'\n');
    }

    /// <summary>
    /// Reads the header of a file; <paramref name="length"/> is where the payload starts. What is no header is refused
    /// with an <see cref="AgeException"/>.
    /// </summary>
    public static AgeHeader Read(ReadOnlySpan<byte> file, out int length)
    {
        var lines = new HeaderLines(file[..Math.Min(file.Length, BytesMax)]);
        if (lines.Next() != VersionLine)
            throw Malformed($"it does not begin with \"{VersionLine}\"");

        var stanzas = new List<Stanza>();
        var parser = new StanzaParser();
        var line = lines.Next();
        for (; parser.IsWithin || !line.StartsWith("---", StringComparison.Ordinal); line = lines.Next())
        {
            if (parser.Add(line) is { } stanza)
                stanzas.Add(stanza);
        }

        if (stanzas.Count == 0)
            throw Malformed("it has no recipient");
        // A passphrase proves who wrote a file only if nobody else can read it: the format's rule for scrypt.
        if (stanzas.Count > 1 && stanzas.Any(stanza => stanza.Kind == ScryptRecipient.StanzaKind))
            throw Malformed("a passphrase stands beside another recipient");
        if (!line.StartsWith("--- ", StringComparison.Ordinal)
            || UnpaddedBase64.Decode(line[4..]) is not { Length: HMACSHA256.HashSizeInBytes } mac)
            throw Malformed("its last line is not a MAC of 32 bytes in canonical base64");

        length = lines.Position;
        return new AgeHeader(stanzas, file[..(length - line.Length - 1 + 3)].ToArray(), mac);
    }

    /// <summary>The file key, if one of <paramref name="holders"/> has it and the header is as written.</summary>
    public byte[] Unlock(IEnumerable<IKeyHolder> holders)
    {
        var fileKey = holders.Select(holder => holder.Unwrap(Stanzas)).FirstOrDefault(key => key is not null)
            ?? throw new AgeException(AgeFailure.NoMatch, "none of the identities is a recipient of this age file");
        Authenticate(fileKey);
        return fileKey;
    }

    /// <summary>Refuses a header that was changed, or a key that is not its file's.</summary>
    public void Authenticate(ReadOnlySpan<byte> fileKey)
    {
        if (!CryptographicOperations.FixedTimeEquals(Mac(_authenticated, fileKey), _mac))
            throw new AgeException(AgeFailure.HeaderMac, "the age header was changed after it was written");
    }

    private static byte[] Mac(byte[] authenticated, ReadOnlySpan<byte> fileKey) =>
        HMACSHA256.HashData(Keys.Derive(fileKey, [], "header"u8), authenticated);

    internal static AgeException Malformed(string why) => new(AgeFailure.Header, $"the age header is malformed: {why}");
}
