using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Secrets.Certificates;

namespace Orrery.Providers.Keys.Kinds;

/// <summary>
/// The token with which nodes join a K3s cluster. K3s also encrypts with it what it keeps in its datastore, so that a
/// backup opens only with the same token.
/// </summary>
internal sealed class K3sTokenHandler(KeyFolder folder) : KeyHandler(folder)
{
    private const string Token = "token";
    private const string Authority = "serverAuthority";

    public static ResourceKind Definition { get; } = new()
    {
        Type = "secret/k3s-token",
        Fields = FieldsOf(FieldRule.Replaces, (Authority, FieldRule.CreateOnly)),
        StableOutputs = ["id", Token],
    };

    public override ResourceKind Kind => Definition;

    protected override ValueMap<string> Make(Value.Map desired, IKeyMaker maker)
    {
        var authority = desired[Authority].AsText()
            ?? throw new ProviderException(ProviderErrorCode.Invalid, "the token needs the server's authority");
        return ValueMap.Of((Token, K3sToken.Make(authority, maker.Fill)));
    }

    protected override Value.Map OutputsOf(ValueMap<string> texts) =>
        Value.MapOf((Token, new Value.Sensitive(texts[Token])));
}
