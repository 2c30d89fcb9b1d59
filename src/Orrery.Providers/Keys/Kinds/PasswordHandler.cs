using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;

namespace Orrery.Providers.Keys.Kinds;

/// <summary>A password that a program in the cluster starts with, the same after every rebuild.</summary>
internal sealed class PasswordHandler(KeyFolder folder) : KeyHandler(folder)
{
    private const string Password = "password";

    /// <summary>144 bits; a multiple of three, so that base64 has no padding.</summary>
    private const int RandomBytes = 18;

    public static ResourceKind Definition { get; } = new()
    {
        Type = "secret/password",
        Fields = FieldsOf(FieldRule.Replaces),
        StableOutputs = ["id", Password],
    };

    public override ResourceKind Kind => Definition;

    protected override ValueMap<string> Make(Value.Map desired, IKeyMaker maker)
    {
        var random = new byte[RandomBytes];
        maker.Fill(random);
        // People copy it into browsers and shells: nothing in it needs quoting.
        return ValueMap.Of((Password, Convert.ToBase64String(random).Replace('+', '-').Replace('/', '_')));
    }

    protected override Value.Map OutputsOf(ValueMap<string> texts) =>
        Value.MapOf((Password, new Value.Sensitive(texts[Password])));
}
