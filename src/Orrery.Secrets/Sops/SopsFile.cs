using System.Security.Cryptography;
using System.Text;
using Orrery.Secrets.Age;
using Orrery.Secrets.Sops.Formats;
using Orrery.Secrets.Sops.Keys;
using Orrery.Secrets.Sops.Rules;

namespace Orrery.Secrets.Sops;

/// <summary>
/// Files as SOPS 3 encrypts them: keys stay readable, each value is encrypted at its place, and a MAC over all of them
/// says that they belong together. Read and written byte by byte as its users have them; layout is kept.
/// </summary>
public static class SopsFile
{
    /// <summary>Larger files are refused: SOPS holds a document in memory, and so do we.</summary>
    public const int BytesMax = 64 * 1024 * 1024;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>The file with a new data key, wrapped for the keys of the rule.</summary>
    public static byte[] Encrypt(
        ReadOnlySpan<byte> plain, SopsFormat format, CreationRule rule, DateTimeOffset now, FillRandom random)
    {
        var dataKey = new byte[DataKey.Bytes];
        random(dataKey);
        var metadata = new SopsMetadata
        {
            Groups = DataKey.Wrap(dataKey, rule.Groups, rule.Threshold, random),
            Threshold = rule.Groups.Count > 1 ? (rule.Threshold == 0 ? rule.Groups.Count : rule.Threshold) : 0,
            Selection = rule.Selection,
            MacOnlyEncrypted = rule.MacOnlyEncrypted,
        };
        using var sealing = new Sealing(dataKey, metadata, Reuse.Nothing, random);
        var source = ReadPlain(plain, format);
        var sealedText = sealing.Encrypt(source, SopsFormats.Of(format), now);
        CryptographicOperations.ZeroMemory(dataKey);
        return Encoding.UTF8.GetBytes(sealedText);
    }

    /// <summary>Opens a file: all of it is authentic, or an <see cref="SopsException"/>.</summary>
    public static SopsDocument Open(
        ReadOnlySpan<byte> file, SopsFormat format, IReadOnlyCollection<IKeyHolder> identities)
    {
        var source = SopsFormats.Of(format).Read(TextOf(file));
        var metadata = SopsMetadata.Read(MetadataOf(source));
        var dataKey = DataKey.Unwrap(metadata, identities);
        return Opening.Open(source, format, metadata, dataKey);
    }

    public static byte[] Decrypt(
        ReadOnlySpan<byte> file, SopsFormat format, IReadOnlyCollection<IKeyHolder> identities) =>
        Open(file, format, identities).Plain;

    /// <summary>Whether it has metadata; what cannot be read as its format has none.</summary>
    public static bool IsEncrypted(ReadOnlySpan<byte> file, SopsFormat format)
    {
        try
        {
            return SopsFormats.Of(format).Read(TextOf(file)).Metadata is not null;
        }
        catch (SopsException)
        {
            return false;
        }
    }

    /// <summary>Who a file is encrypted to, without opening it.</summary>
    public static SopsKeys KeysOf(ReadOnlySpan<byte> file, SopsFormat format) =>
        SopsKeys.Of(SopsMetadata.Read(MetadataOf(SopsFormats.Of(format).Read(TextOf(file)))));

    /// <summary>A plain file as a tree; a binary one is a single value.</summary>
    internal static SopsSource ReadPlain(ReadOnlySpan<byte> plain, SopsFormat format)
    {
        if (format == SopsFormat.Binary)
            return BinaryEnvelope(plain);
        var source = SopsFormats.Of(format).Read(TextOf(plain));
        if (source.Metadata is not null)
        {
            throw new SopsException(
                SopsFailure.AlreadyEncrypted, "the file has metadata of SOPS: it is encrypted already");
        }

        return source.Documents.Count > 0
            ? source
            : throw new SopsException(SopsFailure.Malformed, "the file is empty, and SOPS takes no empty file");
    }

    private static JsonSource BinaryEnvelope(ReadOnlySpan<byte> plain)
    {
        const string Envelope = "{\n\t\"data\": null\n}\n";
        var root = new SopsBranch(isList: false);
        var at = Envelope.IndexOf("null", StringComparison.Ordinal);
        root.Items.Add(new SopsItem("data", new SopsLeaf(SopsValue.Of(plain), new TextSpan(at, 4), default)));
        return new JsonSource { Text = Envelope, Documents = [root], End = Envelope.LastIndexOf('}') };
    }

    private static MetaMap MetadataOf(SopsSource source) => source.Metadata ?? throw new SopsException(
        SopsFailure.NotEncrypted, "the file has no metadata of SOPS: it is not encrypted");

    private static string TextOf(ReadOnlySpan<byte> file)
    {
        if (file.Length > BytesMax)
            throw new SopsException(SopsFailure.Malformed, $"the file has more than {BytesMax / (1024 * 1024)} MiB");
        try
        {
            return Strict.GetString(file);
        }
        catch (DecoderFallbackException)
        {
            throw new SopsException(SopsFailure.Malformed, "the file is no text (UTF-8)");
        }
    }
}

/// <summary>Who can open a file.</summary>
/// <param name="Groups">For each key group its keys: age recipients as they are, others by kind and name.</param>
/// <param name="Threshold">How many groups are needed.</param>
public sealed record SopsKeys(IReadOnlyList<IReadOnlyList<string>> Groups, int Threshold)
{
    internal static SopsKeys Of(SopsMetadata metadata) => new(
        [.. metadata.Groups.Select(group => group.Select(key => key switch
        {
            SopsKey.Age age => age.Recipient,
            SopsKey.Foreign foreign => foreign.Name,
            _ => throw new System.Diagnostics.UnreachableException(),
        }).ToArray())],
        metadata.Groups.Count > 1 && metadata.Threshold > 0 ? metadata.Threshold : metadata.Groups.Count);
}
