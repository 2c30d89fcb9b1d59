using System.Text;
using Orrery.Model.Platforms;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Hetzner;
using Orrery.Providers.Machines;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Providers;

/// <summary>Which resources a cluster needs, as golden text. <c>UPDATE_GOLDEN=1</c> writes the files anew.</summary>
public class HetznerGraphTests
{
    [Theory]
    [InlineData("cosmos-blue-green", RebuildStrategy.BlueGreen, true)]
    [InlineData("cosmos-in-place", RebuildStrategy.InPlace, true)]
    [InlineData("cosmos-own-address", RebuildStrategy.InPlace, false)]
    public void Cosmos_needs_these_resources(string golden, RebuildStrategy strategy, bool adopt)
    {
        var scene = new HetznerScene(new ExpectedRequests());
        scene.Secrets["ARIES_PUB"] = "ssh-ed25519 AAAA me@laptop";
        var platform = Cosmos(strategy, adopt);

        var resources = scene.Provider.ResourcesOf(platform, platform.Clusters["prod"], scene).ToArray();

        ResourceGraph.Build(resources).Value!.InOrder.Count.ShouldBe(resources.Length);
        var kinds = HetznerKinds.All.ToDictionary(kind => kind.Type);
        foreach (var resource in resources)
            resource.Desired.Fields.Keys.ShouldBeSubsetOf(kinds[resource.Type].Fields.Keys);
        CompareWithGolden(golden, Render(resources));
    }

    [Theory]
    [InlineData("cosmos-machines-blue-green", RebuildStrategy.BlueGreen)]
    [InlineData("cosmos-machines-in-place", RebuildStrategy.InPlace)]
    public void Cosmos_boots_with_these_resources(string golden, RebuildStrategy strategy)
    {
        var boot = new K3sBoot(
            new K3sSettings { Version = "v1.34.3+k3s3" }, [new HandedFile("/etc/rancher/k3s/token", "planted-token")]);
        var cluster = Cosmos(strategy, true).Clusters["prod"];

        var resources = HetznerGraph.Of(
            cluster, HetznerScene.Settings, new HetznerScene(new ExpectedRequests()), boot).ToArray();

        ResourceGraph.Build(resources).Value!.InOrder.Count.ShouldBe(resources.Length);
        var kinds = HetznerKinds.All.Concat(MachineKinds.All).ToDictionary(kind => kind.Type);
        foreach (var resource in resources)
            resource.Desired.Fields.Keys.ShouldBeSubsetOf(kinds[resource.Type].Fields.Keys);
        var text = Render(resources);
        text.ShouldNotContain("planted");
        CompareWithGolden(golden, text);
    }

    [Fact]
    public void A_key_that_is_not_set_leaves_the_shape_of_the_graph()
    {
        var scene = new HetznerScene(new ExpectedRequests());
        var platform = Cosmos(RebuildStrategy.InPlace, true);

        var resources = scene.Provider.ResourcesOf(platform, platform.Clusters["prod"], scene).ToArray();

        resources[0].Address.Text.ShouldBe("prod/hetzner/ssh-key/admin");
        resources[0].Desired["publicKey"].ShouldBe(Value.Null.Instance);
    }

    [Fact]
    public void The_provider_handles_exactly_the_kinds_that_it_names() =>
        new HetznerScene(new ExpectedRequests()).Provider.Handlers.Select(handler => handler.Kind)
            .ShouldBe(HetznerKinds.All);

    public static Platform Cosmos(RebuildStrategy strategy, bool adopt) => new()
    {
        Name = "cosmos",
        Id = "cosmos-0a1b2c3d",
        Repository = new Repository { Url = "https://git.example.org/platform" },
        Recovery = new Recovery([], new SecretReference.Env("ORRERY_IDENTITY")),
        Clusters = ValueMap.Of(("prod", new Cluster
        {
            Name = "prod",
            Infrastructure = HetznerScene.Settings,
            Distribution = new Distribution.K3s("v1.34.3+k3s3"),
            RebuildStrategy = strategy,
            KeepsPrimaryIps = strategy == RebuildStrategy.InPlace,
            NodePools = ValueMap.Of(("cosmos", new NodePool
            {
                Name = "cosmos",
                Role = NodeRole.ControlPlane,
                Count = 1,
                Types = ["cx33", "cpx32"],
                Image = "ubuntu-24.04",
                PrimaryIp = true,
                FloatingIp = new FloatingIp(adopt ? "49.12.115.123" : null),
                Volumes = ValueMap.Of(
                    ("data-volume", new Volume("data-volume", new ByteSize(50_000_000_000), "/data", true))),
            })),
        })),
    };

    private static string Render(IEnumerable<Resource> resources)
    {
        var text = new StringBuilder();
        foreach (var resource in resources)
        {
            text.Append(resource.Address.Text).Append('\n');
            foreach (var (name, value) in resource.Desired.Fields)
                text.Append($"  {name}: {Show(value)}\n");
            var lifecycle = resource.Lifecycle;
            var protection = lifecycle.Protect ? "protected, " : "";
            text.Append($"  ({lifecycle.Ownership}, {protection}{lifecycle.ReplaceOrder}");
            foreach (var step in lifecycle.BeforeDelete)
                text.Append($", before delete: {step.Name} of the {step.Type} in {step.IdField}");
            text.Append(")\n");
        }

        return text.ToString();
    }

    private static string Show(Value value) => value switch
    {
        Value.Null => "-",
        Value.Text text => text.Of,
        Value.Number number => $"{number.Of}",
        Value.Bool flag => flag.Is ? "true" : "false",
        Value.List list => $"[{string.Join(", ", list.Items.Select(Show))}]",
        Value.Map map => $"{{{string.Join(", ", map.Fields.Select(field => $"{field.Key}: {Show(field.Value)}"))}}}",
        _ => $"{value}",
    };

    private static void CompareWithGolden(string name, string text)
    {
        var path = Path.Combine(
            ContractFolder.RepositoryRoot, "tests", "Orrery.Tests", "Golden", "HetznerGraph", $"{name}.txt");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            File.WriteAllText(path, text);
        text.ShouldBe(File.ReadAllText(path));
    }
}
