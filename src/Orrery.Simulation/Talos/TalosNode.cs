using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Orrery.Simulation.Talos.Api;
using Orrery.Simulation.Talos.Clusters;
using Orrery.Simulation.Talos.Configuration;
using Orrery.Simulation.Talos.Hardware;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Talos;

/// <summary>In which part of its life a node is; the numbers are those of its machine status.</summary>
public enum TalosStage
{
    Off = 0,
    Booting = 1,
    Installing = 2,
    Maintenance = 3,
    Running = 4,
    Rebooting = 5,
    ShuttingDown = 6,
    Resetting = 7,
    Upgrading = 8,

    /// <summary>It is on and waits for a person: nothing boots, or Talos refuses to go on.</summary>
    Halted = 100,
}

/// <summary>
/// A machine that boots Talos Linux: from its media into maintenance mode, installed by its configuration, then a
/// member of a cluster. What it does, and what it refuses, follows https://www.talos.dev.
/// </summary>
public sealed partial class TalosNode
{
    private readonly TalosPark _park;
    private readonly StringBuilder _console = new();
    private TimeSpan _bootedAt;
    private int _life;
    private int _boots;

    internal TalosNode(TalosPark park, TalosHardware hardware)
    {
        (_park, Hardware) = (park, hardware);
        Tailscale = new TailscaleService(this, park.Options.Tailnet);
    }

    public string Id => Hardware.Id;

    public TalosHardware Hardware { get; internal set; }

    public TalosStage Stage { get; private set; }

    public bool IsOn => Stage != TalosStage.Off;

    /// <summary>What its serial console has shown since it was made.</summary>
    public string ConsoleText => _console.ToString();

    /// <summary>What runs; null while it is off or in its firmware.</summary>
    public TalosImage? Image { get; private set; }

    /// <summary>The address of its first card; null without one.</summary>
    public string? Address => Addresses.FirstOrDefault();

    /// <summary>By which its certificate is known, in maintenance mode and afterwards.</summary>
    public string Fingerprint
    {
        get
        {
            using var key = ServerKey();
            return DrawnKey.Fingerprint(key);
        }
    }

    /// <summary>Its API answers: in maintenance mode, or with its configuration.</summary>
    public bool Answers => Stage == TalosStage.Maintenance || IsApidUp;

    /// <summary>All addresses on its cards, without prefix lengths; none while it has no network.</summary>
    public IEnumerable<string> Addresses => Image is null ? [] : Hardware.Nics.SelectMany(AddressesOf);

    /// <summary>As its configuration says, or else its DHCP server; otherwise after its address.</summary>
    public string HostName => Settings?.HostName
        ?? Hardware.Nics.Select(nic => _park.Options.Leases(nic.Mac)?.HostName).FirstOrDefault(name => name is not null)
        ?? (Address is { } address ? "talos-" + address.Replace('.', '-') : "talos");

    internal MachineSettings? Settings { get; private set; }

    internal TalosPark Park => _park;

    /// <summary>Where its image has it.</summary>
    internal TailscaleService Tailscale { get; }

    internal bool IsApidUp { get; private set; }

    /// <summary>The member that its etcd runs as; null while it does not run.</summary>
    internal ulong? EtcdMemberId { get; private set; }

    /// <summary>An API server answers on it.</summary>
    internal bool HasApiServer { get; private set; }

    /// <summary>Its kubelet runs, and pods with it.</summary>
    internal bool IsKubeletUp { get; private set; }

    internal TalosCluster? Cluster { get; private set; }

    internal TalosInstallation? Installation => Hardware.Disks.FirstOrDefault(disk => disk.IsInstalled)?.Installation;

    private Agenda Agenda => _park.Agenda;

    private TalosLatencies Latencies => _park.Options.Latencies;

    /// <summary>What it shows to clients at this moment, with its key; the caller disposes it.</summary>
    /// <exception cref="CryptographicException">Its authority's key is none on P-256.</exception>
    public X509Certificate2 ServerCertificate() => TalosCertificates.Of(this);

    /// <summary>
    /// Its API for a client that has shown a certificate, or none; null where TLS ends the connection.
    /// </summary>
    public IWorld? ApiFor(X509Certificate2? client) => Settings is null
        ? new TalosNodeApi(this, "")
        : client is not null && TalosCertificates.RoleOf(this, client) is { } role
            ? new TalosNodeApi(this, role)
            : null;

    /// <summary>Switches it on; nothing where it is.</summary>
    public void PowerOn()
    {
        if (IsOn)
            return;
        _console.Clear();
        Boot();
    }

    /// <summary>Cuts the power.</summary>
    public void PowerOff()
    {
        End();
        Stage = TalosStage.Off;
        Image = null;
    }

    /// <summary>A key for the certificate that it shows: another one for each boot into maintenance mode.</summary>
    internal ECDsa ServerKey() => DrawnKey.Of(string.Create(CultureInfo.InvariantCulture,
        $"{_park.Options.Seed} {Id} {(Settings is null ? _boots : 0)}"));

    internal void Say(string line, string detail = "") => _console.Append(
        CultureInfo.InvariantCulture,
        $"[{(Agenda.Now - _bootedAt).TotalSeconds,12:0.000000}] [talos] {$"{line} {detail}".TrimEnd()}\r\n");

    /// <summary>Does something after a while, unless it goes off or boots again before.</summary>
    internal void After(TimeSpan delay, Action happening)
    {
        var life = _life;
        Agenda.After(delay, () =>
        {
            if (_life == life)
                happening();
        });
    }

    /// <summary>Ends everything in its order, and boots again.</summary>
    internal void Reboot(TalosStage stage = TalosStage.Rebooting)
    {
        Stage = stage;
        After(Latencies.Shutdown, () =>
        {
            Sync();
            Boot();
        });
    }

    internal void ShutDown(string? tag)
    {
        (Stage, var since) = (TalosStage.ShuttingDown, Agenda.Now);
        After(Latencies.Shutdown, () =>
        {
            _park.Note(new ServiceRecord(tag, "shutdown", since, Agenda.Now));
            Sync();
            PowerOff();
            _park.SwitchedOff(this);
        });
    }

    private void Boot()
    {
        End();
        _boots++;
        _bootedAt = Agenda.Now;
        (Stage, Image, Settings) = (TalosStage.Booting, null, null);
        foreach (var media in Hardware.BootOrder)
        {
            switch (media)
            {
                case BootMedia.Iso iso:
                    After(Latencies.Boot, () => BootFromIso(iso.Image));
                    return;
                case BootMedia.FromDisk { Disk.Installation: { } installed } when Hardware.Disks.Any(
                    disk => disk.Installation == installed):
                    After(Latencies.Boot, () => BootFromDisk(installed));
                    return;
            }
        }

        _console.Append("BdsDxe: No bootable option or device was found.\r\n");
        Stage = TalosStage.Halted;
    }

    // https://github.com/siderolabs/talos/issues/9232: since 1.8 every ISO has talos.halt_if_installed.
    private void BootFromIso(TalosImage image)
    {
        Image = image;
        if (Installation is null)
        {
            EnterMaintenance();
            return;
        }

        Stage = TalosStage.Halted;
        Say("Talos is already installed to disk but booted from another media and talos.halt_if_installed kernel"
            + " parameter is set. Please reboot from the disk.");
    }

    private void BootFromDisk(TalosInstallation installed)
    {
        Image = installed.Current;
        if (installed.Staged is { } staged)
            (installed.Configuration, installed.Staged) = (staged, null);
        if (installed.Configuration is { } text)
            Begin(MachineSettings.Read(text), installed);
        else
            EnterMaintenance();
    }

    private void EnterMaintenance()
    {
        const string Controller = "{\"component\": \"controller-runtime\", \"controller\": "
            + "\"runtime.MaintenanceServiceController\"";
        Stage = TalosStage.Maintenance;
        _park.Answers(this);
        Say("entering maintenance service",
            "{\"component\": \"controller-runtime\", \"controller\": \"config.AcquireController\"}");
        if (Address is not { } address)
            return;
        Say("this machine is reachable at:", Controller + "}");
        foreach (var each in Addresses)
            Say($"\t{each}", Controller + "}");
        Say("server certificate issued", $"{Controller}, \"fingerprint\": \"{Fingerprint}\"}}");
        Say("upload configuration using talosctl:", Controller + "}");
        Say($"\ttalosctl apply-config --insecure --nodes {address} --file <config.yaml>", Controller + "}");
        Say("optionally with node fingerprint check:", Controller + "}");
        Say($"\ttalosctl apply-config --insecure --nodes {address} --cert-fingerprint '{Fingerprint}' --file"
            + " <config.yaml>", Controller + "}");
    }

    /// <summary>What was written is on the disks for good.</summary>
    private void Sync()
    {
        foreach (var volume in Installation?.Files?.Volumes.Values.ToList() ?? [])
            volume.Sync();
    }

    /// <summary>Everything that runs ends at once.</summary>
    private void End()
    {
        _life++;
        var cluster = Cluster;
        Tailscale.Stop();
        (IsApidUp, EtcdMemberId, HasApiServer, IsKubeletUp) = (false, null, false, false);
        _park.KubeSpan.Look(this);
        if (Installation?.Files is { IsOn: true } machine)
            machine.CutPower("power off");
        cluster?.Changed();
        if (cluster is not null)
            Agenda.After(Latencies.NodeGrace, cluster.LookAtNodes);
    }

    /// <summary>With <c>net.ifnames=0</c> the kernel counts its cards instead of naming their places.</summary>
    private string NameOf(TalosNic nic, TalosImage image) => image.KernelArguments.Contains("net.ifnames=0")
        ? $"eth{Hardware.Nics.ToList().IndexOf(nic)}"
        : nic.Name;

    // META key 10 is read on platform metal only, and the cloud's network configuration on nocloud only.
    private IEnumerable<string> AddressesOf(TalosNic nic)
    {
        var configured = Settings?.AddressesOf(nic).ToList() ?? [];
        if (configured.Count == 0 && Image is { Platform: "metal" } metal
            && metal.Meta.GetValueOrDefault("10") is { } network)
        {
            configured = MetaNetwork.AddressesIn(network, NameOf(nic, metal));
        }

        if (configured.Count == 0 && Image?.Platform == "nocloud" && nic.CloudAddress is { } given)
            configured = [given];
        if (configured.Count == 0 && _park.Options.Leases(nic.Mac) is { } lease)
            configured = [lease.Address];
        return configured.Select(address => address.Split('/')[0]);
    }
}
