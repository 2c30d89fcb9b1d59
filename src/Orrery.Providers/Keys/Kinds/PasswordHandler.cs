using Orrery.Engine.Ports;
using Orrery.GitOps.Catalog;
using Orrery.Model.Resources;
using Orrery.Model.Values;

namespace Orrery.Providers.Keys.Kinds;

/// <summary>A password that a program in the cluster starts with, the same after every rebuild.</summary>
internal sealed class PasswordHandler(KeyFolder folder) : KeyHandler(folder)
{
    private const string Password = "password";

    private const string Length = "length";

    public static ResourceKind Definition { get; } = new()
    {
        Type = "secret/password",
        Fields = FieldsOf(FieldRule.Replaces, (Length, FieldRule.Replaces)),
        StableOutputs = ["id", Password],
    };

    public override ResourceKind Kind => Definition;

    protected override ValueMap<string> Make(Value.Map desired, IKeyMaker maker)
    {
        // Three bytes are four characters: base64 has no padding then.
        var length = (int)(desired[Length].AsNumber() ?? SecretSource.Password.UsualLength);
        var random = new byte[length / 4 * 3];
        maker.Fill(random);
        // People copy it into browsers and shells: nothing in it needs quoting.
        return ValueMap.Of((Password, Convert.ToBase64String(random).Replace('+', '-').Replace('/', '_')));
    }

    protected override Value.Map PropertiesOf(ValueMap<string> texts) =>
        texts[Password].Length == SecretSource.Password.UsualLength
            ? Value.Map.Empty
            : Value.MapOf((Length, texts[Password].Length));

    protected override Value.Map OutputsOf(ValueMap<string> texts) =>
        Value.MapOf((Password, new Value.Sensitive(texts[Password])));
}
