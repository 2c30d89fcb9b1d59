using Orrery.Model.Values;

namespace Orrery.GitOps.Manifests;

/// <summary>
/// A folder of the node as a volume that a certain claim finds by its label, so that the claim of a rebuilt cluster
/// reads what its predecessor wrote. Its owner is who the chart's pods run as: kubelet does not change the owner of
/// such a folder, and so nothing needs to be open to everybody.
/// </summary>
/// <param name="Name">For example <c>prometheus</c>; also the label's value.</param>
/// <param name="Path">On the node.</param>
/// <param name="Size">As Kubernetes writes it; a folder of the node is not really bounded by it.</param>
/// <param name="Owner">Numeric user of the pods.</param>
/// <param name="Group">Numeric group of the pods.</param>
internal sealed record StaticVolume(string Name, string Path, string Size, int Owner, int Group)
{
    /// <summary>No StorageClass has this name, so nothing provisions for it.</summary>
    public const string ClassName = "manual";

    private const string Label = "orrery.dev/volume";

    public Value.Map Volume() => Manifest.Of(
        "v1",
        "PersistentVolume",
        Name + "-data",
        null,
        ("spec", Value.MapOf(
            ("accessModes", Manifest.Texts("ReadWriteOnce")),
            ("capacity", Value.MapOf(("storage", Size))),
            ("hostPath", Value.MapOf(("path", Path), ("type", "Directory"))),
            ("persistentVolumeReclaimPolicy", "Retain"),
            ("storageClassName", ClassName)))).Labelled(Label, Name);

    public Value.Map Claim(string space) => Manifest.Of(
        "v1", "PersistentVolumeClaim", Name + "-data", space, ("spec", ClaimSpec()));

    /// <summary>For a chart that makes the claim itself.</summary>
    public Value.Map ClaimSpec() => Value.MapOf(
        ("accessModes", Manifest.Texts("ReadWriteOnce")),
        ("resources", Value.MapOf(("requests", Value.MapOf(("storage", Size))))),
        ("selector", Value.MapOf(("matchLabels", Value.MapOf((Label, Name))))),
        ("storageClassName", ClassName));
}
