using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Talos.Configuration;
using Orrery.Secrets.Certificates;

namespace Orrery.Providers.Keys.Kinds;

/// <summary>
/// The secrets of a Talos cluster and our administrators' certificates: with them a rebuilt cluster is the same one to
/// everybody who has a talosconfig or a kubeconfig.
/// </summary>
internal sealed class TalosSecretsHandler(KeyFolder folder) : KeyHandler(folder)
{
    private const string TalosCertificate = "talos-admin.crt";
    private const string TalosKey = "talos-admin.key";
    private const string KubernetesCertificate = "kubernetes-admin.crt";
    private const string KubernetesKey = "kubernetes-admin.key";

    public static ResourceKind Definition { get; } = new()
    {
        Type = "secret/talos-secrets",
        Fields = FieldsOf(FieldRule.Replaces),
        StableOutputs =
        [
            "id", "bundle", "talosAuthority", "talosCertificate", "talosKey", "serverAuthority", "adminCertificate",
            "adminKey",
        ],
        TypicalDuration = TimeSpan.FromSeconds(3), // An RSA key of 4096 bits.
    };

    public override ResourceKind Kind => Definition;

    protected override ValueMap<string> Make(Value.Map desired, IKeyMaker maker)
    {
        using var serviceKey = maker.RsaKey(TalosSecrets.ServiceKeyBits);
        var (secrets, kubernetes) = TalosSecrets.Make(maker.EcdsaKey, serviceKey, Folder.Begin, maker.Fill);
        using var talosKey = maker.EcdsaKey();
        var talos = secrets.SignTalosAdministrator(talosKey, Folder.Begin, maker.Fill);
        return TalosSecretsFile.TextsOf(secrets)
            .With(TalosCertificate, talos.Pem).With(TalosKey, talos.ExportPrivateKey())
            .With(KubernetesCertificate, kubernetes.Pem).With(KubernetesKey, kubernetes.ExportPrivateKey());
    }

    protected override Value.Map OutputsOf(ValueMap<string> texts)
    {
        var secrets = TalosSecretsFile.Of(texts);
        return Value.MapOf(
            ("bundle", TalosSecretsFile.Write(secrets)),
            ("talosAuthority", secrets.Os.Certificate),
            ("talosCertificate", texts[TalosCertificate]),
            ("talosKey", new Value.Sensitive(texts[TalosKey])),
            ("serverAuthority", secrets.Kubernetes.Certificate),
            ("adminCertificate", texts[KubernetesCertificate]),
            ("adminKey", new Value.Sensitive(texts[KubernetesKey])));
    }
}
