using Orrery.Model.Platforms;
using Orrery.Model.Spec;
using Orrery.Model.Spec.Resolving;
using Orrery.Model.Spec.Yaml;
using Orrery.Model.Values;
using Orrery.Providers.Talos.Configuration;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Providers.Talos;

/// <summary>What the three declarations with Talos mean for each of their machines.</summary>
public class DeclaredMachinesTests
{
    [ContractTheory]
    [InlineData("cloudlab", "cloudlab", "1.12", "node-0")]
    [InlineData("ducktape", "talos", "1.12", "controlplane-0 controlplane-1 controlplane-2 worker-0 worker-1")]
    [InlineData("fluodata", "fluodata", "1.9", "cp-0 worker-0 worker-1")]
    public void Every_declared_node_has_a_configuration_that_fits_its_version(
        string example, string cluster, string version, string nodes)
    {
        var declared = Cluster(example, cluster);
        DeclaredMachines.Check(declared).ShouldBeEmpty();
        var machines = DeclaredMachines.Of(declared);
        machines.Keys.ShouldBe(nodes.Split(' '));
        foreach (var (node, machine) in machines)
        {
            machine.HostName.ShouldBe(node);
            var configuration = MachineConfiguration.Of(machine, TalosScene.Secrets);
            TalosContract.ShouldFit(version, configuration.Documents);
            Golden.Match(
                $"tests/Orrery.Tests/Golden/TalosDeclared/{example}-{node}.yaml", configuration.WriteRedacted());
        }
    }

    [Fact]
    public void A_machine_installs_the_schematic_that_its_image_has()
    {
        var cloudlab = Cluster("cloudlab", "cloudlab");
        var machine = DeclaredMachines.Of(cloudlab)["node-0"];
        var schematic = DeclaredMachines.SchematicOf(cloudlab, machine);
        schematic.ExtensionNames.ShouldBe(["siderolabs/nfs-mount", "siderolabs/qemu-guest-agent"]);
        machine.Install.Image.ShouldBe(
            $"factory.talos.dev/nocloud-installer-secureboot/{schematic.Id}:v1.12.4");
        DeclaredMachines.ImageOf(cloudlab, schematic, machine.Version).Iso.ShouldContain(schematic.Id);
    }

    [Fact]
    public void A_network_in_the_image_is_each_machine_s_own()
    {
        var ducktape = Cluster("ducktape", "talos");
        var ids = DeclaredMachines.Of(ducktape).Values
            .Select(machine => DeclaredMachines.SchematicOf(ducktape, machine).Id).ToList();
        ids.Distinct().Count().ShouldBe(5);
        DeclaredMachines.Of(ducktape).Values.ShouldAllBe(machine =>
            machine.Install.Image.Contains(DeclaredMachines.SchematicOf(ducktape, machine).Id));
    }

    [Fact]
    public void The_endpoint_is_the_virtual_address_and_clients_ask_the_control_planes_themselves()
    {
        var ducktape = Cluster("ducktape", "talos");
        var machine = DeclaredMachines.Of(ducktape)["worker-0"];
        machine.Endpoint.ShouldBe("https://10.2.3.1:6443");
        machine.Network.Vip.ShouldBeNull("kube-vip has it");
        DeclaredMachines.ControlPlanes(ducktape).ShouldBe(["10.2.1.1", "10.2.1.2", "10.2.1.3"]);
        var own = ducktape with
        {
            Network = ducktape.Network with
            {
                ApiServer = new VirtualAddress("10.2.3.1", VirtualAddressOwner.Talos),
            },
        };
        DeclaredMachines.Of(own)["controlplane-0"].Network.Vip.ShouldBe("10.2.3.1");
    }

    [Fact]
    public void What_can_be_said_against_a_cluster_is_said_at_once()
    {
        var fluodata = Cluster("fluodata", "fluodata");
        var talos = (Distribution.Talos)fluodata.Distribution;
        DeclaredMachines.Check(fluodata with { Distribution = talos with { Version = "v1.8.0" } })
            .Select(problem => problem.Code).ShouldBe(["TALOS001"]);
        var worker = fluodata.NodePools["worker"];
        var moved = worker with
        {
            Volumes = worker.Volumes.Map((_, volume) => volume with { MountPath = "/var/lib/longhorn" }),
            Size = worker.Size! with { Disk = new ByteSize(8L << 30) },
        };
        DeclaredMachines.Check(fluodata with
        {
            NodePools = fluodata.NodePools.With("worker", moved),
            Distribution = talos with
            {
                Extensions = ["iscsi-tools"],
                Kubernetes = "v1.35.1",
                EncryptsState = true,
                Image = new TalosImage("nocloud", "raw", HasNetwork: true),
            },
        }).Select(problem => problem.Code).ShouldBe(
            ["TALOS002", "TALOS005", "FACTORY003", "TALOS003", "TALOS010", "TALOS011"]);
    }

    private static Cluster Cluster(string example, string name)
    {
        var file = ExampleDeclarations.Create(
            example, ["age10nqexd2jhs7vgz0gj0f77c4kut6td6e5l83za4xfpelkam7y4qys22gxmm"], "x.json");
        var problems = new Problems();
        var documents = DocumentReader.Read([.. YamlReader.Read(new SourceText(file, 0), problems)], problems);
        var declared = Inheritance.Apply(documents, null, problems);
        return PlatformResolver.Resolve(declared).ShouldNotBeNull().Clusters[name];
    }
}
