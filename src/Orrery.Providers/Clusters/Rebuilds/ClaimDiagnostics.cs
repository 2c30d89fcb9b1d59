using System.Globalization;
using Orrery.GitOps.Catalog.Charts;
using Orrery.Model.Diagnostics;

namespace Orrery.Providers.Clusters.Rebuilds;

/// <summary>What a rebuild does, or must not do, to what pods have written.</summary>
public static class ClaimDiagnostics
{
    private const int NamedMax = 10;

    private static readonly DiagnosticCode Lost = new(
        "DATA001",
        "a rebuild would lose what pods have written",
        "The data of these claims are on disks that go with the machines, or are known to a cluster alone that does "
        + "not answer. So no rebuild begins. Claims whose data may go say so by the annotation "
        + "`orrery.dev/disposable: \"true\"`.");

    private static readonly DiagnosticCode Taken = new(
        "DATA002",
        "the rebuilt cluster begins with the objects of the old one",
        "Which replica on the retained disks belongs to which claim, or which disk of Proxmox VE, is known to the "
        + "cluster alone. Before the first machine goes, the pods with such claims are stopped and a snapshot of etcd "
        + "is kept, encrypted to the platform's recovery; the new cluster's etcd begins with it. So everything else "
        + "that is in the cluster stays too, whether it is in the repository or not.")
    {
        Severity = Severity.Warning,
    };

    private static readonly DiagnosticCode Older = new(
        "DATA003",
        "the rebuilt cluster begins with an older snapshot",
        "The cluster does not answer, and so nothing can be stopped or kept now. It begins with the newest snapshot of "
        + "etcd that there is, if that is at most seven days old: claims that were made since then are not known to "
        + "it, and their data stay where they are and belong to nobody.")
    {
        Severity = Severity.Warning,
    };

    private static readonly DiagnosticCode Other = new(
        "DATA004",
        "the objects of the old cluster are of another Kubernetes",
        "A rebuilt cluster that begins with the objects of the old one must understand them: its Kubernetes may be the "
        + "next minor version, and neither an older one nor a later one. An upgrade goes there step by step.");

    private static readonly DiagnosticCode Stays = new(
        "DATA005",
        "disks of pods stay in Proxmox VE",
        "Disks that Proxmox CSI made are no machine's, and hold what pods wrote: neither a destroy nor a rebuild "
        + "deletes them. A cluster that begins empty afterwards does not know them. Whoever needs them no more deletes "
        + "them on the node of Proxmox VE.")
    {
        Severity = Severity.Warning,
    };

    public static DiagnosticFamily Family { get; } = new(
        "DATA", "Data", "Found in running clusters, before a rebuild begins.", [Lost, Taken, Older, Other, Stays]);

    /// <summary>Whether a diagnostic says that a rebuild would lose data.</summary>
    public static bool Is(Diagnostic diagnostic) => diagnostic.Code == Lost.Code;

    internal static Diagnostic WouldBeLost(string cluster, IReadOnlyList<(string Claim, string Why)> claims) => Lost.At(
        null, $"In cluster '{cluster}': {Named(claims.Select(claim => $"{claim.Claim} ({claim.Why})"), claims.Count)}.",
        [
            "copy the data elsewhere, then say that the claims may go:",
            $"  kubectl annotate pvc NAME --namespace NAMESPACE {LosableClaims.Disposable}=true",
        ]);

    /// <summary>It does not answer, and nothing was kept.</summary>
    internal static Diagnostic Unknown(string cluster, IReadOnlyList<string> storages) => Lost.At(
        null,
        $"Cluster '{cluster}' does not answer, and there is no snapshot of its etcd that is at most "
        + $"{EtcdMemory.OldestDays} days old: every claim on {string.Join(" and ", storages)} would be lost.",
        [
            "bring one of its control planes back; or, if nothing of it is needed, end it and begin anew:",
            "  orrery destroy DIR",
            "  orrery up DIR",
        ]);

    internal static Diagnostic TakenAlong(string cluster, IReadOnlyList<CarriedClaim> claims) => Taken.At(
        null,
        $"In cluster '{cluster}', etcd is kept for the sake of "
        + $"{Named(claims.Select(claim => $"{claim.Namespace}/{claim.Name}"), claims.Count)} "
        + $"({string.Join(" and ", claims.Select(claim => claim.Storage).Distinct())}).");

    internal static Diagnostic Left(string cluster, IReadOnlyList<(string Claim, string Disk)> disks) => Left(
        $"Of cluster '{cluster}': {Named(disks.Select(disk => $"{disk.Disk} ({disk.Claim})"), disks.Count)}.");

    /// <summary>It does not answer.</summary>
    internal static Diagnostic Unnamed(string cluster, string storage) => Left(
        $"Cluster '{cluster}' does not answer. The disks of its pods are called "
        + $"{storage}:vm-{ProxmoxCsi.OwnerNumber}-pvc-UID.");

    private static Diagnostic Left(string which) => Stays.At(
        null, which, ["delete one that nobody needs, on the node of Proxmox VE:", "  pvesm free VOLUME"]);

    internal static Diagnostic OlderIsUsed(string cluster, DateTimeOffset kept) => Older.At(
        null,
        $"Cluster '{cluster}' does not answer. It begins with its etcd of "
        + $"{kept.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC.");

    internal static Diagnostic OtherVersion(string cluster, string running, string declared) => Other.At(
        null, $"Cluster '{cluster}' runs Kubernetes {running}, and {declared} is declared.",
        ["go there first, node by node:", "  orrery upgrade DIR"]);

    private static string Named(IEnumerable<string> names, int count) => string.Join(", ", names.Take(NamedMax))
        + (count > NamedMax ? $", and {count - NamedMax} more" : "");
}
