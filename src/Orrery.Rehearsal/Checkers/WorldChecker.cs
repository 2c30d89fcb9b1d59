using System.Text;
using Orrery.Model.Plans;
using Orrery.Rehearsal.Stages;
using Orrery.Simulation.Machines;

namespace Orrery.Rehearsal.Checkers;

/// <summary>
/// Compares what is in the world with what should be: nothing double, nothing orphaned, no byte lost.
/// </summary>
internal sealed class WorldChecker(Stage stage, Invariants invariants)
{
    private const string FileName = "rehearsal.txt";
    private readonly Dictionary<long, string> _written = [];
    private int _writes;

    /// <summary>Things of ours that the state does not know, by name.</summary>
    public IReadOnlyList<string> Orphans(Recorded recorded)
    {
        var known = recorded.Resources.Values.Where(resource => resource.Id is not null)
            .Select(resource => (Hash: resource.Address.Hash, Id: resource.Id ?? "")).ToHashSet();
        var servers = known.Select(entry => entry.Id).ToHashSet(StringComparer.Ordinal);
        return
        [
            // What came with a server of ours goes with it.
            .. Made().Where(item => item.IsOfClaim
                    ? IsForgotten(item)
                    : (item.AddressHash is not null || !servers.Contains(item.Server ?? "")) && !item.IsAmong(known))
                .Select(item => $"{item}"),
        ];
    }

    /// <summary>While there is a cluster, some volume of its objects is this one.</summary>
    private bool IsForgotten(WorldItem item)
    {
        var running = stage.Site.Kubernetes.Where(cluster => cluster.IsRunning).ToList();
        return running.Count > 0 && !running.Exists(cluster => cluster.Api.Store.List("v1", "PersistentVolume")
            .Any(volume => volume["spec"]?["csi"]?["volumeHandle"]?.ToString()
                .EndsWith($"/{item.Id.Replace(':', '/')}", StringComparison.Ordinal) == true));
    }

    /// <summary>Addresses that more than one thing claims to be, beyond replacements under way.</summary>
    public int Duplicates() => Made().Where(item => item.AddressHash is not null)
        .GroupBy(item => (item.Kind, item.AddressHash)).Count(same => same.Count() > 1);

    public void AddressesAreUnique()
    {
        var addresses = stage.World.Inventory()
            .Where(item => item.PublicAddress is not null && item.Kind != "servers").ToArray();
        foreach (var same in addresses.GroupBy(item => item.PublicAddress, StringComparer.Ordinal))
            invariants.Addresses.Check(same.Count() == 1, () => $"{same.Key} belongs to {same.Count()} things");
        foreach (var same in stage.World.Inventory().Where(item => item is { Kind: "servers", PublicAddress: not null })
                     .GroupBy(item => item.PublicAddress, StringComparer.Ordinal))
        {
            invariants.Addresses.Check(same.Count() == 1, () => $"{same.Key} leads to {same.Count()} servers");
        }

        var nodes = stage.Site.Talos.All.Where(node => node.IsOn).SelectMany(node => node.Addresses);
        foreach (var same in nodes.GroupBy(address => address, StringComparer.Ordinal))
            invariants.Addresses.Check(same.Count() == 1, () => $"{same.Key} leads to {same.Count()} machines");
    }

    /// <summary>A program on the machines writes to every protected volume.</summary>
    public void WriteData()
    {
        foreach (var (volume, machine, path) in MountedVolumes())
        {
            var value = $"row {++_writes}";
            machine.WriteFile($"{path}/{FileName}", Encoding.UTF8.GetBytes(value), mode: 0x180, owner: 0);
            _written[volume] = value;
        }
    }

    /// <summary>The same program, on whatever machine it runs now, reads it back.</summary>
    public void DataIsReadable()
    {
        var mounted = MountedVolumes().ToDictionary(entry => entry.Volume);
        foreach (var (volume, value) in _written)
        {
            var read = mounted.TryGetValue(volume, out var at) ? at.Machine.ReadFile($"{at.Path}/{FileName}") : null;
            CheckBytes(volume, value, read);
        }
    }

    /// <summary>Without any machine, the bytes are on the disk.</summary>
    public void DataIsKept()
    {
        foreach (var (volume, value) in _written)
        {
            ReadOnlyMemory<byte>? kept = stage.Site.DiskOf(volume)?.StableFiles() is { } files
                && files.TryGetValue($"/{FileName}", out var content) ? content : null;
            CheckBytes(volume, value, kept);
        }
    }

    /// <summary>After a destroy: all that was made is gone, but for what is protected.</summary>
    public void OnlyProtectedIsLeft(IReadOnlyList<WorldItem> before)
    {
        var left = Made().Select(item => (item.Kind, item.Id)).ToHashSet();
        foreach (var item in before)
        {
            // A disk of a machine that is kept for it goes nowhere either.
            var isKept = item.IsProtected || before.Any(holder => holder.IsProtected && holder.Id == item.Server);
            invariants.Destroy.Check(isKept || !left.Contains((item.Kind, item.Id)), () => $"{item} is left");
        }

        foreach (var item in WorldItem.All(stage).Where(item => item.IsPreset))
            invariants.Destroy.Check(true, () => item.Name);
    }

    public IReadOnlyList<WorldItem> Made() => [.. WorldItem.All(stage).Where(item => !item.IsPreset)];

    private void CheckBytes(long volume, string written, ReadOnlyMemory<byte>? read)
    {
        var text = read is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : "nothing";
        invariants.ProtectedData.Check(
            text == written, () => $"volume {volume} should hold '{written}' and holds '{text}'");
    }

    /// <summary>Protected volumes where a machine has them mounted as declared.</summary>
    private IEnumerable<(long Volume, Machine Machine, string Path)> MountedVolumes()
    {
        var paths = stage.Platform.Clusters.Values.SelectMany(cluster => cluster.NodePools.Values)
            .SelectMany(pool => pool.Volumes.Values).Select(volume => volume.MountPath).Distinct().ToArray();
        foreach (var item in stage.World.Inventory())
        {
            if (item is not { Kind: "volumes", DeleteProtected: true, Server: { } server }
                || stage.Site.Machines.Get($"{server}") is not { IsOn: true } machine)
                continue;
            foreach (var path in paths.Where(path => machine.VolumeMountedAt(path) == item.Id))
                yield return (item.Id, machine, path);
        }
    }
}
