using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;

namespace Orrery.Providers.Keys.Kinds;

/// <summary>
/// The key that the cluster's Vault seals its storage with, 32 bytes in base64. Another one could not read what is kept
/// on a volume: https://openbao.org/docs/configuration/seal/static/.
/// </summary>
internal sealed class VaultSealKeyHandler(KeyFolder folder) : KeyHandler(folder)
{
    private const string Key = "key";
    private const int KeyBytes = 32;

    public static ResourceKind Definition { get; } = new()
    {
        Type = "secret/vault-seal-key",
        Fields = FieldsOf(FieldRule.Replaces),
        StableOutputs = ["id", Key],
    };

    public override ResourceKind Kind => Definition;

    protected override ValueMap<string> Make(Value.Map desired, IKeyMaker maker)
    {
        var random = new byte[KeyBytes];
        maker.Fill(random);
        return ValueMap.Of((Key, Convert.ToBase64String(random)));
    }

    protected override Value.Map OutputsOf(ValueMap<string> texts) =>
        Value.MapOf((Key, new Value.Sensitive(texts[Key])));
}
