using System.Buffers;
using Orrery.Engine.Ports;

namespace Orrery.Engine.State;

/// <summary>
/// Writes records durably, many with one flush: whoever comes while a flush is under way shares the next one.
/// </summary>
internal sealed class Journal(IStateFiles files, string name, JournalLines lines, IStateCipher cipher)
{
    private readonly Lock _gate = new();
    private ArrayBufferWriter<byte> _pending = new();
    private TaskCompletionSource? _batch;
    private bool _isFlushing;
    private Exception? _failure;

    /// <summary>Returns when the record would survive a power loss.</summary>
    public Task WriteAsync(JournalRecord record)
    {
        lock (_gate)
        {
            // After a write that failed nobody knows what stands in the file, and a line behind it would not fit the
            // chain.
            if (_failure is not null)
                return Task.FromException(_failure);
            lines.Write(_pending, record, cipher);
            _batch ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var written = _batch.Task;
            if (!_isFlushing)
            {
                _isFlushing = true;
                _ = FlushAsync();
            }

            return written;
        }
    }

    private async Task FlushAsync()
    {
        for (; ; )
        {
            // What else is ready to write joins this batch.
            await Task.Yield();
            ArrayBufferWriter<byte> content;
            TaskCompletionSource batch;
            lock (_gate)
            {
                if (_batch is null)
                {
                    _isFlushing = false;
                    return;
                }

                (content, _pending) = (_pending, new ArrayBufferWriter<byte>());
                (batch, _batch) = (_batch, null);
            }

            try
            {
                // Not a caller's token: a record that is begun is written, or the run stops.
                await files.AppendAsync(name, content.WrittenMemory, CancellationToken.None);
                batch.SetResult();
            }
            catch (Exception exception)
            {
                // Whatever it was (disk full, rights), those who wait for the record must learn of it.
                Fail(batch, exception);
            }
        }
    }

    private void Fail(TaskCompletionSource batch, Exception exception)
    {
        lock (_gate)
        {
            _failure = exception;
            // Those who came while the write was under way wait for a batch that is never written.
            _batch?.SetException(exception);
            _batch = null;
        }

        batch.SetException(exception);
    }
}
