using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;

namespace Orrery.Providers.Keys.Kinds;

/// <summary>A key that is chance alone: 32 bytes in base64, for whom <see cref="Kind"/> says.</summary>
internal sealed class RandomKeyHandler(KeyFolder folder, ResourceKind kind) : KeyHandler(folder)
{
    private const string Key = "key";
    private const int KeyBytes = 32;

    /// <summary>
    /// What the cluster's Vault seals its storage with. Another one could not read what is kept on a volume:
    /// https://openbao.org/docs/configuration/seal/static/.
    /// </summary>
    public static ResourceKind VaultSeal { get; } = Define("secret/vault-seal-key");

    /// <summary>What signs transfers of zones, as long as what HMAC-SHA256 gives: RFC 8945, 6.</summary>
    public static ResourceKind Transfer { get; } = Define("secret/transfer-key");

    /// <summary>What signs changes of zones, as long.</summary>
    public static ResourceKind Update { get; } = Define("secret/update-key");

    public override ResourceKind Kind => kind;

    protected override ValueMap<string> Make(Value.Map desired, IKeyMaker maker)
    {
        var random = new byte[KeyBytes];
        maker.Fill(random);
        return ValueMap.Of((Key, Convert.ToBase64String(random)));
    }

    protected override Value.Map OutputsOf(ValueMap<string> texts) =>
        Value.MapOf((Key, new Value.Sensitive(texts[Key])));

    private static ResourceKind Define(string type) => new()
    {
        Type = type,
        Fields = FieldsOf(FieldRule.Replaces),
        StableOutputs = ["id", Key],
    };
}
