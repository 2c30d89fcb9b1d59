namespace Orrery.Simulation.Disks;

/// <summary>What is durable on a machine's disk; it outlives the engines that wrote it.</summary>
public sealed class SimulatedDisk
{
    private readonly SortedDictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    /// <summary>Everything on it, for the checkers.</summary>
    public IReadOnlyDictionary<string, byte[]> Files => _files;

    internal byte[]? Find(string name) => _files.GetValueOrDefault(name);

    /// <summary>Writes a file as a whole; people do so beside the engines.</summary>
    public void Put(string name, ReadOnlySpan<byte> content) => _files[name] = content.ToArray();

    internal void Append(string name, ReadOnlySpan<byte> content) => _files[name] = [.. Find(name) ?? [], .. content];

    internal void Delete(string name) => _files.Remove(name);
}
