using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Secrets.SealedSecrets;

namespace Orrery.Providers.Keys.Kinds;

/// <summary>
/// The key pair of the cluster's Sealed Secrets controller, made before the cluster: whatever is sealed to it opens in
/// every later cluster, too. The certificate stands beside it, so that people can seal without us.
/// </summary>
internal sealed class SealedSecretsKeyHandler(KeyFolder folder) : KeyHandler(folder)
{
    private const string Certificate = "tls.crt";
    private const string Key = "tls.key";

    public static ResourceKind Definition { get; } = new()
    {
        Type = "secret/sealed-secrets-key",
        Fields = FieldsOf(FieldRule.Replaces),
        StableOutputs = ["id", "certificate", "key"],
        TypicalDuration = TimeSpan.FromSeconds(3),
    };

    public override ResourceKind Kind => Definition;

    protected override ValueMap<string> Make(Value.Map desired, IKeyMaker maker)
    {
        using var key = maker.RsaKey(SealedSecretsKey.Bits);
        var made = SealedSecretsKey.Make(key, Folder.Begin, maker.Fill);
        return ValueMap.Of((Certificate, made.Certificate.Pem), (Key, made.ExportPrivateKey()));
    }

    protected override Value.Map OutputsOf(ValueMap<string> texts) =>
        Value.MapOf(("certificate", texts[Certificate]), ("key", new Value.Sensitive(texts[Key])));

    protected override IEnumerable<(string Path, string Text)> PublicFiles(string id, ValueMap<string> texts)
    {
        // As people look for it: sealed-secrets.pem, whatever the file of the pair is called.
        yield return ($"{id[..id.IndexOf("/keys/", StringComparison.Ordinal)]}/sealed-secrets.pem", texts[Certificate]);
    }
}
