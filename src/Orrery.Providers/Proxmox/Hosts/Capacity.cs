using Orrery.Model.Diagnostics;
using Orrery.Model.Platforms;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Proxmox.Kinds;
using Orrery.Providers.Proxmox.Wire;

namespace Orrery.Providers.Proxmox.Hosts;

/// <summary>
/// Compares what a cluster's machines need with what their hosts have, before anything is made. What is the cluster's
/// own already is part of what it needs, and so does not count as used by others.
/// </summary>
internal sealed class Capacity(ProxmoxServices services, string platform)
{
    /// <summary>One finding for each thing that does not fit, with its figures; empty where all fits.</summary>
    public async Task<ValueList<Diagnostic>> CheckAsync(Cluster cluster, CancellationToken cancellation)
    {
        var findings = new List<Diagnostic>();
        var guests = await services.Machines.ListAsync(null, cancellation);
        var nodes = await services.Client.GetAsync(
            "nodes", ProxmoxJson.Default.EnvelopeListNodeEntry, null, cancellation);
        var demands = ProxmoxGraph.Of(cluster, platform).Select(Demand.Of).OfType<Demand>()
            .GroupBy(demand => demand.Node);
        foreach (var here in demands.OrderBy(here => here.Key, StringComparer.Ordinal))
        {
            if (nodes.FirstOrDefault(node => node.Node == here.Key) is not { Status: "online" })
            {
                findings.Add(ProxmoxDiagnostics.NoHost(
                    cluster.Name, here.Key, nodes.Where(node => node.Status == "online").Select(node => node.Node)));
                continue;
            }

            var there = guests.Where(guest => guest.Node == here.Key).ToLookup(guest => IsOf(cluster, guest));
            findings.AddRange(await OfHostAsync(cluster.Name, [.. here], [.. there[false]], cancellation));
            findings.AddRange(await OfStoragesAsync(
                cluster, [.. here], there[true].Sum(guest => guest.Maxdisk) >> 30, cancellation));
        }

        return findings.ToValueList();
    }

    /// <summary>Machines are called after their platform and cluster.</summary>
    private bool IsOf(Cluster cluster, GuestEntry guest) => OwnerTags.AreSet(guest.Tags)
        && guest.Name?.StartsWith($"{platform}-{cluster.Name}-", StringComparison.Ordinal) == true;

    private async Task<IEnumerable<Diagnostic>> OfHostAsync(
        string cluster, Demand[] demands, GuestEntry[] others, CancellationToken cancellation)
    {
        var node = demands[0].Node;
        var has = await services.Client.GetAsync(
            $"nodes/{node}/status", ProxmoxJson.Default.EnvelopeNodeStatus, null, cancellation);
        var findings = new List<Diagnostic>();
        findings.AddRange(demands.Where(demand => demand.Cores > has.Cpuinfo.Cpus).Select(demand =>
            ProxmoxDiagnostics.TooManyCores(cluster, demand.Name, demand.Cores, node, has.Cpuinfo.Cpus)));
        var running = others.Where(guest => guest.Status == "running").ToArray();
        var (total, used) = (has.Memory.Total >> 20, running.Sum(guest => guest.Maxmem) >> 20);
        var wanted = demands.Sum(demand => demand.MemoryMebibytes);
        if (used + wanted > total)
            findings.Add(ProxmoxDiagnostics.TooLittleMemory(cluster, node, wanted, total, used));
        var cores = demands.Sum(demand => demand.Cores) + (long)running.Sum(guest => guest.Maxcpu);
        if (cores > has.Cpuinfo.Cpus)
            findings.Add(ProxmoxDiagnostics.SharedCores(cluster, node, cores, has.Cpuinfo.Cpus));
        return findings;
    }

    private async Task<IEnumerable<Diagnostic>> OfStoragesAsync(
        Cluster cluster, Demand[] demands, long ours, CancellationToken cancellation)
    {
        var settings = (Infrastructure.Proxmox)cluster.Infrastructure;
        var node = demands[0].Node;
        var storages = await services.Client.GetAsync(
            $"nodes/{node}/storage", ProxmoxJson.Default.EnvelopeListStorageEntry, null, cancellation);
        var wanted = demands.SelectMany(demand => demand.Disks).Sum();
        return
        [
            .. Holding(cluster.Name, storages, node, settings.Images, "import"),
            .. Holding(cluster.Name, storages, node, settings.Images, "iso"),
            .. Holding(cluster.Name, storages, node, settings.Disks, "images"),
            .. from storage in storages
               where storage.Storage == settings.Disks && wanted > Free(storage) + ours
               select ProxmoxDiagnostics.TooLittleStorage(
                   cluster.Name, node, (storage.Storage, wanted, Free(storage) + ours)),
        ];
    }

    private static long Free(StorageEntry storage) => (storage.Avail ?? 0) >> 30;

    /// <summary>The storage is there, and for what it is used for.</summary>
    private static IEnumerable<Diagnostic> Holding(
        string cluster, List<StorageEntry> storages, string node, string name, string content)
    {
        var storage = storages.FirstOrDefault(known => known.Storage == name);
        if (storage?.Contents.Contains(content) == true)
            return [];
        var fitting = storages.Where(other => other.Contents.Contains(content)).Select(other => other.Storage);
        return [ProxmoxDiagnostics.WrongStorage(cluster, node, (name, content, storage?.Content), fitting)];
    }

    /// <summary>What a machine, or a disk that is kept, will need of its host.</summary>
    private sealed record Demand(string Name, string Node, long Cores, long MemoryMebibytes, IReadOnlyList<long> Disks)
    {
        public static Demand? Of(Resource resource)
        {
            var desired = resource.Desired;
            var node = desired["node"].AsText() ?? "";
            if (resource.Type == DiskHandler.Definition.Type)
                return new Demand(resource.Address.Name, node, 0, 0, [desired["size"].AsNumber() ?? 0]);
            return resource.Type == VirtualMachineHandler.Definition.Type
                ? new Demand(
                    resource.Address.Name, node, desired["cores"].AsNumber() ?? 0, desired["memory"].AsNumber() ?? 0,
                    [.. MachineBody.Map(desired["disks"]).Select(disk => disk.Value is Value.Map map
                        ? map["size"].AsNumber() ?? 0
                        : 0)])
                : null;
        }
    }
}
