using Orrery.Secrets;
using Orrery.Secrets.Age;
using Orrery.Secrets.Sops;
using Orrery.Secrets.Sops.Rules;

namespace Orrery.Engine.State;

/// <summary>
/// Seals to the platform's recovery recipients as SOPS does, so that <c>sops decrypt .orrery/state.json</c> shows what
/// the state holds also without us; opens with the recovery identity. Its data key is made once, and wrapped once.
/// </summary>
/// <param name="identities">Looked up only when something must be opened.</param>
/// <param name="time">Says when a document was written.</param>
public sealed class SopsStateCipher(
    IReadOnlyList<IRecipient> recipients,
    Func<IReadOnlyList<IIdentity>> identities,
    TimeProvider time,
    FillRandom random) : IStateCipher
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, byte[]> _opened = new(StringComparer.Ordinal);
    private SopsDataKey? _key;

    public IStateSealer Seal()
    {
        lock (_gate)
        {
            _key ??= new SopsDataKey(
                CreationRule.For(recipients.Select(recipient => $"{recipient}")) with
                {
                    Selection = SopsSelection.Of("encrypted_regex", RecordJson.Keys),
                    MacOnlyEncrypted = true,
                },
                random);
            return new Sealer(_key.Begin(random), time);
        }
    }

    public IStateOpener Open(string metadata)
    {
        lock (_gate)
            return new Opener(Try(() => SopsOpener.Open(metadata, identities(), _opened)));
    }

    public byte[] OpenBlock(ReadOnlySpan<byte> block)
    {
        var copy = block.ToArray();
        return Try(() => AgeFile.Decrypt(Armor.Decode(copy), identities()));
    }

    private static T Try<T>(Func<T> open)
    {
        try
        {
            return open();
        }
        catch (Exception failure) when (failure is AgeException or SopsException)
        {
            throw new StateException(
                StateCodes.CannotOpen,
                $"the state's sensitive values cannot be opened: {failure.Message}",
                "set the recovery identity that belongs to one of the declaration's recovery.recipients");
        }
    }

    private sealed class Sealer(SopsSealer sealer, TimeProvider time) : IStateSealer
    {
        public string Seal(string path, string text) => sealer.Seal(path, text);

        public string Finish() => sealer.Finish(time.GetUtcNow());

        public void Dispose() => sealer.Dispose();
    }

    private sealed class Opener(SopsOpener opener) : IStateOpener
    {
        public string Unseal(string path, string text) => Try(() => opener.Unseal(path, text));

        public void Finish() => Try(() =>
        {
            opener.Finish();
            return true;
        });

        public void Dispose() => opener.Dispose();
    }
}
