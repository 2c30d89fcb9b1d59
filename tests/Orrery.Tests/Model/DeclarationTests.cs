using Orrery.Model.Diagnostics;
using Orrery.Model.Platforms;
using Orrery.Model.Spec;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Model;

public sealed class DeclarationTests
{
    [Fact]
    public void Cosmos_becomes_a_platform_with_everything_filled_in()
    {
        var read = Example("cosmos");
        read.Diagnostics.Where(d => d.Severity == Severity.Error).ShouldBeEmpty();
        var platform = read.Value.ShouldNotBeNull();
        platform.Name.ShouldBe("cosmos");
        platform.Id.ShouldBe("cosmos-e058b5ba");
        var cluster = platform.Clusters["prod"];
        cluster.RebuildStrategy.ShouldBe(RebuildStrategy.BlueGreen);
        cluster.Distribution.ShouldBe(new Distribution.K3s("v1.34.3+k3s3"));
        var hetzner = cluster.Infrastructure.ShouldBeOfType<Infrastructure.Hetzner>();
        hetzner.Token.ShouldBe(new SecretReference.Env("HCLOUD_TOKEN"));
        hetzner.Firewall!.Allow["ssh"].ShouldBe(new FirewallRule("tcp", "22", ["0.0.0.0/0", "::/0"]));
        var pool = cluster.NodePools["cosmos"];
        pool.Types.ShouldBe(["cx33"]);
        pool.FloatingIp.ShouldBe(new FloatingIp("49.12.115.123"));
        pool.Volumes["data-volume"].ShouldBe(
            new Volume("data-volume", new Orrery.Model.Values.ByteSize(50_000_000_000), "/data", Retain: true));
    }

    [Theory]
    [InlineData("cosmos")]
    [InlineData("cloudlab")]
    [InlineData("ducktape")]
    [InlineData("fluodata")]
    [InlineData("fullstack")]
    public void An_example_has_nothing_wrong_but_what_is_not_built_yet(string name)
    {
        var wrong = Example(name).Diagnostics.Where(d => !d.Code.StartsWith("NOTYET", StringComparison.Ordinal));
        DiagnosticText.Write(wrong).ShouldBe("");
    }

    private static Diagnosed<Platform> Example(string name)
    {
        var path = Path.Combine(ContractFolder.RepositoryRoot, "examples", name, "platform.yaml");
        return Declaration.Read([new SourceFile("platform.yaml", File.ReadAllText(path))], profile: null);
    }
}
