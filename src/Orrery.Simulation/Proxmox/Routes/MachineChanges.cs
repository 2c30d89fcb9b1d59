using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Orrery.Simulation.Proxmox.Requests;
using Orrery.Simulation.Proxmox.State;

namespace Orrery.Simulation.Proxmox.Routes;

/// <summary>What of a machine changes while it exists.</summary>
internal static partial class MachineChanges
{
    public static JsonNode Configure(Exchange exchange)
    {
        var (machine, form) = (exchange.Machine, exchange.Form);
        RequireFor(exchange, machine);
        exchange.RequireUnlocked(machine);
        ConfigFields.Check(form);
        var deleted = Access.Split(form.Find("delete"));
        var plan = DrivePlan.Of(exchange, machine.Vmid, machine.Config);
        return exchange.Start("qmconfig", $"{machine.Vmid}", new TaskWork
        {
            Takes = plan.Takes - TimeSpan.FromMilliseconds(400),
            Allocates = plan.Allocates,
            Holds = [machine],
            Log = plan.Log,
            Succeed = now =>
            {
                foreach (var name in deleted)
                    Remove(exchange.Cluster, machine, name);
                ConfigFields.Write(form, machine.Config);
                plan.Carry(machine.Config, now);
            },
        });
    }

    public static JsonNode Resize(Exchange exchange)
    {
        var (machine, form) = (exchange.Machine, exchange.Form);
        exchange.RequireOnMachine(machine, "VM.Config.Disk");
        exchange.RequireUnlocked(machine);
        var slot = form.Get("disk");
        var (drive, volume) = DiskOf(exchange, machine, slot);
        var size = form.Get("size");
        if (SizeText().Match(size) is not { Success: true } match)
            throw Refusal.Parameter("size", "value does not match the regex pattern");
        var bytes = (long)(decimal.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture)
            * (1L << match.Groups["unit"].Value switch { "K" => 10, "M" => 20, "G" => 30, "T" => 40, _ => 0 }));
        if (match.Groups["plus"].Length > 0)
            bytes += volume.Bytes;
        if (bytes < volume.Bytes)
            throw Refusal.Died("shrinking disks is not supported");
        return exchange.Start("resize", $"{machine.Vmid}", new TaskWork
        {
            Takes = TimeSpan.FromMilliseconds(500),
            Holds = [machine],
            Succeed = _ =>
            {
                volume.Bytes = bytes;
                machine.Config[slot] = drive.With("size", Drive.Size(bytes)).ToString();
            },
        });
    }

    /// <summary>
    /// To another machine: the volume gets that one's name, and its options stay. To another storage is not simulated.
    /// </summary>
    public static JsonNode Move(Exchange exchange)
    {
        var (machine, form) = (exchange.Machine, exchange.Form);
        exchange.RequireOnMachine(machine, "VM.Config.Disk");
        if (form.FindNumber("target-vmid") is not { } targetId)
            throw Refusal.Parameter("target-vmid", "moving to another storage is not simulated");
        var (slot, to) = (form.Get("disk"), form.Find("target-disk") ?? form.Get("disk"));
        if (!exchange.Cluster.Machines.TryGetValue(targetId, out var target))
            throw Refusal.Died($"could not find target VM {targetId}");
        exchange.RequireOnMachine(target, "VM.Config.Disk");
        if (target.Node != machine.Node)
            throw Refusal.Died($"Both VMs need to be on the same node ({machine.Node} != {target.Node})");
        exchange.RequireUnlocked(machine);
        exchange.RequireUnlocked(target);
        CheckMove(machine, slot, target, to);
        var (drive, volume) = DiskOf(exchange, machine, slot);
        var storage = exchange.Storage(drive.Volume.Split(':')[0]);
        return exchange.Start("qmmove", $"{machine.Vmid}", new TaskWork
        {
            Takes = exchange.Cluster.Options.Latencies.Reassign,
            Allocates = [(storage, 1)],
            Holds = [machine, target],
            Log = [$"reassign disk '{slot}' from VM '{machine.Vmid}' as '{to}' to VM '{targetId}'"],
            Succeed = _ =>
            {
                CheckMove(machine, slot, target, to);
                storage.Volumes.Remove(volume.Volid);
                volume.Volid = storage.NextVolume(targetId, volume.Format);
                volume.Vmid = targetId;
                storage.Volumes.Add(volume.Volid, volume);
                machine.Config.Remove(slot);
                Unboot(machine, slot);
                target.Config[to] = (drive with { Volume = volume.Volid }).ToString();
            },
        });
    }

    private static void CheckMove(VirtualMachine machine, string slot, VirtualMachine target, string to)
    {
        if (machine.IsTemplate || target.IsTemplate)
            throw Refusal.Died("Can't move disks from or to template VMs");
        if (!machine.Config.ContainsKey(slot))
            throw Refusal.Died($"Disk '{slot}' for VM '{machine.Vmid}' does not exist");
        if (target.Config.ContainsKey(to))
            throw Refusal.Died($"Target disk key '{to}' is already in use for VM '{target.Vmid}'");
        if (machine.IsRunning && !slot.StartsWith("unused", StringComparison.Ordinal))
        {
            throw Refusal.Died(
                "Cannot move disk to another VM while the source VM is running - detach first");
        }
    }

    /// <summary>As taking drives out by their names: <c>idlist</c>, and done at once.</summary>
    public static JsonNode? Unlink(Exchange exchange)
    {
        var machine = exchange.Machine;
        exchange.RequireOnMachine(machine, "VM.Config.Disk");
        exchange.RequireUnlocked(machine);
        foreach (var name in Access.Split(exchange.Form.Get("idlist")))
            Remove(exchange.Cluster, machine, name);
        return null;
    }

    /// <summary>
    /// A disk of the machine's own that is taken out is kept as unused, without its options; that one is destroyed.
    /// Others' disks are only taken out: vmconfig_register_unused_drive in QemuServer.pm.
    /// </summary>
    private static void Remove(PveCluster cluster, VirtualMachine machine, string name)
    {
        if (!machine.Config.Remove(name, out var text) || !VirtualMachine.DriveSlot().IsMatch(name))
            return;
        Unboot(machine, name);
        var drive = Drive.Parse(text);
        if (drive.IsMedia)
            return;
        if (name.StartsWith("unused", StringComparison.Ordinal))
        {
            cluster.Free(drive.Volume);
            return;
        }

        if (cluster.FindVolume(drive.Volume)?.Vmid != machine.Vmid)
            return;
        var free = Enumerable.Range(0, 256).First(number => !machine.Config.ContainsKey($"unused{number}"));
        machine.Config[$"unused{free}"] = drive.Volume;
    }

    private static void Unboot(VirtualMachine machine, string slot)
    {
        var order = PveCluster.BootOrderOf(machine).ToList();
        if (!order.Remove(slot))
            return;
        if (order.Count > 0)
            machine.Config["boot"] = $"order={string.Join(';', order)}";
        else
            machine.Config.Remove("boot");
    }

    private static (Drive Drive, Volume Volume) DiskOf(Exchange exchange, VirtualMachine machine, string slot)
    {
        if (!machine.Config.TryGetValue(slot, out var text))
            throw Refusal.Died($"disk '{slot}' does not exist");
        var drive = Drive.Parse(text);
        if (drive.IsMedia)
            throw Refusal.Died("you can't resize a cdrom");
        return exchange.Cluster.FindVolume(drive.Volume) is { } volume
            ? (drive, volume)
            : throw Refusal.Died($"volume '{drive.Volume}' does not exist");
    }

    /// <summary>What each of the fields that are set or taken away needs.</summary>
    internal static void RequireFor(Exchange exchange, VirtualMachine machine)
    {
        foreach (var name in exchange.Form.Names.Concat(Access.Split(exchange.Form.Find("delete"))))
        {
            var privilege = name switch
            {
                "cores" or "sockets" or "cpu" or "numa" => "VM.Config.CPU",
                "memory" or "balloon" => "VM.Config.Memory",
                "machine" or "bios" or "scsihw" or "vga" or "tablet" or "args" => "VM.Config.HWType",
                "delete" or "digest" => null,
                _ when PveCluster.IsNetwork(name) => "VM.Config.Network",
                _ when name.StartsWith("serial", StringComparison.Ordinal) => "VM.Config.HWType",
                _ when name.StartsWith("ide", StringComparison.Ordinal) => "VM.Config.CDROM",
                _ when VirtualMachine.DriveSlot().IsMatch(name) => "VM.Config.Disk",
                _ => "VM.Config.Options",
            };
            if (privilege is not null)
                exchange.RequireOnMachine(machine, privilege);
            if (PveCluster.IsNetwork(name) && exchange.Form.Find(name) is { } card)
                RequireBridge(exchange, card);
        }
    }

    /// <summary>Bridges of a node that no SDN knows belong to the zone <c>localnetwork</c>.</summary>
    private static void RequireBridge(Exchange exchange, string card)
    {
        var options = card.Split(',').Select(option => option.Split('=', 2)).Where(pair => pair.Length == 2)
            .DistinctBy(pair => pair[0]).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        if (!options.TryGetValue("bridge", out var bridge))
            return;
        var path = $"/sdn/zones/localnetwork/{bridge}";
        exchange.Require(options.TryGetValue("tag", out var tag) ? $"{path}/{tag}" : path, "SDN.Use");
    }

    [GeneratedRegex("^(?<plus>\\+?)(?<number>[0-9]+(\\.[0-9]+)?)(?<unit>[KMGT]?)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SizeText();
}
