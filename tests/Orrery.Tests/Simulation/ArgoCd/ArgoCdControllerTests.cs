using System.Text.Json.Nodes;
using Orrery.Simulation.ArgoCd;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;
using static Orrery.Tests.Simulation.ArgoCd.ArgoScene;

namespace Orrery.Tests.Simulation.ArgoCd;

public sealed class ArgoCdControllerTests
{
    [Fact]
    public void Nothing_happens_before_its_own_workloads_run()
    {
        var scene = new ArgoScene();
        scene.Push(("app/a.yaml", ConfigMap("a")));
        scene.Make(Application("app", "path: app"));
        scene.Wait(300);
        scene.State("app").ShouldBe("  ");
        scene.Install();
        scene.Wait(10);
        scene.State("app").ShouldBe("Synced Healthy Succeeded");
        scene.Value("a").ShouldBe("1");
    }

    [Fact]
    public void A_root_brings_its_children_up_wave_by_wave()
    {
        var scene = new ArgoScene();
        string Child(string name, int wave) => Application(
            name, $"path: {name}", metadata: $", annotations: {{argocd.argoproj.io/sync-wave: '{wave}'}}");
        scene.Push(
            ("apps/one.yaml", Child("one", 0)), ("apps/two.yaml", Child("two", 1)),
            ("one/web.yaml", Deployment("web")), ("two/a.yaml", ConfigMap("a")));
        scene.Install();
        var revision = scene.Push(("README.md", "hello"));
        scene.Make(Application("root", "path: apps", ns: "argocd"));

        scene.Wait(60);
        scene.State("root").ShouldBe("OutOfSync Missing Running");
        scene.Message("root").ShouldBe("waiting for healthy state of argoproj.io/Application/one");
        scene.State("one").ShouldBe("Synced Progressing Succeeded");
        scene.Store.Get("argoproj.io/v1alpha1", "Application", "argocd", "two").ShouldBeNull();

        scene.Ready("Deployment", "shop", "web");
        scene.Wait(60);
        foreach (var name in (string[])["root", "one", "two"])
            scene.State(name).ShouldBe("Synced Healthy Succeeded");
        scene.Message("root").ShouldBe("successfully synced (all tasks run)");
        scene.App("root").TextAt("status", "sync", "revision").ShouldBe(revision);
        scene.App("root").TextAt("status", "operationState", "syncResult", "revision").ShouldBe(revision);
        scene.Value("a").ShouldBe("1");
    }

    [Fact]
    public void Without_a_check_for_Applications_a_wave_waits_for_nobody()
    {
        var scene = new ArgoScene(health: null);
        scene.Push(
            ("apps/one.yaml", Application("one", "path: one")),
            ("apps/two.yaml",
                Application("two", "path: two", metadata: ", annotations: {argocd.argoproj.io/sync-wave: '1'}")),
            ("one/web.yaml", Deployment("web")), ("two/a.yaml", ConfigMap("a")));
        scene.Install();
        scene.Make(Application("root", "path: apps", ns: "argocd"));
        scene.Wait(60);
        scene.State("one").ShouldBe("Synced Progressing Succeeded");
        scene.State("two").ShouldBe("Synced Healthy Succeeded");
    }

    [Theory]
    [InlineData("app/a.yaml", "{apiVersion: v1, kind: ConfigMap", "Failed to unmarshal \"a.yaml\"")]
    [InlineData("app/a.yaml", "just: text", "Object 'Kind' is missing")]
    [InlineData("other/a.yaml", "{}", "app: app path does not exist")]
    [InlineData("app/kustomization.yaml", "resources: [none.yaml]", "no such file or directory")]
    [InlineData(
        "app/kustomization.yaml", "helmCharts: [{name: x}]", "does not support the kustomize field 'helmCharts'")]
    [InlineData("app/Chart.yaml", "name: x", "does not support charts that lie in Git")]
    public void What_cannot_be_rendered_is_a_comparison_error_and_changes_nothing(
        string path, string content, string said)
    {
        var scene = new ArgoScene();
        scene.Install();
        scene.Push((path, content));
        scene.Make(Application("app", "path: app"));
        scene.Wait(200);
        scene.State("app").ShouldStartWith("Unknown ");
        scene.Conditions("app").ShouldStartWith(
            "ComparisonError: Failed to load target state: failed to generate manifest for source 1 of 1: rpc error:");
        scene.Conditions("app").ShouldContain(said);

        scene.Delete(path);
        scene.Push(("app/good.yaml", ConfigMap("good")));
        scene.Wait(80);
        scene.State("app").ShouldBe("Synced Healthy Succeeded", "it converges when Git is right again");
        scene.Conditions("app").ShouldBeEmpty();
    }

    [Fact]
    public void A_deploy_key_that_is_revoked_or_was_never_registered_is_a_repository_error()
    {
        var scene = new ArgoScene();
        scene.Install();
        scene.Push(("app/a.yaml", ConfigMap("a")));
        scene.Make(Application("app", "path: app"));
        scene.Wait(30);
        scene.State("app").ShouldBe("Synced Healthy Succeeded");
        scene.GitHub.World.RevokeDeployKey("octocat", "platform", "orrery");
        scene.Push(("app/a.yaml", ConfigMap("a", "2")));
        scene.Wait(120);
        scene.State("app").ShouldBe("Unknown Healthy Succeeded");
        scene.Conditions("app").ShouldContain("ssh: unable to authenticate, attempted methods [none publickey]");
        scene.Value("a").ShouldBe("1");

        scene.GitHub.AddKey(1).Status.ShouldBe(201);
        scene.Wait(120);
        scene.Value("a").ShouldBe("2");

        var without = new ArgoScene(hasKey: false);
        without.Install();
        without.Make(Application("app", "path: app"));
        without.Wait(30);
        without.Conditions("app").ShouldContain("error creating SSH agent");
    }

    [Fact]
    public void A_refused_object_is_tried_again_with_longer_pauses_and_then_left_until_Git_changes()
    {
        var scene = new ArgoScene();
        scene.Install();
        scene.Push(("app/x.yaml", "{apiVersion: example.org/v1, kind: Thing, metadata: {name: x}}"));
        scene.Make(Application("app", "path: app"));
        scene.Wait(4);
        scene.State("app").ShouldBe("OutOfSync Missing Running");
        scene.Message("app").ShouldContain(
            "Make sure the \"Thing\" CRD is installed on the destination cluster.. Retrying attempt #1 at");
        scene.Wait(60);
        scene.State("app").ShouldBe("OutOfSync Missing Failed");
        scene.Message("app").ShouldEndWith("(retried 2 times).");
        scene.Conditions("app").ShouldStartWith("SyncError: Failed last sync attempt to ");

        scene.Push(("app/crd.yaml", Definition("Thing", "things", "example.org", "v1")));
        scene.Wait(90);
        scene.State("app").ShouldBe("Synced Healthy Succeeded", scene.Message("app") + scene.Conditions("app"));
    }

    [Fact]
    public void What_is_changed_by_hand_is_repaired_and_what_leaves_Git_is_pruned()
    {
        var scene = new ArgoScene();
        scene.Install();
        scene.Push(("app/a.yaml", ConfigMap("a")), ("app/b.yaml", ConfigMap("b")));
        scene.Make(Application("app", "path: app"));
        scene.Wait(30);
        var live = scene.Store.Get("v1", "ConfigMap", "shop", "a")!;
        live["data"]!["key"] = "by hand";
        scene.Store.Update(live, new WriteOptions { Manager = "kubectl-edit" });
        scene.Wait(1);
        scene.State("app").ShouldBe("OutOfSync Healthy Succeeded");
        scene.Wait(10);
        scene.Value("a").ShouldBe("1");
        scene.App("app").At("status", "operationState", "operation", "sync", "autoHealAttemptsCount").Number()
            .ShouldBe(1);

        scene.Store.Delete("v1", "ConfigMap", "shop", "a");
        scene.Wait(20);
        scene.Value("a").ShouldBe("1");

        scene.Delete("app/b.yaml");
        scene.Wait(80);
        scene.Value("b").ShouldBeNull();
        scene.Delete("app/a.yaml");
        scene.Push(("app/README.md", "empty"));
        scene.Wait(80);
        scene.Value("a").ShouldBe("1");
        scene.Conditions("app").ShouldContain("auto-sync will wipe out all resources");
    }

    [Theory]
    [InlineData("automated: {selfHeal: true}", "by hand", "1", "kept")]
    [InlineData("automated: {prune: true}", "by hand", "by hand", null)]
    [InlineData("", "by hand", "by hand", "kept")]
    public void It_repairs_and_prunes_only_where_it_may(string policy, string hand, string expected, string? other)
    {
        var scene = new ArgoScene();
        scene.Install();
        scene.Push(("app/a.yaml", ConfigMap("a")), ("app/b.yaml", ConfigMap("b", "kept")));
        scene.Make("{apiVersion: v1, kind: Namespace, metadata: {name: shop}}");
        scene.Make(Application("app", "path: app"));
        scene.Wait(30);
        var application = scene.App("app");
        application["spec"]!["syncPolicy"] = YamlDocuments.Parse($"{{{policy}}}");
        scene.Store.Update(application);
        var live = scene.Store.Get("v1", "ConfigMap", "shop", "a")!;
        live["data"]!["key"] = hand;
        scene.Store.Update(live);
        scene.Wait(60);
        scene.Value("a").ShouldBe(expected);
        if (expected == hand)
            scene.State("app").ShouldStartWith("OutOfSync");
        scene.Delete("app/b.yaml");
        scene.Wait(120);
        scene.Value("b").ShouldBe(other);
    }

    [Theory]
    [InlineData("sourceRepos", "['https://elsewhere.example/*']", "InvalidSpecError: application repo git@github.com")]
    [InlineData("destinations", "[{server: '*', namespace: other}]", "do not match any of the allowed destinations")]
    public void A_project_keeps_Applications_out(string field, string value, string said)
    {
        var scene = new ArgoScene();
        Restrict(scene, field, value);
        scene.Install();
        scene.Push(("app/a.yaml", ConfigMap("a")));
        scene.Make(Application("app", "path: app"));
        scene.Wait(60);
        scene.State("app").ShouldBe("Unknown Unknown ");
        scene.Conditions("app").ShouldContain(said);
        scene.Value("a").ShouldBeNull();
    }

    [Fact]
    public void A_project_keeps_kinds_out()
    {
        var scene = new ArgoScene();
        Restrict(scene, "clusterResourceWhitelist", "[{group: rbac.authorization.k8s.io, kind: '*'}]");
        scene.Install();
        scene.Push(("app/a.yaml", "{apiVersion: v1, kind: Namespace, metadata: {name: extra}}"));
        scene.Make(Application("app", "path: app"));
        scene.Wait(120);
        scene.State("app").ShouldBe("OutOfSync Missing Failed");
        scene.Message("app").ShouldContain("resource :Namespace is not permitted in project default");
        scene.Store.Get("v1", "Namespace", "", "extra").ShouldBeNull();
    }

    [Fact]
    public void A_namespace_that_nobody_makes_is_missed()
    {
        var scene = new ArgoScene();
        scene.Install();
        scene.Push(("app/a.yaml", ConfigMap("a")));
        scene.Make(Application("app", "path: app", policy: "automated: {}, retry: {limit: 0}"));
        scene.Wait(30);
        scene.State("app").ShouldBe("OutOfSync Missing Failed");
        scene.Message("app").ShouldContain("namespaces \"shop\" not found");
    }

    [Fact]
    public void An_Application_with_the_finalizer_takes_all_with_it_and_one_without_leaves_all()
    {
        var scene = new ArgoScene();
        scene.Install();
        scene.Push(("app/a.yaml", ConfigMap("a")), ("other/b.yaml", ConfigMap("b")));
        scene.Make(Application("app", "path: app", metadata: ", finalizers: [resources-finalizer.argocd.argoproj.io]"));
        scene.Make(Application("other", "path: other"));
        scene.Wait(30);
        foreach (var name in (string[])["app", "other"])
            scene.Store.Delete("argoproj.io/v1alpha1", "Application", "argocd", name).ShouldBeTrue();
        scene.Wait(30);
        scene.Store.List("argoproj.io/v1alpha1", "Application").ShouldBeEmpty();
        scene.Value("a").ShouldBeNull();
        scene.Value("b").ShouldBe("1");
    }

    [Fact]
    public void A_look_that_somebody_asks_for_does_not_wait_for_the_minute()
    {
        var scene = new ArgoScene();
        scene.Install();
        scene.Push(("app/a.yaml", ConfigMap("a")));
        scene.Make(Application("app", "path: app"));
        scene.Wait(30);
        scene.Push(("app/a.yaml", ConfigMap("a", "2")));
        var application = scene.App("app");
        application["metadata"]!["annotations"] = new JsonObject { ["argocd.argoproj.io/refresh"] = "normal" };
        scene.Store.Update(application);
        scene.Wait(5);
        scene.Value("a").ShouldBe("2");
        scene.App("app").At("metadata", "annotations").ShouldBeNull("the mark is taken away");
    }

    [Fact]
    public void A_chart_gets_the_values_of_files_in_Git()
    {
        var scene = new ArgoScene();
        scene.Install();
        scene.Charts["web"] = request => new ChartObjects(
            [(JsonObject)YamlDocuments.Parse(ConfigMap("from-chart", request.Values.TextAt("who") ?? "nobody"))!]);
        scene.Push(("base.yaml", "{who: base, deep: {a: 1, b: 2}}"), ("prod.yaml", "{who: prod, deep: {b: 3}}"));
        var chart = Application("app", "x: y").Replace(
            $"source: {{repoURL: '{Repository}', x: y}}",
            $"sources: [{{repoURL: 'https://charts.example', chart: web, targetRevision: 1.2.3, helm: {{releaseName:"
                + $" r, valueFiles: [$tree/base.yaml, $tree/prod.yaml]}}}}, {{repoURL: '{Repository}',"
                + $" targetRevision: main, ref: tree}}]",
            StringComparison.Ordinal);
        scene.Make(chart);
        scene.Wait(30);
        scene.State("app").ShouldBe("Synced Healthy Succeeded", scene.Conditions("app"));
        scene.Value("from-chart").ShouldBe("prod");
        var request = scene.Requested[^1];
        (request.Repository, request.Version, request.Release, request.Namespace)
            .ShouldBe(("https://charts.example", "1.2.3", "r", "shop"));
        JsonText.Of(request.Values).ShouldBe("""{"who":"prod","deep":{"a":1,"b":3}}""");
        scene.App("app").At("status", "sync", "revisions")!.AsArray().Count.ShouldBe(2);

        scene.Charts.Clear();
        scene.Push(("prod.yaml", "{who: later}"));
        scene.Wait(80);
        scene.Conditions("app").ShouldContain("chart \"web\" version \"1.2.3\" not found");
    }

    private static void Restrict(ArgoScene scene, string field, string value)
    {
        var project = scene.Store.Get("argoproj.io/v1alpha1", "AppProject", "argocd", "default")!;
        project["spec"]![field] = YamlDocuments.Parse(value);
        scene.Store.Update(project);
    }
}
