using System.Globalization;
using Orrery.Simulation.Machines;
using Orrery.Simulation.Machines.Files;
using Orrery.Simulation.Talos.Clusters;
using Orrery.Simulation.Talos.Configuration;
using Orrery.Simulation.Talos.Hardware;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Talos;

/// <summary>What a node does with its configuration: installs itself, boots into it, joins its cluster.</summary>
public sealed partial class TalosNode
{
    private bool _hasImages;
    private bool _mayBootstrap;
    private (string? Tag, TimeSpan Since)? _work;
    private (string? Tag, TimeSpan Since)? _preparing;

    /// <summary>etcd may begin or join as soon as somebody says how.</summary>
    internal bool AwaitsEtcd => IsApidUp && _mayBootstrap && EtcdMemberId is null && Installation is { Etcd: null };

    /// <summary>The volumes that etcd's data go to are mounted.</summary>
    internal bool HasDataFolder => IsApidUp && (_mayBootstrap || Installation is { Etcd: not null });

    /// <summary>Its files, while it is on.</summary>
    internal Machine? Files => Installation?.Files;

    /// <summary>A configuration arrives in maintenance mode.</summary>
    internal void Configure(string text, string? tag)
    {
        var (settings, since) = (MachineSettings.Read(text), Agenda.Now);
        _park.Note(new ServiceRecord(tag, "install", since, since));
        if (Installation is { } installed)
        {
            // A disk image is installed already, and goes on at once.
            installed.Configuration = text;
            Stage = TalosStage.Booting;
            After(TimeSpan.FromSeconds(1), () => Begin(settings, installed));
            return;
        }

        Stage = TalosStage.Installing;
        After(TimeSpan.FromSeconds(1), () => Install(settings, tag, since));
    }

    /// <summary>Somebody would begin a cluster here, and it is too early: it prepares for him.</summary>
    internal void AsksForEtcd(string? tag) => _preparing ??= (tag, Agenda.Now);

    /// <summary>
    /// Begins a cluster here, with what was uploaded or with nothing; the caller has looked that it may. Where what was
    /// uploaded is no snapshot, etcd does not start, and nothing has begun.
    /// </summary>
    internal void BootstrapEtcd(string? tag, bool recovers, bool skipsHash)
    {
        if (Cluster is not { } cluster || Installation is not { } installed)
            return;
        var snapshot = recovers ? EtcdSnapshot.Read(installed.Uploaded) : null;
        // A copy of a data folder has no hash, and nobody here makes one.
        if (recovers && (snapshot is null || skipsHash))
        {
            Say("service[etcd](Failed): Failed to run pre stage: error verifying snapshot");
            return;
        }

        installed.Uploaded = null;
        installed.Etcd = cluster.Found(this, tag);
        if (snapshot is { } before)
            cluster.Restore(before.Objects, before.Version);
        StartEtcd();
    }

    /// <summary>Joins etcd where it is there and takes members; otherwise it waits.</summary>
    internal void TryJoin()
    {
        if (!AwaitsEtcd || Cluster?.TakeIn(this) is not { } data || Installation is not { } installed)
            return;
        installed.Etcd = data;
        var since = Agenda.Now;
        StartEtcd(() => _park.Note(new ServiceRecord(Cluster.BegunBy, "join", since, Agenda.Now)));
    }

    /// <summary>Somebody asks for another system or another configuration: it works for him until all is up.</summary>
    internal void WorksFor(string? tag) => _work ??= (tag, Agenda.Now);

    /// <summary>Whatever it worked on may be over.</summary>
    internal void Look()
    {
        if (_work is not { } work || !IsKubeletUp || Cluster is not { } cluster || !cluster.Shows(this)
            || (Settings is { IsControlPlane: true } && !HasApiServer))
        {
            return;
        }

        _work = null;
        _park.Note(new ServiceRecord(work.Tag, "change", work.Since, Agenda.Now));
    }

    /// <summary>What is on its partitions goes, then it boots again or halts.</summary>
    internal void Reset(IReadOnlyCollection<string> partitions, bool isGraceful, bool reboots, string? tag)
    {
        (Stage, var since) = (TalosStage.Resetting, Agenda.Now);
        if (isGraceful && Installation?.Etcd is { } data)
        {
            EtcdMemberId = null;
            data.Cluster.Remove(data.MemberId);
            Cluster?.Changed();
        }

        After(Latencies.Shutdown + Latencies.Wipe, () =>
        {
            _park.Note(new ServiceRecord(tag, "reset", since, Agenda.Now));
            Sync();
            _park.KubeSpan.Forget(this);
            End();
            var disk = Hardware.Disks.FirstOrDefault(each => each.IsInstalled);
            if (partitions.Count == 0)
                disk?.Wipe();
            if (partitions.Contains("STATE") && disk?.Installation is { } state)
                (state.Configuration, state.Staged, state.KubeSpanKey) = (null, null, null);
            if (partitions.Contains("EPHEMERAL") && disk?.Installation is { } ephemeral)
            {
                (ephemeral.Etcd, ephemeral.Uploaded, ephemeral.Files) = (null, null, null);
                ephemeral.TailnetIdentity = null;
            }

            if (reboots)
            {
                Boot();
                return;
            }

            PowerOff();
            _park.SwitchedOff(this);
        });
    }

    /// <summary>
    /// Another version stands beside the one that runs, which is kept. False where the installer's checks refuse the
    /// Kubernetes that runs: cmd/installer/pkg/install/preflight.go in Talos' source.
    /// </summary>
    internal bool Upgrade(TalosImage image)
    {
        if (Installation is not { } installed || !Supports(image, Settings?.KubernetesVersion))
            return false;
        (installed.Previous, installed.Current) = (installed.Current, image);
        return true;
    }

    /// <summary>The machine works on its own system until it boots again.</summary>
    internal void BeginUpgrade() => Stage = TalosStage.Upgrading;

    // https://docs.siderolabs.com/talos/v1.12/getting-started/support-matrix: each release runs six of Kubernetes.
    private static bool Supports(TalosImage image, string? kubernetes) =>
        kubernetes?.Split('.') is not [_, var minor, ..] || !int.TryParse(minor, out var number)
        || (number >= image.Minor + 18 && number <= image.Minor + 23);

    /// <summary>Back to what ran before the upgrade; false where nothing is kept.</summary>
    internal bool RollBack()
    {
        if (Installation is not { Previous: { } previous } installed)
            return false;
        (installed.Previous, installed.Current) = (installed.Current, previous);
        return true;
    }

    /// <summary>Takes a configuration over while it runs; false where it first counts after a reboot.</summary>
    internal bool Adopt(string text, bool isForGood = true)
    {
        var settings = MachineSettings.Read(text);
        // .machine.install counts at the next upgrade only: "Editing Machine Configuration" of Talos' documentation.
        var isSame = Settings is { } before && settings.HostName == before.HostName
            && Hardware.Nics.All(nic => settings.AddressesOf(nic).SequenceEqual(before.AddressesOf(nic)));
        if (!isSame)
            return false;
        if (isForGood && Installation is { } installed)
            installed.Configuration = text;
        var old = Settings;
        Settings = settings;
        Tailscale.Look();
        _park.KubeSpan.Look(this);
        if (old is not null)
            Exchange(old, settings);
        return true;
    }

    /// <summary>For what it keeps on its disk: no two are the same, of no two machines.</summary>
    internal string NewIdentity() => string.Create(CultureInfo.InvariantCulture, $"{Id}/{_park.NextIdentity()}");

    /// <summary>What has another image starts again with it; the rest goes on.</summary>
    private void Exchange(MachineSettings old, MachineSettings settings)
    {
        if (old.KubernetesVersion != settings.KubernetesVersion && IsKubeletUp)
        {
            IsKubeletUp = false;
            After(Latencies.Kubelet, () =>
            {
                IsKubeletUp = true;
                Cluster?.Register(this);
            });
        }

        var (before, after) = (old.ControlPlaneImages.ToList(), settings.ControlPlaneImages.ToList());
        if (!settings.IsControlPlane || before.SequenceEqual(after))
            return;
        var wasUp = HasApiServer;
        if (before[0] != after[0])
        {
            HasApiServer = false;
            Cluster?.Changed();
        }

        After(Latencies.ControlPlane, () =>
        {
            HasApiServer = wasUp;
            Cluster?.Changed();
            if (IsKubeletUp)
                Cluster?.Register(this);
        });
    }

    private void Install(MachineSettings settings, string? tag, TimeSpan since)
    {
        var image = Image!;
        var disk = settings.HasDiskSelector && settings.InstallDisk.Length == 0
            ? Hardware.Disks[0]
            : Hardware.Disks.FirstOrDefault(each => Hardware.DeviceOf(each) == settings.InstallDisk);
        if (disk is null)
        {
            Say($"install failed: stat {settings.InstallDisk}: no such file or directory");
            return;
        }

        // The stock installer is what counts where nothing is said, whatever the ISO was built of.
        var reference = settings.InstallImage.Length > 0
            ? settings.InstallImage
            : $"ghcr.io/siderolabs/installer:{image.Version}";
        if (_park.Installer(reference, image.Platform) is not { } installer)
        {
            Say($"install failed: failed to pull image \"{reference}\": not found");
            After(Latencies.InstallerPull, () => Install(settings, tag, since));
            return;
        }

        After(Latencies.InstallerPull + Latencies.Install, () =>
        {
            disk.Write(installer with { Meta = image.Meta });
            disk.Installation!.Configuration = settings.Text;
            Say("installation of " + installer.Version + " complete");
            _park.Note(new ServiceRecord(tag, "install", since, Agenda.Now));
            Reboot();
        });
    }

    private void Begin(MachineSettings settings, TalosInstallation installed)
    {
        (Settings, Stage, _mayBootstrap) = (settings, TalosStage.Running, false);
        installed.Files ??= _park.MakeFiles(this);
        if (!installed.Files.IsOn)
            installed.Files.SwitchOn();
        MountDisks(installed.Files);
        Cluster = _park.ClusterOf(settings);
        After(Latencies.Apid, () =>
        {
            IsApidUp = true;
            _park.Answers(this);
            Tailscale.Look();
            _park.KubeSpan.Look(this);
            After(Latencies.Kubelet, () =>
            {
                IsKubeletUp = true;
                Cluster.Register(this);
            });
            if (!settings.IsControlPlane)
                return;
            After(Latencies.EtcdPrepares, () =>
            {
                _mayBootstrap = true;
                if (_preparing is { } asked)
                    _park.Note(new ServiceRecord(asked.Tag, "etcd prepares", asked.Since, Agenda.Now));
                _preparing = null;
                if (installed.Etcd is null)
                    TryJoin();
                else
                    StartEtcd();
            });
        });
    }

    private void StartEtcd(Action? started = null) => After(Latencies.EtcdStarts, () =>
    {
        if (Installation?.Etcd is not { } data)
            return;
        if (data.Cluster.Find(data.MemberId) is not { } member)
        {
            Say("service[etcd](Failed): the member has been permanently removed from the cluster");
            return;
        }

        (EtcdMemberId, member.IsLearner) = (data.MemberId, false);
        started?.Invoke();
        Cluster?.Changed();
        var wait = _hasImages ? Latencies.ControlPlaneAgain : Latencies.ControlPlane;
        After(wait, () =>
        {
            (HasApiServer, _hasImages) = (true, true);
            Cluster?.Changed();
        });
    });

    // What a machine's disks hold is found again, because nobody formats what has a file system.
    private void MountDisks(Machine machine)
    {
        foreach (var (device, path) in Settings!.Mounts)
        {
            var disk = Hardware.Disks.FirstOrDefault(each => device.Length > 0
                ? Hardware.DeviceOf(each) == device
                : !each.IsInstalled);
            if (disk is null || machine.Files.MountAtPath(path) is not null)
                continue;
            if (disk.Volume.IsBlank)
                disk.Volume.Format("xfs");
            machine.Volumes[disk.Identity] = disk.Volume;
            machine.Files.MakeFolders(path);
            machine.Files.MountAt(new Mount(path, device, "xfs", "defaults", disk.Volume.Mount())
            {
                Disk = disk.Volume,
            });
        }
    }
}
