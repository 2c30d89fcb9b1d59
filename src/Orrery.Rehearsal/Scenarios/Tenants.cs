using System.Text;
using Orrery.GitOps.Delivery;
using Orrery.Rehearsal.Stages;
using Orrery.Simulation.K3s;

namespace Orrery.Rehearsal.Scenarios;

/// <summary>
/// People outside: they move into every cluster that follows their repository, wait until what they pushed runs, and
/// come back after a month.
/// </summary>
internal sealed class Tenants
{
    /// <summary>Longer than a controller keeps a key that it may replace: 30 days.</summary>
    private static readonly TimeSpan Month = TimeSpan.FromDays(31);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>The engine looks at Git every two minutes at most; then images are fetched.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    private readonly Stage _stage;
    private readonly Visitor _visitor;

    public Tenants(Stage stage)
    {
        (_stage, _visitor) = (stage, new Visitor(stage));
        All =
        [
            .. stage.Platform.Clusters.Values
                .Where(cluster => cluster.Secrets.SealedSecrets || cluster.Secrets.Sops)
                .Select(cluster => (Cluster: cluster, Bootstrap: Bootstrap.Of(stage.Platform, cluster)))
                .Where(entry => entry.Bootstrap is not null)
                .Select(entry => new Tenant(stage, entry.Cluster, entry.Bootstrap!)),
        ];
    }

    public IReadOnlyList<Tenant> All { get; }

    /// <summary>They use what stands in the repository for everybody, beside the keys.</summary>
    public Task MoveInAsync(Func<bool> runs) => SealAgainAsync(runs);

    /// <summary>They add one more word with the certificate or recipient that stands in the repository now.</summary>
    public async Task SealAgainAsync(Func<bool> runs)
    {
        foreach (var tenant in All)
        {
            if (tenant.Cluster.Secrets.SealedSecrets && Published(tenant, "sealed-secrets.pem") is { } certificate)
                tenant.Seal(certificate);
            Encrypt(tenant);
        }

        await SettleAsync(runs);
    }

    /// <summary>
    /// A month passes in which nobody changes anything. Then they seal another word, as <c>kubeseal</c> does by itself:
    /// with the certificate that the controller shows.
    /// </summary>
    public async Task ReturnAfterAMonthAsync(Func<bool> runs)
    {
        if (All.Count == 0)
            return;
        _stage.Site.Agenda.RestUntil(_stage.Clock.Now + Month);
        await _stage.PassAsync(Month);
        foreach (var tenant in All)
        {
            if (tenant.Cluster.Secrets.SealedSecrets
                && _stage.ClustersOf(tenant.Cluster).FirstOrDefault()?.SealingCertificate is { } certificate)
                tenant.Seal(certificate);
            Encrypt(tenant);
        }

        await SettleAsync(runs);
    }

    /// <summary>Waits until everything of theirs runs, or for as long as anybody would.</summary>
    /// <param name="runs">And what else must run.</param>
    public async Task SettleAsync(Func<bool> runs)
    {
        var end = _stage.Clock.Now + Patience;
        while (!(All.All(IsSettled) && runs()) && _stage.Clock.Now < end)
            await _stage.PassAsync(Interval);
    }

    private void Encrypt(Tenant tenant)
    {
        if (tenant.Cluster.Secrets.Sops && Published(tenant, "age-recipient.txt") is { } recipient)
            tenant.Encrypt(recipient.Trim());
    }

    private string? Published(Tenant tenant, string name) =>
        _stage.Declaration.Files.TryGetValue($"secrets/{tenant.Cluster.Name}/{name}", out var content)
            ? Encoding.UTF8.GetString(content)
            : null;

    private bool IsSettled(Tenant tenant) => _visitor.IsAnswered(tenant.Cluster, [tenant.Host])
        && _stage.ClustersOf(tenant.Cluster).Any(cluster => IsOpened(tenant, cluster));

    private static bool IsOpened(Tenant tenant, SimulatedCluster cluster) =>
        tenant.Words.All(word => Tenant.WordIn(cluster, word.Key) == word.Value);
}
