using Orrery.Simulation.Machines.Files;
using static Orrery.Tests.Simulation.K3s.ClusterScene;

namespace Orrery.Tests.Simulation.K3s;

public class ClaimTests
{
    private const string Pattern = """
        apiVersion: storage.k8s.io/v1
        kind: StorageClass
        metadata:
          name: kept
        parameters:
          pathPattern: "{{ .PVC.Namespace }}/{{ .PVC.Name }}"
        provisioner: rancher.io/local-path
        reclaimPolicy: Retain
        volumeBindingMode: WaitForFirstConsumer
        """;

    private static string Volume(string labels = "app: data") => $"""
        apiVersion: v1
        kind: PersistentVolume
        metadata:
          name: data
          labels:
            {labels}
        spec:
          accessModes: [ReadWriteOnce]
          capacity:
            storage: 2Gi
          hostPath:
            path: /srv/data
            type: Directory
          persistentVolumeReclaimPolicy: Retain
          storageClassName: manual
        """;

    private static string Claim(string kind, string selector = "") => $"""
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata:
          name: data
          namespace: default
        spec:
          accessModes: [ReadWriteOnce]
          resources:
            requests:
              storage: 1Gi
          storageClassName: {kind}
        {(selector.Length == 0 ? "" : $"  selector:\n    matchLabels:\n      {selector}")}
        """;

    private static string Pod(string security = "{}", string mount = "mountPath: /var/data") => $"""
        apiVersion: v1
        kind: Pod
        metadata:
          name: writer
          namespace: default
        spec:
          securityContext: {security}
          containers:
          - name: main
            image: ghcr.io/example/writer:1
            volumeMounts:
            - name: data
              {mount}
          volumes:
          - name: data
            persistentVolumeClaim:
              claimName: data
        """;

    [Theory]
    [InlineData("app: data", true)]
    [InlineData("app: other", false)]
    public void A_claim_binds_the_static_volume_that_it_selects(string selector, bool isBound)
    {
        var scene = new ClusterScene().Boot(setup: "mkdir -p /srv/data");
        scene.Apply(Volume());
        scene.Apply(Claim("manual", selector));
        scene.Apply(Pod());
        scene.Wait(30);
        var claim = scene.Get("v1", "PersistentVolumeClaim", "default", "data");
        Text(claim, "status", "phase").ShouldBe(isBound ? "Bound" : "Pending");
        Text(claim, "spec", "volumeName").ShouldBe(isBound ? "data" : "");
        Condition(scene.Get("v1", "Pod", "default", "writer"), "Ready").ShouldBe(isBound ? "True" : "");
        if (!isBound)
        {
            Condition(scene.Get("v1", "Pod", "default", "writer"), "PodScheduled", "message")
                .ShouldContain("pod has unbound immediate PersistentVolumeClaims");
        }
    }

    [Fact]
    public void A_file_goes_through_a_claim_only_while_a_pod_runs_that_has_it()
    {
        var scene = new ClusterScene().Boot(setup: "mkdir -p /srv/data");
        scene.Apply(Volume());
        scene.Apply(Claim("manual"));
        scene.Wait(10);
        scene.Cluster.WriteThroughClaim("default", "data", "note", "kept").ShouldBeFalse();
        scene.Apply(Pod());
        scene.Wait(30);
        scene.Cluster.WriteThroughClaim("default", "data", "note", "kept").ShouldBeTrue();
        scene.Ssh("cat /srv/data/note").Output.ShouldBe("kept");
        scene.Cluster.ReadThroughClaim("default", "data", "note").ShouldBe("kept");
        scene.Cluster.ReadThroughClaim("default", "data", "other").ShouldBeNull();
        scene.Store.Delete("v1", "Pod", "default", "writer");
        scene.Wait(30);
        scene.Cluster.ReadThroughClaim("default", "data", "note").ShouldBeNull();
    }

    [Fact]
    public void A_volume_cannot_be_unmounted_under_a_pod()
    {
        var disk = new VolumeDisk(7, 10_000_000_000);
        disk.Format("ext4");
        var scene = new ClusterScene().Boot(volume: disk, setup:
            "mkdir -p /srv && mount /dev/disk/by-id/scsi-0HC_Volume_7 /srv && mkdir -p /srv/data");
        scene.Apply(Volume());
        scene.Apply(Claim("manual"));
        scene.Apply(Pod());
        scene.Wait(30);
        scene.Ssh("systemctl stop k3s");
        scene.Ssh("umount /srv").Error.ShouldContain("target is busy");
        scene.Ssh("/usr/local/bin/k3s-killall.sh; umount /srv").ExitCode.ShouldBe(0);
    }

    [Fact]
    public void A_local_path_without_a_pattern_is_lost_with_its_cluster_and_with_one_it_is_found_again()
    {
        foreach (var (kind, path) in new[] { ("kept", "/data/k3s-storage/default/data"), ("local-path", null) })
        {
            var scene = new ClusterScene().Boot("default-local-storage-path: /data/k3s-storage\n");
            string Fill()
            {
                scene.Apply(Pattern);
                scene.Apply(Claim(kind));
                scene.Apply(Pod());
                scene.Wait(40);
                var volume = scene.Store.List("v1", "PersistentVolume").ShouldHaveSingleItem();
                var node = volume["spec"]!["local"] ?? volume["spec"]!["hostPath"];
                return Text(node, "path");
            }

            var first = Fill();
            scene.Cluster.WriteThroughClaim("default", "data", "note", "kept").ShouldBeTrue();
            scene.Ssh("/usr/local/bin/k3s-killall.sh; rm -r /var/lib/rancher/k3s/server/db; systemctl start k3s");
            scene.Wait(120);
            Fill().ShouldBe(path ?? Fill());
            (first == Fill()).ShouldBe(path is not null);
            scene.Cluster.ReadThroughClaim("default", "data", "note").ShouldBe(path is null ? null : "kept");
        }
    }

    [Fact]
    public void A_deleted_claim_takes_its_folder_along_only_where_the_class_says_so()
    {
        foreach (var (kind, isKept) in new[] { ("kept", true), ("local-path", false) })
        {
            var scene = new ClusterScene().Boot();
            scene.Apply(Pattern);
            scene.Apply(Claim(kind));
            scene.Apply(Pod());
            scene.Wait(40);
            scene.Cluster.WriteThroughClaim("default", "data", "note", "kept").ShouldBeTrue();
            scene.Store.Delete("v1", "Pod", "default", "writer");
            scene.Store.Delete("v1", "PersistentVolumeClaim", "default", "data");
            scene.Wait(60);
            scene.Store.List("v1", "PersistentVolume").Count.ShouldBe(isKept ? 1 : 0);
            scene.Cluster.Machine.FilesBelow("/var/lib/rancher/k3s/storage").Any().ShouldBe(isKept);
        }
    }

    // Owner, group and mode of the folder; user and groups of the pod; whether it comes up.
    [Theory]
    [InlineData("0:0 0755", "{}", "mountPath: /var/data", true)]
    [InlineData("0:0 0755", "{runAsUser: 1000, runAsGroup: 2000}", "mountPath: /var/data", false)]
    [InlineData("0:0 0777", "{runAsUser: 1000, runAsGroup: 2000}", "mountPath: /var/data", true)]
    [InlineData("1000:2000 0700", "{runAsUser: 1000, runAsGroup: 2000}", "mountPath: /var/data", true)]
    [InlineData("0:2000 0770", "{runAsUser: 1000, runAsGroup: 3000}", "mountPath: /var/data", false)]
    [InlineData("0:2000 0770", "{runAsUser: 1000, runAsGroup: 3000, fsGroup: 2000}", "mountPath: /var/data", true)]
    [InlineData("0:0 0755", "{runAsUser: 1000, fsGroup: 2000}", "mountPath: /var/data", false)]
    // kubelet makes a missing subPath as root, with the mode of the folder above it.
    [InlineData("1000:2000 0770", "{runAsUser: 1000, runAsGroup: 2000, fsGroup: 2000}",
        "{mountPath: /var/data, subPath: db}", false)]
    [InlineData("1000:2000 0777", "{runAsUser: 1000, runAsGroup: 2000, fsGroup: 2000}",
        "{mountPath: /var/data, subPath: db}", true)]
    public void A_pod_that_may_not_write_to_its_host_path_crashes(
        string folder, string security, string mount, bool comesUp)
    {
        var (owner, mode) = (folder.Split(' ')[0], folder.Split(' ')[1]);
        var scene = new ClusterScene().Boot(
            setup: $"mkdir -p /srv/data && chown {owner} /srv/data && chmod {mode} /srv/data");
        scene.Apply(Volume());
        scene.Apply(Claim("manual"));
        var text = Pod(security, mount.TrimStart('{').TrimEnd('}').Replace(", ", "\n      ", StringComparison.Ordinal));
        scene.Apply(text);
        scene.Wait(60);
        var pod = scene.Get("v1", "Pod", "default", "writer");
        Condition(pod, "Ready").ShouldBe(comesUp ? "True" : "False");
        if (comesUp)
            return;
        var status = pod!["status"]!["containerStatuses"]![0];
        Text(status, "state", "waiting", "reason").ShouldBe("CrashLoopBackOff");
        Text(status, "lastState", "terminated", "message").ShouldContain("permission denied");
        Text(status, "restartCount").ShouldNotBe("0");
    }

    [Fact]
    public void A_local_volume_is_given_to_the_pods_group()
    {
        var scene = new ClusterScene().Boot();
        scene.Apply(Pattern.Replace("  name: kept", "  name: kept\n  annotations:\n    defaultVolumeType: local",
            StringComparison.Ordinal));
        scene.Apply("""
            apiVersion: v1
            kind: ConfigMap
            metadata:
              name: local-path-config
              namespace: kube-system
            data:
              setup: mkdir -m 0770 -p "$VOL_DIR"
            """);
        scene.Apply(Claim("kept"));
        scene.Apply(Pod("{runAsUser: 1000, runAsGroup: 1000, fsGroup: 2000}"));
        scene.Wait(60);
        Condition(scene.Get("v1", "Pod", "default", "writer"), "Ready").ShouldBe("True");
        scene.Cluster.Machine.PermissionsOf("/var/lib/rancher/k3s/storage/default/data")
            .ShouldBe((0x5F8, 0, 2000));
    }

    [Fact]
    public void A_host_path_that_must_be_there_and_is_not_keeps_its_pod_waiting()
    {
        var scene = new ClusterScene().Boot();
        scene.Apply(Volume());
        scene.Apply(Claim("manual"));
        scene.Apply(Pod());
        scene.Wait(30);
        Text(scene.Get("v1", "Pod", "default", "writer"), "status", "containerStatuses", "0", "state", "waiting",
            "reason").ShouldBe("ContainerCreating");
        scene.Store.List("v1", "Event", "default").Select(item => Text(item, "message")).ShouldContain(
            "MountVolume.SetUp failed for volume \"data\" : hostPath type check failed: /srv/data is not a directory");
        scene.Ssh("mkdir -p /srv/data");
        scene.Wait(180);
        Condition(scene.Get("v1", "Pod", "default", "writer"), "Ready").ShouldBe("True");
    }
}
