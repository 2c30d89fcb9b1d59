using Orrery.Simulation.Kubernetes;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;
using static Orrery.Tests.Simulation.Flux.FluxScene;

namespace Orrery.Tests.Simulation.Flux;

/// <summary>Flux as its documentation says it is: what it does, when, and what it refuses.</summary>
public sealed class FluxControllersTests
{
    private readonly FluxScene _scene = new();

    [Fact]
    public void What_is_pushed_is_applied_and_what_is_deleted_is_pruned()
    {
        _scene.Push(("web/one.yaml", Config("one")), ("web/two.yaml", Config("two")));
        _scene.Follow();
        _scene.Kustomize("web");
        _scene.Wait(10);
        _scene.Source().ShouldStartWith("True Succeeded stored artifact for revision 'main@sha1:");
        _scene.Kustomization("web").ShouldStartWith("True ReconciliationSucceeded Applied revision: main@sha1:");
        _scene.Value("two").ShouldBe("1");
        _scene.Push(("web/one.yaml", Config("one", "2")));
        _scene.Delete("web/two.yaml");
        _scene.Wait(70);
        (_scene.Value("one"), _scene.Value("two")).ShouldBe(("2", null));
    }

    // The deploy key, what is known of the host, the Secret, the branch, and what is said.
    [Theory]
    [InlineData(2, Known, "repository", "main", "unable to authenticate, attempted methods [none publickey]")]
    [InlineData(1, "", "repository", "main", "invalid 'ssh' auth option: 'known_hosts' is required")]
    [InlineData(1, "example.org ssh-ed25519 AAAA", "repository", "main", "knownhosts: key is unknown")]
    [InlineData(1, "github.com ssh-ed25519 AAAA", "repository", "main", "knownhosts: key mismatch")]
    [InlineData(1, Known, "other", "main", "failed to get secret 'flux-system/repository'")]
    [InlineData(1, Known, "repository", "none", "couldn't find remote ref \"refs/heads/none\"")]
    public void A_repository_that_cannot_be_read_is_said(
        byte key, string known, string secret, string branch, string said)
    {
        _scene.Push(("web/one.yaml", Config("one")));
        _scene.Follow(key, known, secret, branch);
        _scene.Kustomize("web");
        _scene.Wait(60);
        _scene.Source().ShouldStartWith("False ");
        _scene.Source().ShouldContain(said);
        _scene.Kustomization("web").ShouldBe("False ArtifactFailed Source artifact not found, retrying in 30s");
    }

    [Theory]
    [InlineData("GitRepository", "{interval: 1m, url: 'git@github.com:octocat/platform.git'}", "spec.url")]
    [InlineData("GitRepository", "{url: 'https://github.com/octocat/open'}", "spec.interval")]
    public void The_API_server_refuses_what_the_definitions_forbid(string kind, string spec, string field) =>
        Should.Throw<ApiFailure>(() => _scene.Make(
            $"{{apiVersion: {Sources}, kind: {kind}, metadata: {{name: a, namespace: shop}}, spec: {spec}}}"))
            .Message.ShouldContain(field);

    [Fact]
    public void A_decryption_without_a_provider_is_refused_by_the_API_server() =>
        Should.Throw<ApiFailure>(() => _scene.Kustomize("web", ", decryption: {secretRef: {name: sops-age}}"))
            .Message.ShouldContain("spec.decryption.provider");

    [Fact]
    public void One_that_depends_on_another_waits_until_that_has_the_same_revision()
    {
        _scene.Push(("a/one.yaml", Config("one")), ("b/two.yaml", Config("two")));
        _scene.Follow();
        _scene.Kustomize("b", ", dependsOn: [{name: a}]");
        _scene.Wait(10);
        _scene.Kustomization("b").ShouldStartWith("False DependencyNotReady dependency 'flux-system/a' not found");
        _scene.Kustomize("a");
        _scene.Wait(10);
        _scene.Value("two").ShouldBeNull();
        _scene.Wait(30);
        _scene.Value("two").ShouldBe("1");
    }

    [Fact]
    public void What_waits_is_looked_at_as_often_as_the_Deployment_says()
    {
        var hurried = new FluxScene(
            values: "{kustomizeController: {container: {additionalArgs: [--requeue-dependency=5s]}}}");
        hurried.Push(("a/one.yaml", Config("one")), ("b/two.yaml", Config("two")));
        hurried.Follow();
        hurried.Kustomize("b", ", dependsOn: [{name: a}]");
        hurried.Wait(10);
        hurried.Kustomize("a");
        hurried.Wait(10);
        hurried.Value("two").ShouldBe("1");
    }

    [Fact]
    public void One_that_waits_is_ready_when_all_that_it_applied_is()
    {
        _scene.Push(("web/app.yaml", Tests.Simulation.ArgoCd.ArgoScene.Deployment("web")
            .Replace("name: web,", "name: web, namespace: shop,")));
        _scene.Follow();
        _scene.Kustomize("web", ", wait: true");
        _scene.Wait(60);
        _scene.Kustomization("web").ShouldBe("Unknown Progressing Reconciliation in progress");
        _scene.Ready("shop", "web");
        _scene.Wait(10);
        _scene.Kustomization("web").ShouldStartWith("True ");
    }

    [Fact]
    public void One_that_waits_for_too_long_fails_and_names_what_is_late()
    {
        _scene.Push(("web/app.yaml", Tests.Simulation.ArgoCd.ArgoScene.Deployment("web")
            .Replace("name: web,", "name: web, namespace: shop,")));
        _scene.Follow();
        _scene.Kustomize("web", ", wait: true");
        _scene.Wait(320);
        _scene.Kustomization("web").ShouldBe(
            "False HealthCheckFailed timeout waiting for: [Deployment/shop/web status: 'InProgress']");
    }

    [Fact]
    public void A_namespace_that_is_only_made_is_left_as_it_is_and_outlives_the_Kustomization()
    {
        const string space = "{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {mine: other},"
            + " annotations: {kustomize.toolkit.fluxcd.io/ssa: IfNotPresent,"
            + " kustomize.toolkit.fluxcd.io/prune: disabled}}}";
        _scene.Push(("web/one.yaml", Config("one")), ("web/shop.yaml", space),
            ("web/post.yaml", space.Replace("name: shop", "name: post")));
        _scene.Follow();
        _scene.Kustomize("web");
        _scene.Wait(10);
        _scene.Store.Get("v1", "Namespace", "", "shop").TextAt("metadata", "labels", "mine").ShouldBeNull();
        _scene.Store.Get("v1", "Namespace", "", "post").ShouldNotBeNull();
        _scene.Store.Delete(Kustomizations, "Kustomization", "flux-system", "web");
        _scene.Wait(10);
        _scene.Store.Get(Kustomizations, "Kustomization", "flux-system", "web").ShouldBeNull();
        _scene.Value("one").ShouldBeNull();
        _scene.Store.Get("v1", "Namespace", "", "post").ShouldNotBeNull();
    }

    [Fact]
    public void An_object_of_a_kind_that_is_not_there_is_refused_before_anything_changes()
    {
        _scene.Push(("web/one.yaml", Config("one")),
            ("web/other.yaml", "{apiVersion: example.org/v1, kind: Other, metadata: {name: o, namespace: shop}}"));
        _scene.Follow();
        _scene.Kustomize("web");
        _scene.Wait(10);
        _scene.Kustomization("web").ShouldStartWith(
            "False ReconciliationFailed Other/shop/o dry-run failed: no matches for kind \"Other\"");
        _scene.Value("one").ShouldBeNull();
    }

    [Fact]
    public void Nothing_happens_before_Flux_runs_and_everything_when_it_starts()
    {
        var scene = new FluxScene(isInstalled: false);
        scene.Push(("web/one.yaml", Config("one")));
        scene.Follow();
        scene.Kustomize("web");
        scene.Wait(600);
        (scene.Source(), scene.Kustomization("web")).ShouldBe(("", ""));
        scene.Install();
        scene.Wait(35);
        scene.Value("one").ShouldBe("1");
    }

    [Fact]
    public void One_that_is_suspended_does_nothing_until_it_goes_on()
    {
        _scene.Push(("web/one.yaml", Config("one")));
        _scene.Follow();
        _scene.Kustomize("web", ", suspend: true");
        _scene.Wait(60);
        _scene.Kustomization("web").ShouldBe("");
        var item = _scene.Store.Get(Kustomizations, "Kustomization", "flux-system", "web").ShouldNotBeNull();
        item["spec"]!["suspend"] = false;
        _scene.Store.Update(item, new WriteOptions());
        _scene.Wait(10);
        _scene.Value("one").ShouldBe("1");
    }

    [Theory]
    [InlineData(", postBuild: {substitute: {a: b}}", "kustomize-controller does not support spec.postBuild")]
    [InlineData(", targetNamespace: shop", "kustomize-controller does not support spec.targetNamespace")]
    public void What_is_not_simulated_is_refused_by_its_name(string more, string said)
    {
        _scene.Push(("web/one.yaml", Config("one")));
        _scene.Follow();
        _scene.Kustomize("web", more);
        _scene.Wait(10);
        _scene.Kustomization("web").ShouldContain(said);
    }

    private const string Known =
        "github.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
}
