using Orrery.Engine.Ports;

namespace Orrery.Bench.Measuring;

/// <summary>Counts what goes to disk on its way there.</summary>
internal sealed class CountingStateFiles(IStateFiles inner) : IStateFiles
{
    private long _flushes;
    private long _appendedBytes;

    /// <summary>How often the disk was made to keep something: every append and every replaced file.</summary>
    public long Flushes => Interlocked.Read(ref _flushes);

    /// <summary>The journal's bytes.</summary>
    public long AppendedBytes => Interlocked.Read(ref _appendedBytes);

    public Task<StateFile?> ReadAsync(string name, CancellationToken cancellation) =>
        inner.ReadAsync(name, cancellation);

    public Task<string?> TrySwapAsync(
        string name, string? expectedVersion, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _flushes);
        return inner.TrySwapAsync(name, expectedVersion, content, cancellation);
    }

    public Task AppendAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _flushes);
        Interlocked.Add(ref _appendedBytes, content.Length);
        return inner.AppendAsync(name, content, cancellation);
    }

    public Task DeleteAsync(string name, CancellationToken cancellation) => inner.DeleteAsync(name, cancellation);

    public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellation) =>
        inner.ListAsync(prefix, cancellation);
}
