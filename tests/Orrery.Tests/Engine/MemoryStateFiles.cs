using System.Security.Cryptography;
using Orrery.Engine.Ports;

namespace Orrery.Tests.Engine;

/// <summary>State files in memory, with moments at which a test may stop, fail or look.</summary>
internal sealed class MemoryStateFiles : IStateFiles
{
    private readonly Lock _gate = new();

    public SortedDictionary<string, byte[]> Files { get; private init; } = new(StringComparer.Ordinal);

    /// <summary>Called before each write with what is written, for example <c>swap state.json</c>.</summary>
    public Func<string, Task> Writing { get; set; } = static _ => Task.CompletedTask;

    public MemoryStateFiles Copy()
    {
        lock (_gate)
        {
            return new()
            {
                Files = new SortedDictionary<string, byte[]>(
                    Files.ToDictionary(
                        file => file.Key, file => file.Value.ToArray(), StringComparer.Ordinal),
                    StringComparer.Ordinal),
            };
        }
    }

    public Task<StateFile?> ReadAsync(string name, CancellationToken cancellation)
    {
        lock (_gate)
            return Task.FromResult(Find(name));
    }

    public async Task<string?> TrySwapAsync(
        string name, string? expectedVersion, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        await Writing($"swap {name}");
        lock (_gate)
        {
            if (Find(name)?.Version != expectedVersion)
                return null;
            Files[name] = content.ToArray();
            return Find(name)?.Version;
        }
    }

    public async Task AppendAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        await Writing($"append {name}");
        lock (_gate)
            Files[name] = [.. Files.GetValueOrDefault(name) ?? [], .. content.Span];
    }

    public async Task DeleteAsync(string name, CancellationToken cancellation)
    {
        await Writing($"delete {name}");
        lock (_gate)
            Files.Remove(name);
    }

    public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellation)
    {
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyList<string>>(
                [.. Files.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal))]);
        }
    }

    private StateFile? Find(string name) => Files.TryGetValue(name, out var content)
        ? new StateFile(content, Convert.ToHexStringLower(SHA256.HashData(content)))
        : null;
}
