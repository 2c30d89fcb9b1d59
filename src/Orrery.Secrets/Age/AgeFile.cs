using System.Buffers;
using System.Security.Cryptography;
using Orrery.Secrets.Age.Kinds;
using Orrery.Secrets.Age.Plugins;

namespace Orrery.Secrets.Age;

/// <summary>
/// The age file format, version 1 (c2sp.org/age): a fresh file key, wrapped for each recipient in the header, encrypts
/// the payload. Files are those of the age tool, byte for byte readable by it. Here whole files in memory; larger ones
/// go through <see cref="AgeHeader"/> and <see cref="PayloadCipher"/> piece by piece.
/// </summary>
public static class AgeFile
{
    /// <summary>A binary age file that every one of <paramref name="recipients"/> can read.</summary>
    public static byte[] Encrypt(
        ReadOnlySpan<byte> plain, IReadOnlyCollection<IRecipient> recipients, FillRandom random)
    {
        var fileKey = NewFileKey(random);
        var output = new ArrayBufferWriter<byte>(plain.Length + 1024);
        output.Write(AgeHeader.Write(Wrap(fileKey, recipients, random), fileKey));
        EncryptPayload(plain, fileKey, random, output);
        CryptographicOperations.ZeroMemory(fileKey);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>The content, only if all of it is authentic; else an <see cref="AgeException"/>.</summary>
    public static byte[] Decrypt(ReadOnlySpan<byte> file, IReadOnlyCollection<IKeyHolder> holders)
    {
        var output = new ArrayBufferWriter<byte>(Math.Max(file.Length, 1));
        Decrypt(file, holders, output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>A key for one file.</summary>
    public static byte[] NewFileKey(FillRandom random)
    {
        var fileKey = new byte[Keys.FileKeyBytes];
        random(fileKey);
        return fileKey;
    }

    /// <summary>The header's stanzas; recipients that must not stand in one file are refused.</summary>
    public static IReadOnlyList<Stanza> Wrap(
        ReadOnlySpan<byte> fileKey, IReadOnlyCollection<IRecipient> recipients, FillRandom random)
    {
        if (recipients.Count == 0)
            throw new AgeException(AgeFailure.Header, "an age file needs at least one recipient");
        if (recipients.Count > 1 && recipients.Any(recipient => recipient is ScryptRecipient))
            throw new AgeException(AgeFailure.Header, "a passphrase must be the only recipient of an age file");
        Labels.Check(recipients.Select(recipient => recipient.Labels));

        var stanzas = new List<Stanza>();
        foreach (var recipient in recipients)
            stanzas.Add(recipient.Wrap(fileKey, random));
        return stanzas;
    }

    /// <summary>The same, chunk by chunk: what is written before a refusal is an authentic prefix.</summary>
    internal static void Decrypt(
        ReadOnlySpan<byte> file, IReadOnlyCollection<IKeyHolder> holders, IBufferWriter<byte> output)
    {
        var header = AgeHeader.Read(file, out var length);
        var fileKey = header.Unlock(holders);
        DecryptPayload(file[length..], fileKey, output);
        CryptographicOperations.ZeroMemory(fileKey);
    }

    private static void EncryptPayload(
        ReadOnlySpan<byte> plain, ReadOnlySpan<byte> fileKey, FillRandom random, IBufferWriter<byte> output)
    {
        var nonce = output.GetSpan(PayloadCipher.NonceBytes)[..PayloadCipher.NonceBytes];
        random(nonce);
        using var cipher = new PayloadCipher(fileKey, nonce);
        output.Advance(PayloadCipher.NonceBytes);
        for (var (rest, number, isLast) = (plain.Length, 0L, false); !isLast; number++)
        {
            var chunk = plain[^rest..][..Math.Min(rest, PayloadCipher.ChunkBytes)];
            rest -= chunk.Length;
            isLast = rest == 0;
            output.Advance(cipher.Seal(number, isLast, chunk, output.GetSpan(PayloadCipher.SealedChunkBytes)));
        }
    }

    private static void DecryptPayload(
        ReadOnlySpan<byte> payload, ReadOnlySpan<byte> fileKey, IBufferWriter<byte> output)
    {
        if (payload.Length < PayloadCipher.NonceBytes)
            throw PayloadCipher.Damaged("it ends within its nonce");
        using var cipher = new PayloadCipher(fileKey, payload[..PayloadCipher.NonceBytes]);
        var sealedText = payload[PayloadCipher.NonceBytes..];
        for (var (rest, number, isLast) = (sealedText.Length, 0L, false); !isLast; number++)
        {
            var chunk = sealedText[^rest..][..Math.Min(rest, PayloadCipher.SealedChunkBytes)];
            rest -= chunk.Length;
            isLast = rest == 0;
            var problem = cipher.Open(number, isLast, chunk, output.GetSpan(PayloadCipher.ChunkBytes), out var length);
            output.Advance(length);
            if (problem is not null)
                throw PayloadCipher.Damaged(problem);
        }
    }
}
