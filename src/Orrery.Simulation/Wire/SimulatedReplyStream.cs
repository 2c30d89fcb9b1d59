using Orrery.Simulation.Time;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Wire;

/// <summary>
/// A reply that goes on, as its reader sees it: what the world says arrives after the network's latency.
/// </summary>
internal sealed class SimulatedReplyStream : Stream
{
    private readonly Life _life;
    private readonly IReplyStream _source;
    private readonly TimeSpan _latency;
    private readonly Queue<ReadOnlyMemory<byte>> _arrived = new();
    private TaskCompletionSource? _waiting;
    private bool _isEnded;

    public SimulatedReplyStream(Life life, ReadOnlyMemory<byte> beginning, IReplyStream source, TimeSpan latency)
    {
        (_life, _source, _latency) = (life, source, latency);
        if (beginning.Length > 0)
            _arrived.Enqueue(beginning);
        source.Arrived = Carry;
        Carry();
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_arrived.Count == 0 && !_isEnded)
        {
            var waiting = _waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var registration = cancellationToken.UnsafeRegister(
                static (state, token) => ((TaskCompletionSource?)state)?.TrySetCanceled(token), waiting);
            await waiting.Task;
        }

        if (!_arrived.TryDequeue(out var chunk))
            return 0;
        var length = Math.Min(buffer.Length, chunk.Length);
        chunk[..length].CopyTo(buffer);
        if (length < chunk.Length)
            Return(chunk[length..]);
        return length;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("a network is not waited for like this");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        // A dead engine's connections break, but nothing of it runs: the world finds out by itself.
        if (disposing && !_life.IsDead)
            _source.Close();
        base.Dispose(disposing);
    }

    private void Carry()
    {
        var chunk = _source.Take().ToArray();
        var ends = _source.IsEnded;
        if (chunk.Length == 0 && !ends)
            return;
        _life.Deliver(_latency, () =>
        {
            if (chunk.Length > 0)
                _arrived.Enqueue(chunk);
            _isEnded |= ends;
            _waiting?.TrySetResult();
        });
    }

    /// <summary>What did not fit comes first next time.</summary>
    private void Return(ReadOnlyMemory<byte> rest)
    {
        var others = _arrived.ToArray();
        _arrived.Clear();
        _arrived.Enqueue(rest);
        foreach (var other in others)
            _arrived.Enqueue(other);
    }
}
