using System.Text;
using Orrery.Simulation.Machines.Files;
using Orrery.Simulation.Machines.Programs;
using Orrery.Simulation.Machines.Units;

namespace Orrery.Simulation.Machines;

/// <summary>What Ubuntu's cloud image brings: folders, accounts, programs and the units of the system.</summary>
internal static class BaseImage
{
    private static readonly string[] Folders =
    [
        "/boot", "/dev/disk/by-id", "/etc/cron.d", "/etc/default", "/etc/modules-load.d", "/etc/netplan",
            "/etc/ssh/sshd_config.d",
        "/etc/sysctl.d", "/etc/profile.d", "/etc/apt", "/etc/systemd/system/multi-user.target.wants", "/home", "/mnt",
            "/media", "/opt", "/proc", "/root",
        "/run", "/srv", "/sys", "/tmp", "/usr/bin", "/usr/lib/systemd/system", "/usr/local/bin", "/usr/local/sbin",
            "/usr/local/lib",
        "/usr/share", "/var/cache", "/var/lib/cloud", "/var/log", "/var/tmp",
    ];

    public static void Install(Machine machine)
    {
        var files = machine.Files;
        foreach (var folder in Folders)
            files.MakeFolders(folder);
        files.Get("/root").Mode = 0x1C0;
        files.Get("/tmp").Mode = 0x1FF;
        files.Get("/var/tmp").Mode = 0x1FF;
        foreach (var (name, target) in new[] { ("/bin", "usr/bin"), ("/sbin", "usr/sbin"), ("/lib", "usr/lib"),
            ("/usr/sbin", "bin"), ("/var/run", "/run") })
            files.Put(name, new LinkNode(target));
        foreach (var name in new[] { "null", "zero", "random", "urandom", "console", "tty", "kmsg" })
            files.Put("/dev/" + name, new DeviceNode(null) { Mode = 0x1B6 });
        files.WriteText("/etc/passwd",
            "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"
            + "www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\n");
        files.WriteText("/etc/group", "root:x:0:\nadm:x:4:\nsudo:x:27:\nwww-data:x:33:\nnogroup:x:65534:\n");
        files.WriteText("/etc/os-release",
            "PRETTY_NAME=\"Ubuntu 24.04 LTS\"\nNAME=\"Ubuntu\"\nVERSION_ID=\"24.04\"\nID=ubuntu\n");
        files.WriteText("/etc/hostname", machine.Name + "\n");
        files.WriteText("/etc/hosts", "127.0.0.1 localhost\n");
        files.WriteText("/etc/fstab",
            "UUID=00000000-0000-4000-8000-000000000001 / ext4 discard,errors=remount-ro 0 1\n");
        files.WriteText("/etc/environment", "PATH=\"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\"\n");
        // The network that Hetzner's data source gives to cloud-init.
        files.WriteText("/etc/netplan/50-cloud-init.yaml",
            "network:\n  version: 2\n  ethernets:\n    eth0:\n      dhcp4: true\n", 0x180);
        files.WriteText("/usr/lib/systemd/system/nftables.service", """
            [Unit]
            Description=nftables
            DefaultDependencies=no
            [Service]
            Type=oneshot
            RemainAfterExit=yes
            ExecStart=/usr/sbin/nft -f /etc/nftables.conf
            [Install]
            WantedBy=multi-user.target

            """);
        foreach (var name in ProgramTable.ImagePrograms.Concat(machine.Order.Programs.Keys))
            files.Write("/usr/bin/" + name, Encoding.UTF8.GetBytes($"{ProgramRunner.StandIn}{name}\n"), 0x1ED);
        files.MakeFolders("/proc/self");
        files.Put("/proc/self/mounts", new LiveFileNode(() => MountLines(files)));
        files.Put("/proc/mounts", new LinkNode("self/mounts"));
        AddUnits(machine);
    }

    private static string MountLines(FileSystem files) => string.Concat(files.Mounts.Select(mount =>
        $"{mount.Source} {mount.Path} {mount.Type} {mount.Options} 0 0\n"));

    // The order of Ubuntu 24.04: networking, cloud-init's stage "network", then ssh; its last stage after multi-user.
    private static void AddUnits(Machine machine)
    {
        void Add(string name, Func<Execution.Scope, Execution.Work<int>> own, params string[] after) =>
            machine.Units.Add(new Unit(name) { Own = own, OwnAfter = after });
        void Target(string name, string[] wants, params string[] after) =>
            machine.Units.Add(new Unit(name) { OwnWants = wants, OwnAfter = after });
        Target("local-fs.target", []);
        Target("sysinit.target", ["local-fs.target", "cloud-init.service"]);
        Target("basic.target", ["sysinit.target"]);
        Target("network.target", ["systemd-networkd.service"]);
        Target("network-online.target", ["network.target", "cloud-init.service"]);
        Target("multi-user.target", ["basic.target", "network-online.target", "ssh.service", "cloud-init.target"]);
        Target("cloud-init.target", ["cloud-config.service", "cloud-final.service"], "multi-user.target");
        Add("systemd-networkd.service", scope => Networking(machine, scope), "local-fs.target");
        Add("cloud-init.service", machine.CloudInit.Network, "systemd-networkd.service", "local-fs.target");
        Add("cloud-config.service", machine.CloudInit.Config, "network-online.target", "cloud-init.service");
        Add("cloud-final.service", machine.CloudInit.Final, "multi-user.target", "cloud-config.service");
        Add("ssh.service", scope => Ssh(machine, scope), "basic.target", "cloud-init.service");
    }

    private static async Execution.Work<int> Networking(Machine machine, Execution.Scope scope)
    {
        await scope.CountProcess();
        if (machine.Network.ApplyFiles() is not { } problem)
            return 0;
        machine.Log("systemd-networkd.service", problem);
        return 1;
    }

    private static async Execution.Work<int> Ssh(Machine machine, Execution.Scope scope)
    {
        await scope.CountProcess();
        var hasKeys =
            machine.Files.Below("/etc/ssh").Any(found => found.Path.EndsWith("_key", StringComparison.Ordinal));
        if (hasKeys)
            return 0;
        machine.Log("ssh.service", "sshd: no hostkeys available -- exiting.");
        return 1;
    }
}
