using System.Text;
using Orrery.Secrets.Age.Encodings;
using Orrery.Secrets.Primitives;

namespace Orrery.Secrets.Age.Kinds;

/// <summary>A passphrase. It is always the only recipient of a file.</summary>
public sealed class ScryptRecipient : IRecipient
{
    internal const string StanzaKind = "scrypt";
    internal const int SaltBytes = 16;

    /// <summary>What age uses: about a second and 256 MiB for every try.</summary>
    public const int WorkFactorDefault = 18;

    private const int BlockSize = 8;

    private readonly byte[] _passphrase;
    private readonly int _workFactor;

    /// <param name="workFactor">
    /// The base-two logarithm of scrypt's cost: 18 by default; each more doubles time and memory of every try.
    /// </param>
    public ScryptRecipient(string passphrase, int workFactor = WorkFactorDefault)
    {
        ArgumentException.ThrowIfNullOrEmpty(passphrase);
        ArgumentOutOfRangeException.ThrowIfLessThan(workFactor, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(workFactor, ScryptIdentity.WorkFactorMax);
        _passphrase = Encoding.UTF8.GetBytes(passphrase);
        _workFactor = workFactor;
    }

    public Stanza Wrap(ReadOnlySpan<byte> fileKey, FillRandom random)
    {
        var salt = new byte[SaltBytes];
        random(salt);
        var body = Keys.Wrap(WrappingKey(_passphrase, salt, _workFactor), fileKey);
        return new Stanza(StanzaKind, [UnpaddedBase64.Encode(salt), $"{_workFactor}"], body);
    }

    public override string ToString() => "(a passphrase)";

    internal static byte[] WrappingKey(byte[] passphrase, byte[] salt, int workFactor)
    {
        try
        {
            return Scrypt.DeriveKey(
                passphrase, [.. "age-encryption.org/v1/scrypt"u8, .. salt], workFactor, BlockSize, Keys.KeyBytes);
        }
        catch (OutOfMemoryException)
        {
            // Another's file decides how much is needed; that there is less must not end the program as a bug.
            throw new AgeException(
                AgeFailure.Header, $"a passphrase with work factor {workFactor} needs {1 << (workFactor - 10)} MiB");
        }
    }
}
