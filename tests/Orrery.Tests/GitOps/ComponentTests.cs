using Orrery.GitOps.Catalog;
using Orrery.GitOps.Catalog.Charts;
using Orrery.GitOps.Ordering;
using Orrery.Model.Documents;
using Orrery.Model.Platforms;
using Orrery.Tests.Contracts;
using Orrery.Tests.Model;

namespace Orrery.Tests.GitOps;

/// <summary>The components of the examples that run Talos: where they come from, and what they are told.</summary>
public sealed class ComponentTests
{
    private static readonly string[] Examples = ["cloudlab", "ducktape", "fluodata"];

    private static IReadOnlyList<(Cluster Cluster, CatalogComponent Component)> All { get; } =
    [
        .. from example in Examples
           let platform = TalosPlatformTests.Meant(example)
           from cluster in platform.Clusters.Values
           from component in Components.Of(platform, cluster)
           select (cluster, component),
    ];

    /// <summary>What others look for under these names.</summary>
    [Fact]
    public void PowerDNS_is_found_by_the_names_that_others_use()
    {
        var dns = Find("powerdns");
        dns.Namespace.ShouldBe("powerdns");
        dns.Secrets.Select(secret => $"{secret.Name}: {string.Join(' ', secret.Data.Keys)}")
            .ShouldBe(["powerdns-api-key: api-key", "powerdns-transfer-key: key"]);
        YamlText.Write(dns.Objects["powerdns-api-service.yaml"]).ShouldContain("port: 8081");
        var server = YamlText.Write(dns.Objects["powerdns-service.yaml"]);
        server.ShouldContain("metallb.io/loadBalancerIPs: 10.2.3.3");
        server.ShouldContain("type: LoadBalancer");
    }

    [Fact]
    public void Whoever_keeps_data_has_storage_to_keep_them_in()
    {
        var storage = new Capability(CapabilityKind.Storage, StorageCharts.DefaultClass);
        foreach (var (cluster, component) in All)
        {
            var claims = component.Requires.Any(storage.Is);
            claims.ShouldBe(StorageCharts.Claiming.Contains(component.Name), component.Name);
            if (claims)
                All.ShouldContain(each => each.Cluster == cluster && each.Component.Provides.Any(storage.Is));
        }
    }

    [ContractFact]
    public void Every_object_of_ours_holds_its_contract()
    {
        var objects = All.SelectMany(each => each.Component.Objects.Values).ToList();
        objects.Count.ShouldBeGreaterThan(10);
        foreach (var manifest in objects.Where(each => each["apiVersion"].AsText() != "cilium.io/v2alpha1"))
            ObjectContract.Holds(manifest);
    }

    [Fact]
    public void No_value_of_a_Secret_stands_in_a_tree()
    {
        foreach (var (_, component) in All)
        {
            component.Objects.Values.ShouldAllBe(each => each["kind"].AsText() != "Secret");
            foreach (var secret in component.Secrets.Where(secret => component.Objects.Count > 0))
            {
                string.Concat(component.Objects.Values.Select(YamlText.Write))
                    .ShouldContain($"name: {secret.Name}\n", Case.Sensitive, component.Name);
            }
        }
    }

    private static CatalogComponent Find(string name) => All.First(each => each.Component.Name == name).Component;
}
