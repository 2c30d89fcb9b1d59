using Orrery.Simulation.Kubernetes.Requests;
using static Orrery.Tests.Simulation.Flux.FluxScene;

namespace Orrery.Tests.Simulation.Flux;

/// <summary>Flux's helm-controller: charts come, change and go, and what fails is tried again or not.</summary>
public sealed class HelmReleaseTests
{
    private const string Retrying = ", install: {strategy: {name: RetryOnFailure, retryInterval: 1m}}";

    private readonly FluxScene _scene = new();

    [Fact]
    public void A_chart_is_installed_upgraded_with_other_values_and_uninstalled()
    {
        _scene.Helm(values: "{value: a}");
        _scene.Wait(10);
        _scene.Release().ShouldBe("True InstallSucceeded Helm install succeeded for release shop/web.v1 with chart"
            + " web@1.0.0");
        _scene.Value("web").ShouldBe("a");
        _scene.Helm(values: "{value: b}");
        _scene.Wait(10);
        _scene.Release().ShouldStartWith("True UpgradeSucceeded Helm upgrade succeeded for release shop/web.v2");
        _scene.Value("web").ShouldBe("b");
        _scene.Helm(values: "{name: other}");
        _scene.Wait(10);
        _scene.Ready("shop", "other");
        _scene.Wait(10);
        (_scene.Value("web"), _scene.Value("other")).ShouldBe((null, "1"));
        _scene.Store.Delete(Releases, "HelmRelease", "shop", "web");
        _scene.Wait(10);
        _scene.Value("other").ShouldBeNull();
        _scene.Release().ShouldBe("");
    }

    [Fact]
    public void It_is_ready_when_its_workloads_are()
    {
        _scene.Helm(values: "{name: app}");
        _scene.Wait(60);
        _scene.Release().ShouldBe("Unknown Progressing Running 'install' action with timeout of 00:05:00");
        _scene.Ready("shop", "app");
        _scene.Wait(10);
        _scene.Release().ShouldStartWith("True InstallSucceeded");
    }

    /// <summary>The default gives up; somebody has to change the spec or reset it by hand.</summary>
    [Theory]
    [InlineData("", "False RetriesExceeded Failed to install after 1 attempt(s): ", false)]
    [InlineData(Retrying, "False InstallFailed Helm install failed for release shop/web with chart web@1.0.0: ", true)]
    public void What_is_late_is_tried_again_only_where_the_strategy_says_so(string more, string said, bool comesUp)
    {
        _scene.Helm(values: "{name: app}", more: more);
        _scene.Wait(320);
        _scene.Release().ShouldStartWith(said);
        _scene.Release().ShouldContain("resource Deployment/shop/app not ready");
        _scene.Ready("shop", "app");
        _scene.Wait(120);
        _scene.Release().StartsWith("True", StringComparison.Ordinal).ShouldBe(comesUp);
    }

    [Fact]
    public void An_object_that_is_refused_fails_the_release()
    {
        _scene.Helm("broken");
        _scene.Wait(10);
        _scene.Release().ShouldContain("no matches for kind \"Nothing\"");
    }

    [Theory]
    [InlineData("none", "1.0.0", "chart \"none\" not found in https://charts.example.org repository")]
    [InlineData("web", "9.9.9", "chart \"web\" version \"9.9.9\" not found in https://charts.example.org repository")]
    public void A_chart_that_is_not_there_is_said(string chart, string version, string said)
    {
        _scene.Helm(chart, version: version);
        _scene.Wait(10);
        _scene.Release().ShouldBe($"False SourceNotReady HelmChart 'shop/shop-web' is not ready: invalid chart"
            + $" reference: {said}");
    }

    [Fact]
    public void Without_its_repository_it_waits_and_begins_when_that_comes()
    {
        _scene.Make($"{{apiVersion: {Sources}, kind: HelmRepository, metadata: {{name: charts, namespace: shop}}, spec:"
            + " {interval: 1h, url: 'https://nowhere.example.org'}}");
        _scene.Helm();
        _scene.Wait(10);
        _scene.Condition(Sources, "HelmRepository", "shop", "charts").ShouldStartWith(
            "False Failed failed to fetch Helm repository index: failed to fetch https://nowhere.example.org");
        _scene.Release().ShouldStartWith("False SourceNotReady");
        var repository = _scene.Store.Get(Sources, "HelmRepository", "shop", "charts").ShouldNotBeNull();
        repository["spec"]!["url"] = Charts;
        _scene.Store.Update(repository);
        _scene.Wait(10);
        _scene.Release().ShouldStartWith("True ");
    }

    [Fact]
    public void What_is_not_simulated_is_refused_by_its_name()
    {
        _scene.Helm(more: ", dependsOn: [{name: other}]");
        _scene.Wait(10);
        _scene.Release().ShouldBe(
            "False InvalidSpec the simulated helm-controller does not support spec.dependsOn");
        _scene.Store.Get(Releases, "HelmRelease", "shop", "web").TextAt("status", "history").ShouldBeNull();
    }
}
