using System.Diagnostics.CodeAnalysis;

namespace Orrery.Simulation.Proxmox.Guests;

/// <summary>
/// What stands on a volume, for as long as the volume exists, whichever machine has it. Named areas stand for
/// partitions and files; who simulates the guest reads and writes them.
/// </summary>
public sealed class DiskContents
{
    private readonly SortedDictionary<string, ReadOnlyMemory<byte>> _areas = new(StringComparer.Ordinal);

    /// <summary>The address or volume of the image that it was filled from; null for a blank one.</summary>
    public string? Image { get; set; }

    /// <summary>Something that boots stands on it: an image did, or an installer wrote it.</summary>
    public bool IsBootable { get; set; }

    /// <summary>The names of all areas, in order.</summary>
    public IEnumerable<string> Areas => _areas.Keys;

    public bool TryRead(string area, [MaybeNullWhen(false)] out ReadOnlyMemory<byte> bytes) =>
        _areas.TryGetValue(area, out bytes);

    public void Write(string area, ReadOnlyMemory<byte> bytes) => _areas[area] = bytes.ToArray();

    public void Erase(string area) => _areas.Remove(area);

    /// <summary>As a partition table that is written anew: nothing is left.</summary>
    public void EraseAll()
    {
        _areas.Clear();
        Image = null;
        IsBootable = false;
    }

    internal DiskContents Copy()
    {
        var copy = new DiskContents { Image = Image, IsBootable = IsBootable };
        foreach (var (area, bytes) in _areas)
            copy._areas[area] = bytes;
        return copy;
    }
}
