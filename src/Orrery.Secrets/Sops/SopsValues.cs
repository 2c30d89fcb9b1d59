using System.Security.Cryptography;
using Orrery.Secrets.Age;
using Orrery.Secrets.Sops.Formats;
using Orrery.Secrets.Sops.Keys;
using Orrery.Secrets.Sops.Rules;

namespace Orrery.Secrets.Sops;

/// <summary>
/// A data key, wrapped for the readers of a rule, for programs that write JSON documents of their own whose secrets
/// SOPS opens, too. One key may serve many documents.
/// </summary>
public sealed class SopsDataKey : IDisposable
{
    private readonly byte[] _key = new byte[DataKey.Bytes];
    private readonly SopsMetadata _metadata;

    public SopsDataKey(CreationRule rule, FillRandom random)
    {
        random(_key);
        _metadata = new SopsMetadata
        {
            Groups = DataKey.Wrap(_key, rule.Groups, rule.Threshold, random),
            Selection = rule.Selection,
            MacOnlyEncrypted = rule.MacOnlyEncrypted,
        };
    }

    /// <summary>The encryption of one document.</summary>
    public SopsSealer Begin(FillRandom random) => new(_key, _metadata, random);

    public void Dispose() => CryptographicOperations.ZeroMemory(_key);
}

/// <summary>
/// Encrypts the values of one document, in the order in which they stand in it, where only encrypted values are under
/// the MAC.
/// </summary>
public sealed class SopsSealer : IDisposable
{
    private readonly ValueCipher _cipher;
    private readonly SopsMetadata _metadata;
    private readonly IncrementalHash _mac;
    private readonly FillRandom _random;

    internal SopsSealer(byte[] key, SopsMetadata metadata, FillRandom random)
    {
        if (!metadata.MacOnlyEncrypted)
            throw new ArgumentException("a MAC over plain values, too, needs the whole document");
        (_cipher, _metadata, _random) = (new ValueCipher(key), metadata, random);
        _mac = Opening.NewMac(metadata);
    }

    /// <param name="path">The keys from the top to the value, each followed by a colon; lists add nothing.</param>
    public string Seal(string path, string text)
    {
        var value = SopsValue.Of(text);
        _mac.AppendData(value.Content);
        return _cipher.Encrypt(value, path, _random);
    }

    /// <summary>The value of the document's key <c>sops</c>, as JSON on one line, once all values are sealed.</summary>
    public string Finish(DateTimeOffset now)
    {
        var modified = SopsMetadata.Stamp(now);
        var digest = SopsValue.Of(Convert.ToHexString(_mac.GetHashAndReset()));
        var metadata = _metadata with
        {
            LastModified = modified,
            Mac = _cipher.Encrypt(digest, modified, _random),
        };
        return JsonFormat.WriteNode(metadata.Write(), null, 0);
    }

    public void Dispose()
    {
        _cipher.Dispose();
        _mac.Dispose();
    }
}

/// <summary>Opens what a <see cref="SopsSealer"/> sealed, value by value in the same order.</summary>
public sealed class SopsOpener : IDisposable
{
    private readonly ValueCipher _cipher;
    private readonly SopsMetadata _metadata;
    private readonly IncrementalHash _mac;

    private SopsOpener(byte[] key, SopsMetadata metadata)
    {
        (_cipher, _metadata) = (new ValueCipher(key), metadata);
        _mac = Opening.NewMac(metadata);
    }

    /// <param name="json">The value of the document's key <c>sops</c>.</param>
    /// <param name="keys">Data keys that were opened before; those of this document are added.</param>
    /// <exception cref="SopsException">No identity fits, or the metadata is not what was written.</exception>
    public static SopsOpener Open(
        string json, IReadOnlyCollection<IKeyHolder> identities, IDictionary<string, byte[]> keys)
    {
        var metadata = SopsMetadata.Read(
            new JsonFormat().Read($"{{\"sops\":{json}}}").Metadata
            ?? throw new SopsException(SopsFailure.NotEncrypted, "there is no metadata of SOPS"));
        var wrapped = string.Concat(metadata.Groups.SelectMany(group => group).OfType<SopsKey.Age>()
            .Select(key => key.Enc));
        if (!keys.TryGetValue(wrapped, out var key))
            keys[wrapped] = key = DataKey.Unwrap(metadata, identities);
        return new SopsOpener(key, metadata);
    }

    /// <exception cref="SopsException">It was not sealed for this place of this document.</exception>
    public string Unseal(string path, string text)
    {
        var value = _cipher.Decrypt(text, path)
            ?? throw ValueCipher.Refused(path, "it was changed or moved after it was written");
        _mac.AppendData(value.Content);
        return value.Text;
    }

    /// <summary>Holds all that was opened to the MAC.</summary>
    /// <exception cref="SopsException">A value was added, left out or moved.</exception>
    public void Finish() => Opening.Check(_cipher, _metadata, _mac);

    public void Dispose()
    {
        _cipher.Dispose();
        _mac.Dispose();
    }
}
