using Orrery.Model.Diagnostics;
using Orrery.Model.Platforms;
using Orrery.Model.Spec;
using Orrery.Model.Values;
using Orrery.Providers.Proxmox.Hosts;
using Orrery.Simulation.Proxmox;

namespace Orrery.Tests.Providers.Proxmox;

/// <summary>What does not fit is told before anything is made, with what is asked and what there is.</summary>
public sealed class CapacityTests
{
    private static readonly SimulatedNode Host = new("pve", Cpus: 8, MemoryBytes: 64L << 30);

    [Fact]
    public void What_fits_is_not_spoken_of() => Check(new ProxmoxWorldOptions { Nodes = [Host] }).ShouldBeEmpty();

    [Theory]
    [InlineData("PVE002", 3, 64, 1600, "has 4 CPUs, and the host pve has 3")]
    [InlineData("PVE003", 8, 15, 1600, "need 16384 MiB; the host has 15360 MiB")]
    [InlineData("PVE004", 8, 64, 150, "need 160 GiB of 'local-lvm', which has 150 GiB for them")]
    [InlineData("PVE006", 7, 64, 1600, "have 8 CPUs together; the host has 7")]
    public void What_does_not_fit_is_told_with_its_figures(
        string code, int cpus, long memoryGibibytes, long storageGibibytes, string expected)
    {
        var found = Check(new ProxmoxWorldOptions
        {
            Nodes = [new SimulatedNode("pve", cpus, memoryGibibytes << 30)],
            Storages =
            [
                new SimulatedStorage("local", "dir", ["import", "iso"], 400L << 30),
                new SimulatedStorage("local-lvm", "lvmthin", ["images"], storageGibibytes << 30),
            ],
        });

        found.Where(finding => finding.Code == code).ShouldAllBe(finding => finding.Detail!.Contains(expected));
        found.ShouldContain(finding => finding.Code == code);
        found.Where(finding => finding.Code == "PVE006").ShouldAllBe(finding => finding.Severity == Severity.Warning);
    }

    [Fact]
    public void Running_machines_of_others_count_and_those_that_are_off_do_not()
    {
        ProxmoxWorldOptions With(bool isRunning) => new()
        {
            Nodes = [Host with { MemoryBytes = 16L << 30 }],
            Machines = [new PresetMachine { Vmid = 100, Name = "other", IsRunning = isRunning }],
        };

        Check(With(isRunning: true)).ShouldContain(finding => finding.Code == "PVE003");
        Check(With(isRunning: false)).ShouldBeEmpty();
    }

    /// <summary>A rebuild stops the machine before it makes the next one.</summary>
    [Fact]
    public void What_is_the_clusters_own_counts_once()
    {
        var scene = new ProxmoxScene(new ProxmoxWorldOptions { Nodes = [Host with { MemoryBytes = 16L << 30 }] });
        scene.Make("virtual-machine", "node-0", ProxmoxScene.Machine(("memory", 8192)));

        Check(scene, "ducktape").ShouldBeEmpty();
        Check(scene, "someone-else").ShouldContain(finding => finding.Code == "PVE003");
    }

    [Fact]
    public void A_node_that_is_not_there_is_told_with_those_that_are() =>
        Check(new ProxmoxWorldOptions { Nodes = [Host with { Name = "atlas" }] }).ShouldHaveSingleItem()
            .Hints.ShouldContain(hint => hint.Contains("online are: atlas"));

    /// <summary>A storage of LVM or ZFS holds disks and no files.</summary>
    [Theory]
    [InlineData("local", "local", "for content 'images'")]
    [InlineData("local-lvm", "local-lvm", "for content 'import'")]
    [InlineData("tank", "local", "which pve does not have")]
    public void A_storage_that_does_not_hold_that_is_told(string disks, string images, string expected) =>
        Check(new ProxmoxScene(new ProxmoxWorldOptions { Nodes = [Host] }), "ducktape", disks, images)
            .ShouldContain(finding => finding.Code == "PVE005" && finding.Detail!.Contains(expected));

    private static ValueList<Diagnostic> Check(ProxmoxWorldOptions options) =>
        Check(new ProxmoxScene(options), "ducktape");

    private static ValueList<Diagnostic> Check(
        ProxmoxScene scene, string platform, string disks = "local-lvm", string images = "local")
    {
        var cluster = Cluster(disks, images);
        var found = scene.Time.Run(() => new Capacity(scene.Services, platform).CheckAsync(cluster, default));
        scene.Contract?.Report.ShouldBeClean();
        return found;
    }

    private static Cluster Cluster(string disks, string images)
    {
        var text = $$"""
            apiVersion: orrery.dev/v1
            kind: Platform
            metadata: { name: ducktape }
            spec:
              repository: { url: https://github.com/example/demo }
              recovery:
                recipients: [age1djk3h4v8gk6edzs865d625qua8ctz35yj9rfd776znrdjne9xveqtzqq4y]
                identity: { env: ORRERY_IDENTITY }
            ---
            apiVersion: orrery.dev/v1
            kind: Cluster
            metadata: { name: talos }
            spec:
              infrastructure:
                proxmox:
                  endpoint: https://pve.example.org:8006
                  token: { env: PROXMOX_API_TOKEN }
                  nodes: [pve]
                  storage: { disks: {{disks}}, images: {{images}} }
              distribution: { talos: { version: v1.12.4, kubernetes: v1.35.1, extensions: [iscsi-tools] } }
              network: { nodes: [10.2.0.0/16], gateway: 10.2.0.1 }
              nodePools:
                node:
                  { role: control-plane, count: 1, cpu: 4, memory: 8Gi, disk: 40Gi, addresses: [10.2.1.1] }
                worker:
                  role: worker
                  count: 1
                  cpu: 4
                  memory: 8Gi
                  disk: 40Gi
                  addresses: [10.2.1.2]
                  volumes: { longhorn: { size: 80Gi, retain: true } }
            """;
        var read = Declaration.Read([new SourceFile("platform.yaml", text)], profile: null);
        read.Value.ShouldNotBeNull(string.Join('\n', read.Diagnostics));
        return read.Value.Clusters["talos"];
    }
}
