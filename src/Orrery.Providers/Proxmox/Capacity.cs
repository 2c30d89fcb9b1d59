using Orrery.Engine.Ports;
using Orrery.Providers.Proxmox.Wire;

namespace Orrery.Providers.Proxmox;

/// <summary>What a machine will need of its host.</summary>
/// <param name="Name">As the declaration calls it, for messages.</param>
/// <param name="Storages">Gibibytes by storage.</param>
public sealed record MachineDemand(
    string Name, string Node, long Cores, long MemoryMebibytes, IReadOnlyDictionary<string, long> Storages);

/// <summary>
/// Compares what machines will need with what their hosts have, before anything is made. What is ours already is part
/// of the demand, and so does not count as used by others.
/// </summary>
public sealed class Capacity
{
    private readonly ProxmoxServices _services;

    internal Capacity(ProxmoxServices services) => _services = services;

    /// <summary>Sends nothing yet.</summary>
    public static Capacity Of(ProviderEnvironment environment, ProxmoxConnection connection) =>
        new(ProxmoxServices.Create(environment, connection));

    /// <summary>One sentence for each thing that does not fit, with its figures; empty where all fits.</summary>
    /// <param name="platformId">Whose the demanding machines are, where they are there already.</param>
    public async Task<IReadOnlyList<string>> CheckAsync(
        IReadOnlyList<MachineDemand> demands, string platformId, CancellationToken cancellation)
    {
        var problems = new List<string>();
        var guests = await _services.Machines.ListAsync(null, cancellation);
        foreach (var node in demands.GroupBy(demand => demand.Node).OrderBy(node => node.Key, StringComparer.Ordinal))
        {
            var others = guests
                .Where(guest => guest.Node == node.Key && !OwnerTags.NamePlatform(guest.Tags, platformId)).ToList();
            var has = await _services.Client.GetAsync(
                $"nodes/{node.Key}/status", ProxmoxJson.Default.EnvelopeNodeStatus, null, cancellation);
            problems.AddRange(node.Where(demand => demand.Cores > has.Cpuinfo.Cpus).Select(demand =>
                $"'{demand.Name}' wants {demand.Cores} CPUs and the host {node.Key} has {has.Cpuinfo.Cpus}"));
            var used = others.Where(guest => guest.Status == "running").Sum(guest => guest.Maxmem) >> 20;
            var (total, wanted) = (has.Memory.Total >> 20, node.Sum(demand => demand.MemoryMebibytes));
            if (used + wanted > total)
            {
                problems.Add($"the machines on {node.Key} want {wanted} MiB of memory; the host has {total} MiB, of"
                    + $" which other running guests use {used} MiB");
            }

            var ours = guests.Except(others).Where(guest => guest.Node == node.Key).Sum(guest => guest.Maxdisk) >> 30;
            problems.AddRange(await StoragesAsync([.. node], node.Key, ours, cancellation));
        }

        return problems;
    }

    private async Task<IEnumerable<string>> StoragesAsync(
        MachineDemand[] demands, string node, long ours, CancellationToken cancellation)
    {
        var storages = await _services.Client.GetAsync(
            $"nodes/{node}/storage", ProxmoxJson.Default.EnvelopeListStorageEntry, null, cancellation);
        var problems = new List<string>();
        foreach (var wanted in demands.SelectMany(demand => demand.Storages).GroupBy(entry => entry.Key)
            .OrderBy(wanted => wanted.Key, StringComparer.Ordinal))
        {
            var sum = wanted.Sum(entry => entry.Value);
            var storage = storages.FirstOrDefault(known => known.Storage == wanted.Key);
            if (storage is null)
                problems.Add($"there is no storage '{wanted.Key}' on {node}");
            else if (!storage.Contents.Contains("images"))
                problems.Add($"the storage '{wanted.Key}' on {node} holds no disks: it is for {storage.Content}");
            else if (sum > ((storage.Avail ?? 0) >> 30) + ours)
            {
                problems.Add($"the machines on {node} want {sum} GiB of '{wanted.Key}', which has"
                    + $" {(storage.Avail ?? 0) >> 30} GiB free of {(storage.Total ?? 0) >> 30} GiB");
            }
        }

        return problems;
    }
}
