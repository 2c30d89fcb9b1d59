using Orrery.Model.Values;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Wire;

/// <summary>
/// A reply that goes on, as its reader sees it: what the world says arrives as <see cref="Deliver"/> brings it.
/// </summary>
internal sealed class SimulatedReplyStream(ReadOnlyMemory<byte> beginning, IReplyStream source) : Stream
{
    private readonly Lock _gate = new();
    private readonly Queue<ReadOnlyMemory<byte>> _arrived = new();
    private ReadOnlyMemory<byte> _rest = beginning;
    private TaskCompletionSource? _waiting;
    private bool _isEnded;
    private ValueMap<string> _trailers = ValueMap<string>.Empty;

    /// <summary>Lets something happen after the network's latency.</summary>
    public required Action<Action> Deliver { get; init; }

    /// <summary>Told when the reader has gone.</summary>
    public required Action Closed { get; init; }

    /// <summary>Told what follows the last byte before its reader is told that there is no more.</summary>
    public Action<ValueMap<string>> Ended { get; set; } = static _ => { };

    public override bool CanRead => true;

    public override bool CanSeek => false;

    /// <summary>What is said on an upgraded connection goes nowhere: a world hears requests only.</summary>
    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>From now on it follows its source. Called where the world may be looked at.</summary>
    public SimulatedReplyStream Opened()
    {
        source.Arrived = Carry;
        Carry();
        return this;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var (length, waiting) = Take(buffer);
            if (waiting is null)
            {
                if (length == 0 && buffer.Length > 0)
                    Ended(_trailers);
                return length;
            }

            await using var registration = cancellationToken.UnsafeRegister(
                static (state, token) => ((TaskCompletionSource?)state)?.TrySetCanceled(token), waiting);
            await waiting.Task;
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("a network is not waited for like this");

    public override void Write(byte[] buffer, int offset, int count)
    {
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    public override ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Closed();
        base.Dispose(disposing);
    }

    private void Carry()
    {
        var chunk = source.Take().ToArray();
        var ends = source.IsEnded;
        if (chunk.Length == 0 && !ends)
            return;
        Deliver(() =>
        {
            lock (_gate)
            {
                if (chunk.Length > 0)
                    _arrived.Enqueue(chunk);
                if (ends)
                    (_isEnded, _trailers) = (true, source.Trailers);
                _waiting?.TrySetResult();
            }
        });
    }

    /// <summary>What there is, or what to wait for; no bytes and nothing to wait for where it has ended.</summary>
    private (int Length, TaskCompletionSource? Waiting) Take(Memory<byte> buffer)
    {
        lock (_gate)
        {
            if (_rest.IsEmpty && !_arrived.TryDequeue(out _rest))
            {
                return _isEnded
                    ? (0, null)
                    : (0, _waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            }

            var length = Math.Min(buffer.Length, _rest.Length);
            _rest[..length].CopyTo(buffer);
            _rest = _rest[length..];
            return (length, null);
        }
    }
}
