using Orrery.GitOps.Manifests;
using Orrery.GitOps.Ordering;
using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.GitOps.Catalog.Charts;

/// <summary>Components that copy what the cluster holds to elsewhere.</summary>
internal static class BackupCharts
{
    private const string Credentials = "velero-credentials";

    private static readonly Chart Velero = new("https://vmware-tanzu.github.io/helm-charts", "velero", "12.1.0");

    private static readonly Chart Volsync = new("https://backube.github.io/helm-charts/", "volsync", "0.16.0");

    /// <summary>https://velero.io/docs/</summary>
    public static CatalogComponent? OfVelero(Setting setting)
    {
        if (setting.Component("velero") is not { } component)
            return null;
        var hasKey = component.Secrets.TryGetValue("credentials", out var reference);
        return component.AsChart("velero", Velero, Manifest.Over(
            TargetOf(component),
            Value.MapOf(("credentials", hasKey
                ? Value.MapOf(("existingSecret", Credentials), ("useSecret", true))
                : Value.MapOf(("useSecret", false)))))) with
        {
            BaseValues = Value.MapOf(
                ("initContainers", Value.ListOf([Value.MapOf(
                    ("image", "docker.io/velero/velero-plugin-for-aws:v1.13.1"),
                    ("name", "velero-plugin-for-aws"),
                    ("volumeMounts", Value.ListOf(
                        [Value.MapOf(("mountPath", "/target"), ("name", "plugins"))])))])),
                // Nobody here takes snapshots of volumes.
                ("snapshotsEnabled", false),
                // A hook of Helm; the engine brings newer kinds with the chart.
                ("upgradeCRDs", false)),
            Secrets = hasKey ? [ComponentSecret.Of(Credentials, ("cloud", new SecretSource.Given(reference!)))] : [],
            Provides = [new Capability(CapabilityKind.Crd, "backups.velero.io")],
        };
    }

    /// <summary>https://volsync.readthedocs.io/</summary>
    public static CatalogComponent? OfVolsync(Setting setting) => setting.Component("volsync") is not { } component
        ? null
        : component.AsChart("volsync-system", Volsync) with
        {
            Provides =
            [
                new Capability(CapabilityKind.Crd, "replicationsources.volsync.backube"),
                new Capability(CapabilityKind.Crd, "replicationdestinations.volsync.backube"),
            ],
        };

    /// <summary>Whatever speaks the API of S3.</summary>
    private static Value.Map TargetOf(Component component)
    {
        if (component.Text("target", "s3", "endpoint") is not { } endpoint)
            return Value.Map.Empty;
        return Value.MapOf(("configuration", Value.MapOf(("backupStorageLocation", Value.ListOf(
        [
            Value.MapOf(
                ("bucket", component.Text("target", "s3", "bucket") ?? ""),
                ("config", Value.MapOf(
                    ("region", "default"), ("s3ForcePathStyle", "true"), ("s3Url", endpoint))),
                ("default", true),
                ("name", "default"),
                ("provider", "aws")),
        ])))));
    }
}
