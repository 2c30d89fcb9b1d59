using System.Buffers;
using System.Security.Cryptography;

namespace Orrery.Secrets.Age;

/// <summary>
/// The age file format, version 1 (c2sp.org/age): a fresh file key, wrapped for each recipient in the header, encrypts
/// the payload. Files are those of the age tool, byte for byte readable by it.
/// </summary>
public static class AgeFile
{
    /// <summary>A binary age file that every one of <paramref name="recipients"/> can read.</summary>
    public static byte[] Encrypt(
        ReadOnlySpan<byte> plain, IReadOnlyCollection<IRecipient> recipients, FillRandom random)
    {
        if (recipients.Count == 0)
            throw new AgeException(AgeFailure.Header, "an age file needs at least one recipient");

        var fileKey = new byte[Keys.FileKeyBytes];
        random(fileKey);
        var output = new ArrayBufferWriter<byte>(plain.Length + 1024);
        output.Write(Header.Write([.. recipients.Select(recipient => recipient.Wrap(fileKey, random))], fileKey));
        Payload.Encrypt(plain, fileKey, random, output);
        CryptographicOperations.ZeroMemory(fileKey);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>The content, only if all of it is authentic; else an <see cref="AgeException"/>.</summary>
    public static byte[] Decrypt(ReadOnlySpan<byte> file, IReadOnlyCollection<IIdentity> identities)
    {
        var output = new ArrayBufferWriter<byte>(Math.Max(file.Length, 1));
        Decrypt(file, identities, output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>
    /// How many recipients a file has, armored or not: the only thing that it tells of them. Stanzas that are there to
    /// confuse readers (rage adds them, their kind ends in <c>-grease</c>) are not counted.
    /// </summary>
    public static int CountRecipients(ReadOnlySpan<byte> file) =>
        Header.Read(Armor.IsArmored(file) ? Armor.Decode(file) : file, out _).Stanzas
            .Count(stanza => !stanza.Kind.EndsWith("-grease", StringComparison.Ordinal));

    /// <summary>The same, chunk by chunk: what is written before a refusal is an authentic prefix.</summary>
    internal static void Decrypt(
        ReadOnlySpan<byte> file, IReadOnlyCollection<IIdentity> identities, IBufferWriter<byte> output)
    {
        var header = Header.Read(file, out var length);
        var fileKeys = identities.Select(identity => identity.Unwrap(header.Stanzas));
        var fileKey = fileKeys.FirstOrDefault(key => key is not null)
            ?? throw new AgeException(AgeFailure.NoMatch, "none of the identities is a recipient of this age file");
        if (!header.IsAuthentic(fileKey))
            throw new AgeException(AgeFailure.HeaderMac, "the age header was changed after it was written");

        Payload.Decrypt(file[length..], fileKey, output);
        CryptographicOperations.ZeroMemory(fileKey);
    }
}
