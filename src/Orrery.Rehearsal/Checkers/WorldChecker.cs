using Orrery.Model.Plans;
using Orrery.Rehearsal.Stages;
using Orrery.Simulation.Hetzner;

namespace Orrery.Rehearsal.Checkers;

/// <summary>
/// Compares what is in the world with what should be: nothing double, nothing orphaned, no byte lost.
/// </summary>
internal sealed class WorldChecker(Stage stage, Invariants invariants)
{
    private const string AddressLabel = "orrery.dev/address";
    private readonly Dictionary<long, string> _written = [];
    private int _writes;

    /// <summary>Things of ours that the state does not know, by name.</summary>
    public IReadOnlyList<string> Orphans(Recorded recorded)
    {
        var known = recorded.Resources.Values.Where(resource => resource.Id is not null)
            .Select(resource => (Hash: resource.Address.Hash, resource.Id)).ToHashSet();
        var servers = known.Select(entry => entry.Id).ToHashSet(StringComparer.Ordinal);
        return
        [
            // An address that came with a server of ours goes with it.
            .. Made().Where(item => item.Labels.ContainsKey(AddressLabel) || !servers.Contains(item.Server?.ToString()))
                .Where(item => !known.Contains((item.Labels.GetValueOrDefault(AddressLabel) ?? "", item.Id.ToString())))
                .Select(item => $"{item.Kind} {item.Id} {item.Name}"),
        ];
    }

    /// <summary>Addresses that more than one thing claims to be, beyond replacements under way.</summary>
    public int Duplicates() => Made().Where(item => item.Labels.ContainsKey(AddressLabel))
        .GroupBy(item => (item.Kind, item.Labels[AddressLabel])).Count(same => same.Count() > 1);

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
    }

    /// <summary>A program on the machines writes to every protected volume.</summary>
    public void WriteData()
    {
        foreach (var volume in ProtectedVolumes().Where(volume => volume.Server is not null))
        {
            var value = $"row {++_writes}";
            if (stage.World.WriteVolume(volume.Id, value))
                _written[volume.Id] = value;
        }
    }

    /// <summary>The same program, on whatever machine it runs now, reads it back.</summary>
    public void DataIsReadable()
    {
        foreach (var (volume, value) in _written)
        {
            var read = stage.World.ReadVolume(volume);
            invariants.ProtectedData.Check(
                read == value, () => $"volume {volume} should read '{value}' and reads '{read ?? "nothing"}'");
        }
    }

    /// <summary>Without any machine, the bytes are on the disk.</summary>
    public void DataIsKept()
    {
        foreach (var (volume, value) in _written)
        {
            var kept = stage.World.ContentsOf(volume)?.Value;
            invariants.ProtectedData.Check(
                kept == value, () => $"volume {volume} should hold '{value}' and holds '{kept ?? "nothing"}'");
        }
    }

    /// <summary>After a destroy: all that was made is gone, but for what is protected.</summary>
    public void OnlyProtectedIsLeft(IReadOnlyList<InventoryItem> before)
    {
        var left = Made().Select(item => (item.Kind, item.Id)).ToHashSet();
        foreach (var item in before)
        {
            invariants.Destroy.Check(
                item.DeleteProtected || !left.Contains((item.Kind, item.Id)), () => $"{item.Kind} {item.Name} is left");
        }

        foreach (var item in stage.World.Inventory().Where(item => item.Preset))
            invariants.Destroy.Check(true, () => item.Name);
    }

    public IReadOnlyList<InventoryItem> Made() => [.. stage.World.Inventory().Where(item => !item.Preset)];

    private IEnumerable<InventoryItem> ProtectedVolumes() =>
        stage.World.Inventory().Where(item => item is { Kind: "volumes", DeleteProtected: true });
}
