using Orrery.Model.Documents;
using Orrery.Model.Platforms;
using Orrery.Model.Values;
using Orrery.Providers.Talos.Configuration;
using Orrery.Simulation.Talos.Configuration;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Providers.Talos;

public class MachineConfigurationTests
{
    private static readonly string[] Versions = ["1.9", "1.10", "1.11", "1.12", "1.13", "1.14"];

    public static TheoryData<string, string, string> Matrix
    {
        get
        {
            var rows = new TheoryData<string, string, string>();
            foreach (var version in Versions)
            {
                foreach (var platform in TalosScene.Platforms)
                {
                    rows.Add(version, platform, "ControlPlane");
                    rows.Add(version, platform, "Worker");
                }
            }

            return rows;
        }
    }

    [ContractTheory]
    [MemberData(nameof(Matrix))]
    public void Every_configuration_fits_the_schema_of_its_version(string version, string platform, string role) =>
        TalosContract.ShouldFit(version, Make(version, platform, role).Documents);

    [Theory]
    [MemberData(nameof(Matrix))]
    public void A_simulated_machine_takes_it(string version, string platform, string role) => MachineDocuments
        .Problem(Make(version, platform, role).Write().AsText()!, VersionOf(version).Minor).ShouldBeNull();

    [Theory]
    [MemberData(nameof(Matrix))]
    public void Equal_machines_give_equal_bytes_which_are_read_as_they_were(
        string version, string platform, string role)
    {
        var text = Make(version, platform, role).Write().AsText()!;
        Make(version, platform, role).Write().AsText().ShouldBe(text);
        YamlDocuments.Read(text).ShouldBe(
            Make(version, platform, role).Documents.Select(document => InClear(document)));
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public void What_people_see_has_no_secret(string version, string platform, string role)
    {
        var configuration = Make(version, platform, role);
        var shown = configuration.WriteRedacted();
        foreach (var secret in SecretsIn(configuration.Documents))
            shown.ShouldNotContain(secret);
        SecretsIn(configuration.Documents).Count().ShouldBeGreaterThan(3);
        $"{configuration}{configuration.Write()}".ShouldBe("(a machine configuration)(sensitive)");
        Golden.Match($"tests/Orrery.Tests/Golden/TalosMachines/{platform}-{role}-{version}.yaml", shown);
    }

    [Fact]
    public void No_golden_file_is_left_over() => Golden.HasNothingBut(
        "TalosMachines", Matrix.Select(row => $"{row[1]}-{row[2]}-{row[0]}.yaml"));

    [ContractTheory]
    [InlineData("1.9")]
    [InlineData("1.10")]
    [InlineData("1.11")]
    [InlineData("1.12")]
    [InlineData("1.13")]
    public void A_plain_machine_is_the_one_that_talosctl_generates(string version)
    {
        foreach (var role in Enum.GetValues<NodeRole>())
        {
            string Stability(params string[] parts) => File.ReadAllText(
                TalosContract.Machinery(["config", "types", "v1alpha1", "testdata", "stability", .. parts]));
            var machine = new TalosMachine
            {
                Version = VersionOf(version),
                Kubernetes = "v1.28.0",
                Role = role,
                HostName = "base-1",
                ClusterName = "base",
                Endpoint = "https://base:6443",
                Install = new TalosInstall("", ""),
                Network = new TalosNetwork(),
                Flannel = true,
                KubeProxy = true,
                RotatesServerCertificates = false,
            };
            var ours = MachineConfiguration.Of(machine, TalosSecretsFile.Read(Stability("secrets.yaml"))).Documents[0];
            var name = role == NodeRole.Worker ? "base-worker.yaml" : "base-controlplane.yaml";
            var theirs = YamlDocuments.Read(Stability($"v{version}", name))[0];
            Comparable(ours).ShouldBe(Comparable(theirs));
        }
    }

    [Theory]
    [InlineData("1.9")]
    [InlineData("1.14")]
    public void A_worker_is_given_no_key_with_which_it_could_sign(string version)
    {
        var text = Make(version, "fluodata", "Worker").Write().AsText()!;
        foreach (var key in (string[])
            [TalosScene.Secrets.Os.PrivateKey, TalosScene.Secrets.Kubernetes.PrivateKey,
                TalosScene.Secrets.Etcd.PrivateKey, TalosScene.Secrets.Aggregator.PrivateKey,
                TalosScene.Secrets.ServiceAccountKey])
            text.ShouldNotContain(TalosSecretsFile.Base64Of(key));
        text.ShouldNotContain(TalosScene.Secrets.SecretboxEncryptionSecret!);
    }

    [Fact]
    public void Patches_of_all_of_the_role_and_of_the_node_are_applied_in_this_order()
    {
        IReadOnlyList<Value> Patch(string label) => YamlDocuments.Read($"""
            version: v1alpha1
            machine:
              nodeLabels: {label}
            """);
        var machine = TalosScene.Machine("fluodata", NodeRole.Worker, VersionOf("1.9"));
        var configuration = MachineConfiguration.Of(
            machine, TalosScene.Secrets, Patch("{layer: all, all: 'yes'}"), Patch("{layer: role}"),
            Patch("{layer: node, example.org/zone: {$patch: delete}}"));
        var labels = ((Value.Map)((Value.Map)configuration.Documents[0])["machine"])["nodeLabels"];
        labels.ShouldBe(Value.MapOf(("all", "yes"), ("layer", "node")));
    }

    internal static TalosVersion VersionOf(string version) => TalosVersion.Parse($"v{version}.0")!.Value;

    private static MachineConfiguration Make(string version, string platform, string role) => MachineConfiguration.Of(
        TalosScene.Machine(platform, Enum.Parse<NodeRole>(role), VersionOf(version)), TalosScene.Secrets);

    // What a declaration says more than talosctl without arguments, and what the schemas do not have.
    private static string Comparable(Value document)
    {
        var map = (Value.Map)TalosContract.Plain(document)!;
        foreach (var path in (string[])["persist", "machine.certSANs", "machine.network",
            "machine.install.grubUseUKICmdline", "cluster.apiServer.certSANs",
            "cluster.apiServer.disablePodSecurityPolicy"])
            map = Without(map, path.Split('.'));
        return YamlText.Write(map);
    }

    private static Value.Map Without(Value.Map map, ReadOnlySpan<string> path) => path.Length == 1
        ? new Value.Map(map.Fields.Without(path[0]))
        : map[path[0]] is Value.Map inner
            ? new Value.Map(map.Fields.With(path[0], Without(inner, path[1..])))
            : map;

    private static Value InClear(Value value) => value switch
    {
        Value.Sensitive sensitive => sensitive.Of,
        Value.List list => new Value.List(list.Items.Map(InClear)),
        Value.Map map => new Value.Map(map.Fields.Map((_, field) => InClear(field))),
        _ => value,
    };

    private static IEnumerable<string> SecretsIn(IEnumerable<Value> values) => values.SelectMany(value => value switch
    {
        Value.Sensitive sensitive => [sensitive.AsText()!],
        Value.List list => SecretsIn(list.Items),
        Value.Map map => SecretsIn(map.Fields.Values),
        _ => Enumerable.Empty<string>(),
    });
}
