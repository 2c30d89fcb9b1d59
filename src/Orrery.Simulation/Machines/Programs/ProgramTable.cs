using Orrery.Simulation.Machines.K3s;

namespace Orrery.Simulation.Machines.Programs;

/// <summary>
/// The programs that are simulated, and the packages that bring them. What stands in no list is not there: a shell
/// says 127.
/// </summary>
internal static class ProgramTable
{
    /// <summary>Of Ubuntu's cloud image.</summary>
    private static readonly Dictionary<string, Program> OfTheImage = new(StringComparer.Ordinal)
    {
        ["apt-get"] = PackagePrograms.AptGet,
        ["apt"] = PackagePrograms.AptGet,
        ["base64"] = DigestPrograms.Base64,
        ["basename"] = NamePrograms.BaseName,
        ["bash"] = ShellPrograms.Sh,
        ["blkid"] = DiskPrograms.Blkid,
        ["cat"] = TextPrograms.Cat,
        ["chgrp"] = OwnerPrograms.Chown,
        ["chmod"] = OwnerPrograms.Chmod,
        ["chown"] = OwnerPrograms.Chown,
        ["cloud-init"] = SystemPrograms.CloudInit,
        ["cmp"] = TextPrograms.Cmp,
        ["cp"] = FilePrograms.Copy,
        ["curl"] = WebPrograms.Curl,
        ["cut"] = TextPrograms.Cut,
        ["dash"] = ShellPrograms.Sh,
        ["date"] = SystemPrograms.Date,
        ["df"] = DiskPrograms.Df,
        ["dirname"] = NamePrograms.DirName,
        ["dpkg"] = PackagePrograms.Dpkg,
        ["echo"] = ShellPrograms.Echo,
        ["env"] = ShellPrograms.Env,
        ["false"] = ShellPrograms.False,
        ["findmnt"] = DiskPrograms.Findmnt,
        ["grep"] = TextPrograms.Grep,
        ["groupadd"] = AccountPrograms.GroupAdd,
        ["head"] = TextPrograms.Head,
        ["hostname"] = SystemPrograms.HostName,
        ["hostnamectl"] = SystemPrograms.HostNameControl,
        ["id"] = AccountPrograms.Id,
        ["install"] = FilePrograms.Install,
        ["ip"] = NetworkPrograms.Ip,
        ["iptables"] = NetworkPrograms.IpTables,
        ["journalctl"] = UnitPrograms.JournalControl,
    };

    /// <summary>More of the same.</summary>
    private static readonly Dictionary<string, Program> OfTheSystem = new(StringComparer.Ordinal)
    {
        ["ln"] = FilePrograms.Link,
        ["ls"] = ListPrograms.Ls,
        ["lsblk"] = DiskPrograms.Lsblk,
        ["mkdir"] = FilePrograms.MakeFolder,
        ["mkfs.ext4"] = DiskPrograms.MakeFilesystem,
        ["mkfs.xfs"] = DiskPrograms.MakeFilesystem,
        ["mktemp"] = FilePrograms.MakeTemporary,
        ["modprobe"] = ShellPrograms.True,
        ["mount"] = DiskPrograms.MountProgram,
        ["mountpoint"] = DiskPrograms.Mountpoint,
        ["mv"] = FilePrograms.Move,
        ["netplan"] = NetworkPrograms.Netplan,
        ["nft"] = NetworkPrograms.Nft,
        ["poweroff"] = SystemPrograms.Halt,
        ["printf"] = ShellPrograms.Printf,
        ["readlink"] = NamePrograms.ReadLink,
        ["realpath"] = NamePrograms.ReadLink,
        ["reboot"] = SystemPrograms.Halt,
        ["rm"] = FilePrograms.Remove,
        ["rmdir"] = FilePrograms.RemoveFolder,
        ["sed"] = SedProgram.Run,
        ["seq"] = TextPrograms.Seq,
        ["sh"] = ShellPrograms.Sh,
        ["sha256sum"] = DigestPrograms.Sha256Sum,
        ["shutdown"] = SystemPrograms.Halt,
        ["sleep"] = ShellPrograms.Sleep,
        ["sort"] = TextPrograms.Sort,
        ["ssh-keygen"] = KeyPrograms.SshKeygen,
        ["stat"] = ListPrograms.Stat,
        ["swapoff"] = ShellPrograms.True,
        ["sync"] = DiskPrograms.Sync,
        ["sysctl"] = ShellPrograms.True,
        ["systemctl"] = UnitPrograms.SystemControl,
        ["tail"] = TextPrograms.Tail,
        ["tar"] = ArchivePrograms.Tar,
        ["tee"] = TextPrograms.Tee,
        ["test"] = ShellPrograms.Test,
        ["timeout"] = ShellPrograms.Timeout,
        ["touch"] = FilePrograms.Touch,
        ["tr"] = TextPrograms.Tr,
        ["true"] = ShellPrograms.True,
        ["udevadm"] = ShellPrograms.True,
        ["umount"] = DiskPrograms.Unmount,
        ["uname"] = SystemPrograms.Uname,
        ["uniq"] = TextPrograms.Uniq,
        ["useradd"] = AccountPrograms.UserAdd,
        ["wc"] = TextPrograms.Wc,
        ["wget"] = WebPrograms.Wget,
        ["whoami"] = AccountPrograms.WhoAmI,
    };

    /// <summary>What comes with a download or a package.</summary>
    private static readonly Dictionary<string, Program> Others = new(StringComparer.Ordinal)
    {
        ["containerd"] = static call => call.Machine.Containerd.Serve(call),
        ["k3s"] = K3sPrograms.K3s,
        ["k3s-install"] = K3sInstall.Run,
        ["k3s-killall"] = K3sPrograms.KillAll,
        ["k3s-uninstall"] = K3sPrograms.Uninstall,
        ["k9s"] = ShellPrograms.True,
        ["inert"] = ShellPrograms.True,
    };

    /// <summary>
    /// Packages that can be installed, with their programs. A program that is not simulated is there and does nothing.
    /// </summary>
    public static readonly IReadOnlyDictionary<string, string[]> Packages = new Dictionary<string,
        string[]>(StringComparer.Ordinal)
    {
        ["apparmor"] = [],
        ["apparmor-utils"] = ["aa-status"],
        ["apt-transport-https"] = [],
        ["bash-completion"] = [],
        ["ca-certificates"] = ["update-ca-certificates"],
        ["conntrack"] = ["conntrack"],
        ["cryptsetup"] = ["cryptsetup"],
        ["curl"] = ["curl"],
        ["e2fsprogs"] = [],
        ["ebtables"] = ["ebtables"],
        ["ethtool"] = ["ethtool"],
        ["fail2ban"] = ["fail2ban-client"],
        ["git"] = ["git"],
        ["gnupg"] = ["gpg"],
        ["htop"] = ["htop"],
        ["iptables"] = ["iptables"],
        ["ipset"] = ["ipset"],
        ["jq"] = ["jq"],
        ["nfs-common"] = ["mount.nfs"],
        ["nftables"] = ["nft"],
        ["open-iscsi"] = ["iscsiadm"],
        ["python3"] = ["python3"],
        ["restic"] = ["restic"],
        ["socat"] = ["socat"],
        ["unattended-upgrades"] = ["unattended-upgrade"],
        ["unzip"] = ["unzip"],
        ["vim"] = ["vim"],
        ["wget"] = ["wget"],
        ["wireguard"] = ["wg"],
        ["wireguard-tools"] = ["wg"],
        ["xfsprogs"] = ["xfs_admin"],
        ["zstd"] = ["zstd"],
    };

    public static IEnumerable<string> ImagePrograms => OfTheImage.Keys.Concat(OfTheSystem.Keys);

    public static Program? Find(string name) =>
        OfTheImage.GetValueOrDefault(name) ?? OfTheSystem.GetValueOrDefault(name)
        ?? Others.GetValueOrDefault(name);
}
