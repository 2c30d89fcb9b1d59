using System.Text.Json.Nodes;
using Orrery.Model.Values;
using Orrery.Simulation.ArgoCd;
using Orrery.Simulation.Flux;
using Orrery.Simulation.Git;
using Orrery.Simulation.K3s.Charts;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;
using Orrery.Simulation.Worlds;
using Orrery.Tests.Simulation.ArgoCd;
using Orrery.Tests.Simulation.GitHub;

namespace Orrery.Tests.Simulation.Flux;

/// <summary>A cluster with Flux, which reads a repository at GitHub by a deploy key.</summary>
internal sealed class FluxScene
{
    public const string Charts = "https://charts.example.org";
    public const string Kustomizations = "kustomize.toolkit.fluxcd.io/v1";
    public const string Sources = "source.toolkit.fluxcd.io/v1";
    public const string Releases = "helm.toolkit.fluxcd.io/v2";

    private const string KnownHosts =
        "github.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";

    private static readonly string[] Controllers = ["source-controller", "kustomize-controller", "helm-controller"];

    public FluxScene(bool isInstalled = true, string values = "{}")
    {
        Api = new KubernetesApi(new KubernetesApiOptions(), Agenda);
        Library.Add(Charts, "web", "1.0.0", request =>
            request.Values["name"].Text() is { } name
                ? [Yaml(ArgoScene.ConfigMap(name)), Yaml(ArgoScene.Deployment(name))]
                : [Yaml(ArgoScene.ConfigMap("web", request.Values["value"].Text() ?? "none"))]);
        Library.Add(Charts, "broken", "1.0.0", _ => [Yaml("{apiVersion: v2, kind: Nothing, metadata: {name: n}}")]);
        _ = new FluxControllers(Store, Agenda, GitHub.Remotes, Library, new FluxOptions());
        foreach (var ns in (string[])["flux-system", "shop"])
            Make($"{{apiVersion: v1, kind: Namespace, metadata: {{name: {ns}}}}}");
        var chart = new ChartRequest(
            "https://fluxcd-community.github.io/helm-charts", "flux2", "2.18.3", "flux2", "flux-system", Yaml(values));
        foreach (var item in Library.Render(chart).ShouldNotBeNull().Objects)
            Store.Create(item);
        Wait(1);
        GitHub.AddKey(1).Status.ShouldBe(201);
        if (isInstalled)
            Install();
    }

    public Agenda Agenda { get; } = new();

    public GitHubDriver GitHub { get; } = new();

    public KubernetesApi Api { get; }

    public ClusterStore Store => Api.Store;

    public ChartLibrary Library { get; } = new();

    /// <summary>Flux' own workloads become ready.</summary>
    public void Install()
    {
        foreach (var name in Controllers)
            Ready("flux-system", name);
        Wait(3);
    }

    public void Wait(double seconds)
    {
        Agenda.AdvanceTo(Agenda.Now + TimeSpan.FromSeconds(seconds));
        GitHub.Now = Agenda.Now;
    }

    public void Push(params ReadOnlySpan<(string Path, string Content)> files) => GitHub.Platform.Commit(
        "main", ValueMap.Of(files), [], new GitNote("Change", "They <they@example.org>", Store.Clock));

    public void Delete(params string[] paths) => GitHub.Platform.Commit(
        "main", ValueMap<string>.Empty, paths.ToValueList(),
        new GitNote("Delete", "They <they@example.org>", Store.Clock));

    public JsonObject Make(string yaml) => Store.Create(Yaml(yaml));

    /// <summary>The repository and its Secret.</summary>
    /// <param name="key">The number of the deploy key; the first is registered.</param>
    public void Follow(
        byte key = 1, string knownHosts = KnownHosts, string secret = "repository", string branch = "main")
    {
        var identity = JsonText.Of(JsonValue.Create(ArgoScene.PrivateKey(key)));
        Make($"{{apiVersion: v1, kind: Secret, metadata: {{name: {secret}, namespace: flux-system}}, stringData:"
            + $" {{identity: {identity}, known_hosts: '{knownHosts}'}}}}");
        Make($"{{apiVersion: {Sources}, kind: GitRepository, metadata: {{name: platform, namespace: flux-system}},"
            + $" spec: {{interval: 1m, url: 'ssh://git@github.com/octocat/platform.git', ref: {{branch: {branch}}},"
            + " secretRef: {name: repository}}}");
    }

    public void Kustomize(string name, string more = "") => Make(
        $"{{apiVersion: {Kustomizations}, kind: Kustomization, metadata: {{name: {name}, namespace: flux-system}},"
        + $" spec: {{interval: 10m, retryInterval: 1m, timeout: 5m, path: ./{name}, prune: true, sourceRef: {{kind:"
        + $" GitRepository, name: platform}}{more}}}}}");

    public void Helm(string chart = "web", string more = "", string values = "{}", string version = "1.0.0")
    {
        if (Store.Get(Sources, "HelmRepository", "shop", "charts") is null)
        {
            Make($"{{apiVersion: {Sources}, kind: HelmRepository, metadata: {{name: charts, namespace: shop}}, spec:"
                + $" {{interval: 1h, url: '{Charts}'}}}}");
        }

        Store.Apply(
            Yaml($"{{apiVersion: {Releases}, kind: HelmRelease, metadata: {{name: web, namespace: shop}}, spec:"
                + $" {{interval: 10m, timeout: 5m, values: {values}, chart: {{spec: {{chart: {chart},"
                + $" version: {version}, sourceRef: {{kind: HelmRepository, name: charts}}}}}}{more}}}}}"),
            new WriteOptions { Manager = "test", Force = true });
    }

    public void Ready(string ns, string name)
    {
        var item = Store.Get("apps/v1", "Deployment", ns, name).ShouldNotBeNull();
        item["status"] = new JsonObject
        {
            ["observedGeneration"] = item["metadata"]!["generation"]!.DeepClone(),
            ["replicas"] = 1,
            ["readyReplicas"] = 1,
            ["updatedReplicas"] = 1,
            ["availableReplicas"] = 1,
        };
        Store.Update(item, new WriteOptions { Subresource = "status" });
    }

    /// <summary>Status, reason and message of the condition Ready; empty where nobody looked yet.</summary>
    public string Condition(string apiVersion, string kind, string ns, string name)
    {
        var ready = Store.Get(apiVersion, kind, ns, name).At("status", "conditions").Items().SingleOrDefault();
        return ready is null ? "" : $"{ready.TextAt("status")} {ready.TextAt("reason")} {ready.TextAt("message")}";
    }

    public string Source() => Condition(Sources, "GitRepository", "flux-system", "platform");

    public string Kustomization(string name) => Condition(Kustomizations, "Kustomization", "flux-system", name);

    public string Release() => Condition(Releases, "HelmRelease", "shop", "web");

    public string? Value(string name) => Store.Get("v1", "ConfigMap", "shop", name).TextAt("data", "key");

    /// <summary>A ConfigMap of the shop.</summary>
    public static string Config(string name, string value = "1") =>
        ArgoScene.ConfigMap(name, value, ", namespace: shop");

    private static JsonObject Yaml(string text)
    {
        var item = (JsonObject)YamlDocuments.Parse(text)!;
        if (item.TextAt("kind") is "ConfigMap" or "Deployment" && item.Namespace().Length == 0)
            item["metadata"]!["namespace"] = "shop";
        return item;
    }
}
