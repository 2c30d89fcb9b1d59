using Orrery.GitOps.Catalog;
using Orrery.GitOps.Delivery;
using Orrery.GitOps.Manifests;
using Orrery.Model.Documents;
using Orrery.Model.Platforms;
using Orrery.Model.Values;
using Orrery.Tests.Contracts;
using Orrery.Tests.Programs;

namespace Orrery.Tests.GitOps;

/// <summary>What makes nodes ready and gives services addresses, where the distribution does not.</summary>
public sealed class NetworkObjectsTests
{
    private const string Cilium = "loadBalancer: { cilium: { pools:";
    private const string MetalLb = "loadBalancer: { metallb: { pools:";

    [Fact]
    public void The_networks_of_five_machines_are_as_they_were_read() => Golden.Match(
        "tests/Orrery.Tests/Golden/Networks/cilium.yaml",
        YamlText.WriteAll(Of(TalosPlatform.Platform)["cilium"]));

    [Fact]
    public void MetalLB_is_as_it_was_read() => Golden.Match(
        "tests/Orrery.Tests/Golden/Networks/metallb.yaml",
        YamlText.WriteAll(Of(TalosPlatform.With((Cilium, MetalLb)))["metallb"]));

    [ContractFact]
    public void Every_object_holds_its_contract()
    {
        foreach (var platform in (Platform[])[TalosPlatform.Platform, TalosPlatform.With((Cilium, MetalLb))])
        {
            foreach (var manifest in Of(platform).Values.SelectMany(objects => objects))
                ObjectContract.Holds(manifest);
        }
    }

    [ContractFact]
    public void Cilium_is_told_what_its_chart_understands()
    {
        var cilium = Components.Of(TalosPlatform.Platform, TalosPlatform.Cluster).Single(each => each.Name == "cilium");
        ObjectContract.HoldsAsValuesOf("cilium-1.19.6", Manifest.Over(cilium.BaseValues, cilium.ClusterValues));
    }

    /// <summary>The template of a Job cannot be changed, and who asks for the same again gets no second one.</summary>
    [Fact]
    public void Another_value_is_another_job_and_the_same_values_are_the_same()
    {
        var name = JobOf(TalosPlatform.Platform);
        JobOf(TalosPlatform.With(("cpu: 8", "cpu: 6"))).ShouldBe(name);
        JobOf(TalosPlatform.With(("hubble: true", "hubble: false"))).ShouldNotBe(name);
    }

    [Fact]
    public void A_cluster_without_a_network_of_its_own_choice_gets_none() =>
        Of(TalosPlatform.With(
            (", cni: { cilium: { kubeProxyReplacement: true, hubble: true } }", ""),
            (", loadBalancer: { cilium: { pools: { ingress: [10.2.3.2], services: [10.2.3.4-10.2.3.20] } } }", "")))
            .ShouldBeEmpty();

    [ProgramFact("shellcheck")]
    public async Task The_script_is_one_that_a_shell_reads()
    {
        var job = Of(TalosPlatform.Platform)["cilium"].Single(each => each["kind"].AsText() == "Job");
        var container = At(job, "spec", "template", "spec", "containers").AsList()[0];
        var folder = Directory.CreateTempSubdirectory("orrery-").FullName;
        try
        {
            var path = Path.Combine(folder, "script.sh");
            await File.WriteAllTextAsync(path, ((Value.Map)container)["command"].AsList()[2].AsText());
            await ProgramRun.OutputAsync("shellcheck", [], "--shell=sh", path);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static ValueMap<ValueList<Value.Map>> Of(Platform platform) =>
        NetworkObjects.Of(platform, platform.Clusters["talos"]);

    private static string JobOf(Platform platform) =>
        At(Of(platform)["cilium"].Single(each => each["kind"].AsText() == "Job"), "metadata", "name").AsText() ?? "";

    private static Value At(Value value, params string[] path) =>
        path.Aggregate(value, (at, step) => ((Value.Map)at)[step]);
}
