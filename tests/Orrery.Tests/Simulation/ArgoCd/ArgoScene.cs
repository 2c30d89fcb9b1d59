using System.Text;
using System.Text.Json.Nodes;
using Orrery.Model.Values;
using Orrery.Simulation.ArgoCd;
using Orrery.Simulation.Git;
using Orrery.Simulation.Kubernetes;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;
using Orrery.Simulation.Worlds;
using Orrery.Tests.Simulation.GitHub;

namespace Orrery.Tests.Simulation.ArgoCd;

/// <summary>A cluster with an Argo CD that reads a repository at GitHub by a deploy key.</summary>
internal sealed class ArgoScene : IChartLibrary
{
    public const string Repository = GitHubDriver.SshUrl;

    /// <summary>The check of the documentation: a child's health is its own word.</summary>
    public const string DocumentedHealth =
        """
        hs = {}
        hs.status = "Progressing"
        hs.message = ""
        if obj.status ~= nil then
          if obj.status.health ~= nil then
            hs.status = obj.status.health.status
            if obj.status.health.message ~= nil then
              hs.message = obj.status.health.message
            end
          end
        end
        return hs
        """;

    private const string Argo = "argoproj.io/v1alpha1";

    public ArgoScene(string? health = DocumentedHealth, bool hasKey = true)
    {
        Api = new KubernetesApi(new KubernetesApiOptions(), Agenda);
        Define("Application", "applications", "argoproj.io", "v1alpha1");
        Define("AppProject", "appprojects", "argoproj.io", "v1alpha1");
        Define("ImageUpdater", "imageupdaters", "argocd-image-updater.argoproj.io", "v1alpha1");
        Wait(1);
        Make("{apiVersion: v1, kind: Namespace, metadata: {name: argocd}}");
        var check = health is null
            ? ""
            : $", resource.customizations.health.argoproj.io_Application: {JsonText.Of(JsonValue.Create(health))}";
        Make($"{{apiVersion: v1, kind: ConfigMap, metadata: {{name: argocd-cm, namespace: argocd}}, data:"
            + $" {{timeout.reconciliation: 60s{check}}}}}");
        if (hasKey)
        {
            GitHub.AddKey(1).Status.ShouldBe(201);
            Make($"{{apiVersion: v1, kind: Secret, metadata: {{name: repo, namespace: argocd, labels:"
                + $" {{argocd.argoproj.io/secret-type: repository}}}}, stringData: {{type: git, url: '{Repository}',"
                + $" sshPrivateKey: {JsonText.Of(JsonValue.Create(PrivateKey(1)))}}}}}");
        }

        Project();
        Controller = new ArgoCdController(Store, Agenda, GitHub.Remotes, this, new ArgoCdOptions());
    }

    public Agenda Agenda { get; } = new();

    public GitHubDriver GitHub { get; } = new();

    public KubernetesApi Api { get; }

    public ClusterStore Store => Api.Store;

    public ArgoCdController Controller { get; }

    /// <summary>Charts by name; each gives its objects for its values.</summary>
    public Dictionary<string, Func<ChartRequest, ChartObjects>> Charts { get; } = [];

    public List<ChartRequest> Requested { get; } = [];

    public ChartObjects? Render(ChartRequest request)
    {
        Requested.Add(request);
        return Charts.TryGetValue(request.Chart, out var chart) ? chart(request) : null;
    }

    /// <summary>Argo CD's own workloads become ready.</summary>
    public void Install()
    {
        Workload("StatefulSet", "argocd", "argocd-application-controller");
        Workload("Deployment", "argocd", "argocd-repo-server");
        Ready("StatefulSet", "argocd", "argocd-application-controller");
        Ready("Deployment", "argocd", "argocd-repo-server");
    }

    public void Wait(double seconds)
    {
        Agenda.AdvanceTo(Agenda.Now + TimeSpan.FromSeconds(seconds));
        GitHub.Now = Agenda.Now;
    }

    public string Push(params ReadOnlySpan<(string Path, string Content)> files) => GitHub.Platform.Commit(
        "main", ValueMap.Of(files), [], new GitNote("Change", "They <they@example.org>", Store.Clock));

    public string Delete(params string[] paths) => GitHub.Platform.Commit(
        "main", ValueMap<string>.Empty, paths.ToValueList(),
        new GitNote("Delete", "They <they@example.org>", Store.Clock));

    public JsonObject Make(string yaml) => Store.Create((JsonObject)YamlDocuments.Parse(yaml)!);

    public void Project(string more = "") => Make(
        $"{{apiVersion: {Argo}, kind: AppProject, metadata: {{name: default, namespace: argocd}}, spec:"
            + $" {{sourceRepos: ['*'], destinations: [{{server: '*', namespace: '*'}}], clusterResourceWhitelist:"
            + $" [{{group: '*', kind: '*'}}]{more}}}}}");

    /// <summary>An Application as YAML in one line.</summary>
    /// <param name="source">Members of the source beside its repository.</param>
    public static string Application(
        string name, string source, string ns = "shop", string metadata = "", string policy = Automated,
        string repository = Repository) =>
        $"{{apiVersion: {Argo}, kind: Application, metadata: {{name: {name}, namespace: argocd{metadata}}}, "
        + $"spec: {{project: default, source: {{repoURL: '{repository}', {source}}}, "
        + $"destination: {{server: 'https://kubernetes.default.svc', namespace: {ns}}}, syncPolicy: {{{policy}}}}}}}";

    public const string Automated =
        "automated: {prune: true, selfHeal: true}, syncOptions: [CreateNamespace=true, ServerSideApply=true], "
        + "retry: {limit: 2, backoff: {duration: 5s, factor: 2, maxDuration: 1m}}";

    public static string ConfigMap(string name, string value = "1", string metadata = "") =>
        $"{{apiVersion: v1, kind: ConfigMap, metadata: {{name: {name}{metadata}}}, data: {{key: '{value}'}}}}";

    public static string Deployment(string name, string wave = "0", string image = "ghcr.io/shop/web:1") =>
        $"{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: {name}, annotations:"
            + $" {{argocd.argoproj.io/sync-wave: '{wave}'}}}}, "
        + $"spec: {{selector: {{matchLabels: {{app: {name}}}}}, template: {{metadata: {{labels: {{app: {name}}}}},"
        + $" spec: {{containers: [{{name: c, image: '{image}'}}]}}}}}}}}";

    public void Ready(string kind, string ns, string name)
    {
        var item = Store.Get("apps/v1", kind, ns, name)!;
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

    public void Workload(string kind, string ns, string name)
    {
        var item = (JsonObject)YamlDocuments.Parse(Deployment(name))!;
        item["kind"] = kind;
        item["metadata"]!["namespace"] = ns;
        if (kind == "StatefulSet")
            item["spec"]!["serviceName"] = name;
        Store.Create(item);
    }

    public JsonObject App(string name) => Store.Get(Argo, "Application", "argocd", name).ShouldNotBeNull();

    /// <summary>Sync, health and phase in one line.</summary>
    public string State(string name)
    {
        var status = App(name)["status"];
        return $"{status.TextAt("sync", "status")} {status.TextAt("health", "status")}"
            + $" {status.TextAt("operationState", "phase")}";
    }

    public string Conditions(string name) => string.Join('\n', (App(name).At("status", "conditions") as JsonArray ?? [])
        .Select(each => $"{each.TextAt("type")}: {each.TextAt("message")}"));

    public string Message(string name) => App(name).TextAt("status", "operationState", "message") ?? "";

    public string? Value(string name, string ns = "shop") =>
        Store.Get("v1", "ConfigMap", ns, name).TextAt("data", "key");

    /// <summary>A private key file whose public half is <see cref="GitHubDriver.Key"/> of the same number.</summary>
    public static string PrivateKey(byte number)
    {
        static byte[] Part(byte[] bytes) => [0, 0, 0, (byte)bytes.Length, .. bytes];
        var blob = Convert.FromBase64String(GitHubDriver.Key(number).Split(' ')[1]);
        byte[] file =
        [
            .. "openssh-key-v1\0"u8, .. Part("none"u8.ToArray()), .. Part("none"u8.ToArray()), .. Part([]), 0, 0, 0, 1,
            .. Part(blob), .. Part(Encoding.ASCII.GetBytes("(simulated)")),
        ];
        return $"-----BEGIN OPENSSH PRIVATE KEY-----\n{Convert.ToBase64String(file)}\n-----END OPENSSH PRIVATE"
            + $" KEY-----\n";
    }

    private static readonly string Members = string.Join(
        ", ", ((string[])["spec", "status", "operation"]).Select(name =>
            $"{name}: {{type: object, x-kubernetes-preserve-unknown-fields: true}}"));

    /// <summary>
    /// A definition that takes any fields, with the status in the object itself, as Argo CD's have it.
    /// </summary>
    public static string Definition(string kind, string plural, string group, string version) =>
        $"{{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {{name: {plural}.{group}}}, "
        + $"spec: {{group: {group}, scope: Namespaced, names: {{kind: {kind}, plural: {plural}, singular:"
        + $" {kind.ToLowerInvariant()}, listKind: {kind}List}}, "
        + $"versions: [{{name: {version}, served: true, storage: true, schema: {{openAPIV3Schema: {{type: object,"
        + $" properties: {{{Members}}}}}}}}}]}}}}";

    private void Define(string kind, string plural, string group, string version) =>
        Make(Definition(kind, plural, group, version));
}
