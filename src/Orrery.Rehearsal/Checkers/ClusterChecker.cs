using System.Text;
using System.Text.Json.Nodes;
using Orrery.GitOps.Catalog.Charts;
using Orrery.Model.Platforms;
using Orrery.Rehearsal.Scenarios;
using Orrery.Rehearsal.Stages;
using Orrery.Simulation.K3s;

namespace Orrery.Rehearsal.Checkers;

/// <summary>
/// Compares what people rely on in the clusters: sealed words open, claims hold what pods wrote, and nobody orders a
/// certificate that is there already.
/// </summary>
internal sealed class ClusterChecker(Stage stage, Invariants invariants)
{
    private const string FileName = "rehearsal.txt";
    private const string ProvisionedBy = "pv.kubernetes.io/provisioned-by";
    private readonly SortedDictionary<(string Cluster, string Space, string Claim), string> _written = [];
    private readonly SortedDictionary<string, int> _orders = new(StringComparer.Ordinal);
    private int _writes;

    /// <summary>Each sealed word is in its cluster as a Secret, as it was before it was sealed.</summary>
    public void WordsAreOpen(IEnumerable<Tenant> tenants, string when)
    {
        foreach (var tenant in tenants)
        {
            var cluster = stage.ClustersOf(tenant.Cluster).FirstOrDefault();
            foreach (var (name, word) in tenant.Words)
            {
                invariants.Secrets.Check(
                    cluster is not null && Tenant.WordIn(cluster, name) == word,
                    () => $"{tenant.Cluster.Name}: {name} is not decrypted {when}");
            }
        }
    }

    /// <summary>What is sealed from now on is sealed to the key that the repository publishes.</summary>
    public void NewestKeysAreUsed()
    {
        foreach (var cluster in stage.Platform.Clusters.Values.Where(cluster => cluster.Secrets.SealedSecrets))
        {
            invariants.Secrets.Check(
                IsNewestKeyUsed(cluster),
                () => $"{cluster.Name}: its controller shows another certificate than the repository");
        }
    }

    /// <summary>Every controller has started again since its newest key is there.</summary>
    public bool AreNewestKeysUsed() => stage.Platform.Clusters.Values
        .Where(cluster => cluster.Secrets.SealedSecrets).All(IsNewestKeyUsed);

    private bool IsNewestKeyUsed(Cluster cluster)
    {
        var shown = stage.ClustersOf(cluster).FirstOrDefault()?.SealingCertificate;
        var published = stage.Declaration.Files.GetValueOrDefault($"secrets/{cluster.Name}/sealed-secrets.pem");
        return published is not null && shown?.Trim() == Encoding.UTF8.GetString(published).Trim();
    }

    /// <summary>Remembers how often the certificate of each host was ordered so far.</summary>
    public void CountOrders()
    {
        foreach (var order in Authority.Orders)
            _orders[order.Host] = Authority.OrdersOf(order.Host);
    }

    /// <summary>No host's certificate was ordered again since, where the store of certificates is kept.</summary>
    public void NothingIsReordered(string when)
    {
        if (!stage.Platform.Clusters.Values.All(KeepsCertificates))
            return;
        foreach (var (host, count) in _orders)
        {
            var now = Authority.OrdersOf(host);
            invariants.Certificates.Check(
                now == count, () => $"{host}: {now} orders {when}, {count} before");
        }
    }

    /// <summary>Every pod that has mounted a claim that must survive writes to it.</summary>
    public void WriteThroughClaims()
    {
        foreach (var cluster in stage.Platform.Clusters.Values)
        {
            foreach (var running in stage.ClustersOf(cluster))
            {
                foreach (var (space, claim) in ClaimsThatSurvive(cluster, running))
                {
                    var value = $"claimed row {++_writes}";
                    if (running.WriteThroughClaim(space, claim, FileName, value))
                        _written[(cluster.Name, space, claim)] = value;
                }
            }
        }
    }

    /// <summary>Some pod runs that can read what was written; an application may be there before its data.</summary>
    public bool AreClaimsMounted() => _written.Keys.All(key => Read(key) is not null);

    /// <summary>Whoever has mounted the claim now reads the same.</summary>
    public void ClaimsAreReadable(string when)
    {
        foreach (var (key, value) in _written)
        {
            var read = Read(key);
            invariants.ProtectedData.Check(
                read == value,
                () => $"the claim {key.Space}/{key.Claim} should hold '{value}' {when} and holds '{read}'");
        }
    }

    /// <summary>Without any cluster, what pods wrote is on some protected disk, or on somebody's file server.</summary>
    public void ClaimsAreKept()
    {
        var kept = stage.World.Inventory().Where(item => item is { Kind: "volumes", DeleteProtected: true })
            .SelectMany(item => (IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>>?)
                stage.Site.DiskOf(item.Id)?.StableFiles() ?? [])
            .Concat(stage.Site.Clusters.Options.Nfs.Files())
            .Concat((stage.Site.Proxmox?.Inventory() ?? []).Where(item => item.Kind == "volume")
                .SelectMany(item => (IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>>?)
                    stage.Site.DiskOf(item.Id)?.StableFiles() ?? []))
            .Where(file => file.Key.EndsWith($"/{FileName}", StringComparison.Ordinal))
            .Select(file => Encoding.UTF8.GetString(file.Value.Span)).ToHashSet(StringComparer.Ordinal);
        foreach (var (key, value) in _written)
        {
            invariants.ProtectedData.Check(
                kept.Contains(value), () => $"what was written through {key.Space}/{key.Claim} is on no disk");
        }
    }

    private string? Read((string Cluster, string Space, string Claim) key) =>
        stage.ClustersOf(stage.Platform.Clusters[key.Cluster]).FirstOrDefault()
            ?.ReadThroughClaim(key.Space, key.Claim, FileName);

    private Simulation.K3s.Ingress.LetsEncrypt Authority => stage.Site.Clusters.Options.LetsEncrypt;

    private static IEnumerable<string> KeptPaths(Cluster cluster) => cluster.NodePools.Values
        .SelectMany(pool => pool.Volumes.Values).Where(volume => volume.Retain).Select(volume => volume.MountPath);

    private static bool IsKept(Cluster cluster, string? path) => path is not null && KeptPaths(cluster)
        .Any(kept => path.StartsWith($"{kept.TrimEnd('/')}/", StringComparison.Ordinal));

    /// <summary>As declared, whatever the cluster then does: on a disk, or by us where cert-manager orders.</summary>
    private static bool KeepsCertificates(Cluster cluster) => cluster.Components.ContainsKey("cert-manager")
        || (cluster.Components.TryGetValue("traefik", out var traefik)
        && traefik.Options["storage"] is Model.Values.Value.Map storage
        && IsKept(cluster, storage["hostPath"].AsText()));

    /// <summary>
    /// Claims in volumes that stand on a kept disk, as Longhorn's replicas too, on a file server of somebody else, or
    /// on a disk of Proxmox VE that is no machine's; those that the cluster provisions itself also where they should.
    /// </summary>
    private static IEnumerable<(string Space, string Claim)> ClaimsThatSurvive(
        Cluster cluster, SimulatedCluster running)
    {
        var keepsProvisioned = cluster.Components.TryGetValue("local-path-provisioner", out var local)
            && IsKept(cluster, local.Options["path"].AsText());
        var store = running.Api.Store;
        var replicas = store.List("longhorn.io/v1beta2", "Replica")
            .Where(replica => IsKept(cluster, $"{Text(replica["spec"]?["diskPath"]).TrimEnd('/')}/replicas"))
            .Select(replica => Text(replica["spec"]?["volumeName"])).ToHashSet(StringComparer.Ordinal);
        foreach (var claim in store.List("v1", "PersistentVolumeClaim"))
        {
            if (store.Get("v1", "PersistentVolume", "", Text(claim["spec"]?["volumeName"])) is not { } volume)
                continue;
            var path = volume["spec"]?["hostPath"]?["path"] ?? volume["spec"]?["local"]?["path"];
            var isProvisioned = volume["metadata"]?["annotations"]?[ProvisionedBy] is not null;
            var isElsewhere = volume["spec"]?["nfs"] is not null
                || Text(volume["spec"]?["csi"]?["driver"]) == ProxmoxCsi.Driver;
            var isReplicated = replicas.Contains(Text(volume["spec"]?["csi"]?["volumeHandle"]));
            if (isElsewhere || isReplicated || (isProvisioned ? keepsProvisioned : IsKept(cluster, Text(path))))
                yield return (Text(claim["metadata"]?["namespace"]), Text(claim["metadata"]?["name"]));
        }
    }

    private static string Text(JsonNode? node) => node?.ToString() ?? "";
}
