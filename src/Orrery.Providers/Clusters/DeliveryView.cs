using System.Text.Json.Nodes;
using Orrery.GitOps.Delivery;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Kubernetes;
using Orrery.Providers.Kubernetes.Objects;
using Orrery.Providers.Kubernetes.Watching;

namespace Orrery.Providers.Clusters;

/// <summary>How one kind of GitOps engine is looked at.</summary>
/// <param name="kind">Of the resource that waits for all of it.</param>
/// <param name="plural">What it delivers, for people.</param>
internal sealed class DeliveryView(
    ResourceKind kind, string plural,
    Func<KubernetesClient, string, CancellationToken, Task<IReadOnlyList<DeliveryState>>> listAsync)
{
    private static readonly ApiKind Application = ApiKind.Of("argoproj.io/v1alpha1", "Application");
    private static readonly ApiKind GitRepository = ApiKind.Of("source.toolkit.fluxcd.io/v1", "GitRepository");
    private static readonly ApiKind HelmRepository = ApiKind.Of("source.toolkit.fluxcd.io/v1", "HelmRepository");
    private static readonly ApiKind Kustomization = ApiKind.Of("kustomize.toolkit.fluxcd.io/v1", "Kustomization");
    private static readonly ApiKind HelmRelease = ApiKind.Of("helm.toolkit.fluxcd.io/v2", "HelmRelease");

    // Of an Application's status, and of a Kustomization's.
    private static readonly string[] Long = ["resources", "history", "summary", "inventory"];

    public static DeliveryView ArgoCd { get; } =
        new(ConvergenceHandler.Define("argocd/applications"), "Applications", ApplicationsAsync);

    public static DeliveryView Flux { get; } =
        new(ConvergenceHandler.Define("flux/kustomizations"), "Kustomizations and HelmReleases", FluxAsync);

    public ResourceKind Kind => kind;

    public string Plural => plural;

    /// <param name="since">What the engine has said before this is old; empty for none.</param>
    public Task<IReadOnlyList<DeliveryState>> ListAsync(
        KubernetesClient client, string since, CancellationToken cancellation) =>
        listAsync(client, since, cancellation);

    private static async Task<IReadOnlyList<DeliveryState>> ApplicationsAsync(
        KubernetesClient client, string since, CancellationToken cancellation) =>
    [
        .. (await ListAsync(client, Application, "argocd", cancellation))
            .Select(application => DeliveryState.OfApplication(application, since)),
    ];

    /// <summary>In all namespaces, and the sources too: what fails there is said there.</summary>
    private static async Task<IReadOnlyList<DeliveryState>> FluxAsync(
        KubernetesClient client, string since, CancellationToken cancellation)
    {
        var found = await Task.WhenAll(
            new[] { GitRepository, HelmRepository, Kustomization, HelmRelease }
                .Select(each => ListAsync(client, each, null, cancellation)));
        var (repositories, charts, kustomizations, releases) = (found[0], found[1], found[2], found[3]);
        var revisions = repositories.ToDictionary(
            repository => NameOf(repository["metadata"], ""), repository => RevisionOf(repository["status"]));
        return
        [
            .. repositories.Concat(charts).Concat(releases)
                .Select(item => DeliveryState.OfFlux(item, null, since)),
            .. kustomizations.Select(item => DeliveryState.OfFlux(item, Wanted(item, revisions), since)),
        ];
    }

    /// <summary>Of sources that are no repositories of Git, what Flux has tried last.</summary>
    private static string? Wanted(Value.Map kustomization, Dictionary<string, string?> revisions) =>
        kustomization["spec"] is Value.Map spec && spec["sourceRef"] is Value.Map source
        && kustomization["metadata"] is Value.Map metadata && source["kind"].AsText() == "GitRepository"
            ? revisions.GetValueOrDefault(NameOf(source, metadata["namespace"].AsText() ?? ""))
            : kustomization["status"] is Value.Map status ? status["lastAttemptedRevision"].AsText() : null;

    private static string NameOf(Value value, string space) =>
        value is Value.Map named ? $"{named["namespace"].AsText() ?? space}/{named["name"].AsText()}" : "";

    private static string? RevisionOf(Value status) =>
        status is Value.Map { } map && map["artifact"] is Value.Map artifact ? artifact["revision"].AsText() : null;

    /// <summary>The object without what is long in it and says nothing of how far it is.</summary>
    private static Value.Map Shown(JsonObject item)
    {
        (item["metadata"] as JsonObject)?.Remove("managedFields");
        if (item["status"] is JsonObject status)
        {
            foreach (var name in Long)
                status.Remove(name);
            (status["operationState"] as JsonObject)?.Remove("syncResult");
        }

        return (Value.Map)ManifestJson.ToValue(item);
    }

    private static async Task<IReadOnlyList<Value.Map>> ListAsync(
        KubernetesClient client, ApiKind kind, string? space, CancellationToken cancellation)
    {
        var found = await client.ListAsync(kind, new ListScope { Namespace = space }, cancellation);
        return [.. found.Select(item => Shown(item.Json))];
    }
}
