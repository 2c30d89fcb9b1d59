using System.Security.Cryptography;
using System.Text;

namespace Orrery.Secrets.Age;

/// <summary>The textual start of a file: version, a stanza for each recipient, a MAC keyed by the file key.</summary>
internal sealed class Header
{
    private const string VersionLine = "age-encryption.org/v1";
    private const string ScryptKind = "scrypt";

    // A bound of ours: room for about a hundred of the largest native stanzas.
    private const int BytesMax = 256 * 1024;

    private readonly byte[] _authenticated;
    private readonly byte[] _mac;

    private Header(IReadOnlyList<Stanza> stanzas, byte[] authenticated, byte[] mac)
    {
        Stanzas = stanzas;
        _authenticated = authenticated;
        _mac = mac;
    }

    public IReadOnlyList<Stanza> Stanzas { get; }

    public static byte[] Write(IEnumerable<Stanza> stanzas, ReadOnlySpan<byte> fileKey)
    {
        var text = new StringBuilder(VersionLine).Append('\n');
        foreach (var stanza in stanzas)
            stanza.Write(text);
        var authenticated = Encoding.ASCII.GetBytes(text.Append("---").ToString());
        var mac = UnpaddedBase64.Encode(Mac(authenticated, fileKey));
        return [.. authenticated, .. Encoding.ASCII.GetBytes($" {mac}\n")];
    }

    /// <summary>Reads the header of a file; <paramref name="length"/> is where the payload starts.</summary>
    public static Header Read(ReadOnlySpan<byte> file, out int length)
    {
        var lines = new HeaderLines(file[..Math.Min(file.Length, BytesMax)]);
        if (lines.Next() != VersionLine)
            throw Malformed($"it does not begin with \"{VersionLine}\"");

        var stanzas = new List<Stanza>();
        var line = lines.Next();
        for (; !line.StartsWith("---", StringComparison.Ordinal); line = lines.Next())
            stanzas.Add(ReadStanza(line, ref lines));

        if (stanzas.Count == 0)
            throw Malformed("it has no recipient");
        // A passphrase proves who wrote a file only if nobody else can read it: the format's rule for scrypt.
        if (stanzas.Count > 1 && stanzas.Any(stanza => stanza.Kind == ScryptKind))
            throw Malformed("a passphrase stands beside another recipient");
        if (!line.StartsWith("--- ", StringComparison.Ordinal)
            || UnpaddedBase64.Decode(line[4..]) is not { Length: HMACSHA256.HashSizeInBytes } mac)
            throw Malformed("its last line is not a MAC of 32 bytes in canonical base64");

        length = lines.Position;
        return new Header(stanzas, file[..(length - line.Length - 1 + 3)].ToArray(), mac);
    }

    public bool IsAuthentic(ReadOnlySpan<byte> fileKey) =>
        CryptographicOperations.FixedTimeEquals(Mac(_authenticated, fileKey), _mac);

    private static Stanza ReadStanza(string line, ref HeaderLines lines)
    {
        if (!line.StartsWith("-> ", StringComparison.Ordinal))
            throw Malformed("a line stands where a stanza (\"-> …\") or the MAC (\"--- …\") must begin");
        var arguments = line[3..].Split(' ');
        if (arguments.Contains(""))
            throw Malformed("a stanza has an empty argument");

        var body = new StringBuilder();
        string bodyLine;
        do
        {
            bodyLine = lines.Next();
            if (bodyLine.Length > Stanza.BodyColumns)
                throw Malformed("a stanza's body has a line of more than 64 columns");
            body.Append(bodyLine);
        }
        while (bodyLine.Length == Stanza.BodyColumns);

        var bytes = UnpaddedBase64.Decode(body.ToString())
            ?? throw Malformed("a stanza's body is not canonical base64");
        return new Stanza(arguments[0], arguments[1..], bytes);
    }

    private static byte[] Mac(byte[] authenticated, ReadOnlySpan<byte> fileKey) =>
        HMACSHA256.HashData(Keys.Derive(fileKey, [], "header"u8), authenticated);

    internal static AgeException Malformed(string why) => new(AgeFailure.Header, $"the age header is malformed: {why}");
}
