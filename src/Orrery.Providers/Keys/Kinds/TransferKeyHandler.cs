using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;

namespace Orrery.Providers.Keys.Kinds;

/// <summary>
/// The key that signs transfers of zones, 32 bytes in base64, as long as what HMAC-SHA256 gives: RFC 8945, 6.
/// </summary>
internal sealed class TransferKeyHandler(KeyFolder folder) : KeyHandler(folder)
{
    private const string Key = "key";
    private const int KeyBytes = 32;

    public static ResourceKind Definition { get; } = new()
    {
        Type = "secret/transfer-key",
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
