using Orrery.GitOps.Ordering;
using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.GitOps.Catalog;

/// <summary>
/// The Sealed Secrets controller. The GitOps engine delivers it, and so it comes after its key: the hand-off applies
/// the key before the engine itself, and the controller adopts it.
/// </summary>
internal static class SealedSecrets
{
    private static readonly Chart Chart =
        new("https://bitnami-labs.github.io/sealed-secrets", "sealed-secrets", "2.18.5");

    private const string RestartedFor = "orrery.dev/key-generation";

    public static CatalogComponent? Of(Setting setting) => !setting.Cluster.Secrets.SealedSecrets
        ? null
        : new CatalogComponent
        {
            Name = "sealed-secrets",
            Namespace = "kube-system",
            By = DeliveredBy.GitOps,
            Chart = Chart,
            BaseValues = Value.MapOf(
            [
                // The name under which kubeseal looks for it.
                ("fullnameOverride", "sealed-secrets-controller"),
                // A key born in the cluster would be lost with it, and all that was sealed to it.
                ("keyrenewperiod", "0"),
                .. Restart(setting.Cluster.GenerationOf(KeyNames.SealedSecrets)),
            ]),
            Provides = [new Capability(CapabilityKind.Crd, "sealedsecrets.bitnami.com")],
            Requires = [new Capability(CapabilityKind.Namespace, "kube-system", "its key lies there")],
        };

    /// <summary>The controller reads its keys when it starts: with another key, another pod.</summary>
    private static (string Key, Value Value)[] Restart(int generation) => generation == 1
        ? []
        : [("podAnnotations", Value.MapOf((RestartedFor, $"{generation}")))];
}
