using Orrery.Engine.Ports;
using Orrery.Model.Platforms;
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
    private const string Private = "tls.key";

    /// <summary>The certificate of the key before: this one begins later, so that it is sealed to.</summary>
    private const string After = "after";

    public static ResourceKind Definition { get; } = new()
    {
        Type = $"secret/{KeyNames.SealedSecrets}",
        Fields = FieldsOf(FieldRule.Replaces, (After, FieldRule.CreateOnly)),
        StableOutputs = ["id", "certificate", "key"],
        TypicalDuration = TimeSpan.FromSeconds(3),
    };

    public override ResourceKind Kind => Definition;

    public static string CertificateOf(KeyFile file) => file.Texts[Certificate];

    protected override ValueMap<string> Make(Value.Map desired, IKeyMaker maker)
    {
        using var key = maker.RsaKey(SealedSecretsKey.Bits);
        var begin = Folder.Begin;
        if (desired[After].AsText() is { } before && SealingCertificate.Read(before).NotBefore is var last
            && begin <= last)
            begin = last.AddSeconds(1);
        var made = SealedSecretsKey.Make(key, begin, maker.Fill);
        return ValueMap.Of((Certificate, made.Certificate.Pem), (Private, made.ExportPrivateKey()));
    }

    protected override Value.Map OutputsOf(ValueMap<string> texts) =>
        Value.MapOf(("certificate", texts[Certificate]), ("key", new Value.Sensitive(texts[Private])));

    /// <summary>As people look for it, whatever the file of the pair is called.</summary>
    protected override (string Path, string Text)? NewestPublished(string folder, ValueMap<string> texts) =>
        ($"{folder}/sealed-secrets.pem", texts[Certificate]);
}
