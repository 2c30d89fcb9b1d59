using System.Globalization;
using System.Text.Json.Nodes;
using Orrery.Model.Values;
using Orrery.Simulation.Proxmox.Requests;
using Orrery.Simulation.Proxmox.State;

namespace Orrery.Simulation.Proxmox.Routes;

/// <summary>Machines: made, cloned, shown, deleted.</summary>
internal static class MachineRoutes
{
    public static IReadOnlyList<Route> All { get; } =
    [
        new("POST", "/nodes/{node}/qemu", Create),
        new("POST", "/nodes/{node}/qemu/{vmid}/clone", Clone),
        new("GET", "/nodes/{node}/qemu/{vmid}/config", Show),
        new("POST", "/nodes/{node}/qemu/{vmid}/config", MachineChanges.Configure),
        new("PUT", "/nodes/{node}/qemu/{vmid}/resize", MachineChanges.Resize),
        new("POST", "/nodes/{node}/qemu/{vmid}/move_disk", MachineChanges.Move),
        new("PUT", "/nodes/{node}/qemu/{vmid}/unlink", MachineChanges.Unlink),
        new("DELETE", "/nodes/{node}/qemu/{vmid}", Delete),
    ];

    /// <summary>
    /// The configuration exists at once, with a lock and nothing else; everything else stands in it when the task is
    /// done. Where that fails, nothing is left.
    /// </summary>
    private static JsonNode Create(Exchange exchange)
    {
        var (node, form) = (exchange.Node, exchange.Form);
        var vmid = Exchange.Vmid(form.Get("vmid"));
        RequireAllocate(exchange, vmid);
        ConfigFields.Check(form);
        var prefix = $"unable to create VM {vmid} - ";
        if (exchange.Cluster.Machines.ContainsKey(vmid))
            throw Refusal.Died($"{prefix}VM {vmid} already exists on node '{node.Name}'");
        if (exchange.Request.Fault == Worlds.WorldFault.Locked)
        {
            exchange.Injected = true;
            throw Refusal.MachineLock(vmid, prefix);
        }

        var plan = DrivePlan.Of(exchange, vmid, ValueMap<string>.Empty);
        var machine = new VirtualMachine { Vmid = vmid, Node = node.Name, Created = exchange.Now };
        MachineChanges.RequireFor(exchange, machine);
        machine.Config["lock"] = "create";
        exchange.Cluster.Machines.Add(vmid, machine);
        return exchange.Start("qmcreate", $"{vmid}", new TaskWork
        {
            Takes = plan.Takes,
            Allocates = plan.Allocates,
            Holds = [machine],
            Log = plan.Log,
            Succeed = now =>
            {
                var config = new SortedDictionary<string, string>(StringComparer.Ordinal);
                ConfigFields.Write(form, config);
                plan.Carry(config, now);
                config.TryAdd("boot", $"order={string.Join(';', DefaultBoot(config))}");
                config.TryAdd("smbios1", $"uuid={exchange.Cluster.NewUuid(vmid, now)}");
                machine.Config = config;
                machine.Pool = form.Find("pool");
            },
            Fail = _ => exchange.Cluster.Machines.Remove(vmid),
        });
    }

    private static JsonNode Clone(Exchange exchange)
    {
        var (source, form) = (exchange.Machine, exchange.Form);
        exchange.RequireOnMachine(source, "VM.Clone");
        var vmid = Exchange.Vmid(form.Get("newid"));
        RequireAllocate(exchange, vmid);
        exchange.RequireUnlocked(source);
        if (exchange.Cluster.Machines.ContainsKey(vmid))
            throw Refusal.Died($"unable to create VM {vmid}: config file already exists");
        if (form.Find("storage") is not null && !form.Is("full", otherwise: !source.IsTemplate))
            throw Refusal.Died("parameter 'storage' not allowed for linked clones");
        var copies = source.Drives.Where(drive => !drive.Drive.IsMedia)
            .Select(drive => (drive.Slot, drive.Drive, Volume: exchange.Cluster.FindVolume(drive.Drive.Volume)!))
            .Select(drive => (drive.Slot, drive.Drive, drive.Volume, Storage: exchange.Storage(
                form.Find("storage") ?? drive.Drive.Volume.Split(':')[0]))).ToList();
        var machine = new VirtualMachine { Vmid = vmid, Node = source.Node, Created = exchange.Now };
        // "qmclone temporary file" of the sources: a lock, and nothing that says whose it is.
        machine.Config["lock"] = "clone";
        exchange.Cluster.Machines.Add(vmid, machine);
        var latencies = exchange.Cluster.Options.Latencies;
        return exchange.Start("qmclone", $"{source.Vmid}", new TaskWork
        {
            Takes = TimeSpan.FromSeconds(
                copies.Sum(copy => copy.Volume.Bytes) * latencies.FilledShare / latencies.CopyRate),
            Allocates = [.. copies.Select(copy => (copy.Storage, 1))],
            Holds = [machine],
            Log = [.. copies.Select(copy => $"create full clone of drive {copy.Slot} ({copy.Drive.Volume})")],
            Succeed = now =>
            {
                var config = new SortedDictionary<string, string>(source.Config, StringComparer.Ordinal);
                config.Remove("template");
                config.Remove("lock");
                config["smbios1"] = $"uuid={exchange.Cluster.NewUuid(vmid, now)}";
                foreach (var copy in copies)
                {
                    var volume = PveCluster.Allocate(
                        copy.Storage, vmid, copy.Volume.Bytes, copy.Volume.Contents.Copy(), now);
                    config[copy.Slot] = (copy.Drive with { Volume = volume.Volid }).ToString();
                }

                config["name"] = form.Find("name") ?? $"Copy-of-VM-{source.Name}";
                config.Remove("description");
                if (form.Find("description") is { } description)
                    config["description"] = description;
                machine.Config = config;
                machine.Pool = form.Find("pool");
            },
            Fail = _ => exchange.Cluster.Machines.Remove(vmid),
        });
    }

    private static JsonNode Show(Exchange exchange)
    {
        var machine = exchange.Machine;
        exchange.RequireOnMachine(machine, "VM.Audit");
        var config = new JsonObject { ["digest"] = new string('0', 40) };
        foreach (var (name, value) in machine.Config)
        {
            config[name] = ConfigFields.IsNumber(name)
                ? JsonValue.Create(long.Parse(value, CultureInfo.InvariantCulture))
                : JsonValue.Create(value);
        }

        return config;
    }

    private static JsonNode Delete(Exchange exchange)
    {
        var machine = exchange.Machine;
        exchange.RequireOnMachine(machine, "VM.Allocate");
        exchange.RequireUnlocked(machine);
        if (machine.Config.GetValueOrDefault("protection") == "1")
            throw Refusal.Died($"can't remove VM {machine.Vmid} - protection mode enabled");
        if (machine.IsRunning)
            throw Refusal.Died($"VM {machine.Vmid} is running - destroy failed");
        var purges = exchange.Form.Is("destroy-unreferenced-disks");
        var volumes = exchange.Cluster.Storages.SelectMany(storage => storage.Volumes.Values)
            .Where(volume => volume.Vmid == machine.Vmid
                && (purges || machine.Drives.Any(drive => drive.Drive.Volume == volume.Volid)))
            .Select(volume => volume.Volid).ToList();
        return exchange.Start("qmdestroy", $"{machine.Vmid}", new TaskWork
        {
            Takes = exchange.Cluster.Options.Latencies.Free * (1 + volumes.Count),
            Holds = [machine],
            Succeed = _ =>
            {
                foreach (var volid in volumes)
                    exchange.Cluster.Free(volid);
                exchange.Cluster.Machines.Remove(machine.Vmid);
            },
        });
    }

    private static void RequireAllocate(Exchange exchange, long vmid)
    {
        if (exchange.Form.Find("pool") is { } pool)
        {
            if (!exchange.Cluster.Pools.ContainsKey(pool))
                throw Refusal.Died($"pool '{pool}' does not exist");
            if (exchange.Cluster.Access.Has(exchange.Caller, $"/pool/{pool}", "VM.Allocate"))
                return;
        }

        exchange.Require($"/vms/{vmid}", "VM.Allocate");
    }

    private static IEnumerable<string> DefaultBoot(SortedDictionary<string, string> config) => config
        .Where(field => VirtualMachine.DriveSlot().IsMatch(field.Key)
            && !field.Key.StartsWith("efi", StringComparison.Ordinal)
            && !field.Key.StartsWith("tpm", StringComparison.Ordinal))
        .Select(field => field.Key).OrderBy(slot => slot.StartsWith("ide", StringComparison.Ordinal)).Take(2);
}
