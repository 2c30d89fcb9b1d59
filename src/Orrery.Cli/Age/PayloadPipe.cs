using Orrery.Secrets.Age;

namespace Orrery.Cli.Age;

/// <summary>
/// Takes a payload of any size through its cipher: one batch of chunks is read while others are worked on, by as many
/// cores as there are, and they are written in their order. Memory does not grow with the size.
/// </summary>
internal sealed class PayloadPipe(
    Func<Memory<byte>, CancellationToken, Task<int>> read,
    Action<ReadOnlySpan<byte>> write)
{
    private const int ChunksPerBatch = 4;

    // One that is read, one that waits to be known as the last or not, and two in the work of two cores.
    private const int BatchesMax = 4;

    /// <summary>Reads content and writes chunks.</summary>
    public Task SealAsync(ReadOnlyMemory<byte> fileKey, ReadOnlyMemory<byte> nonce, CancellationToken cancellation) =>
        RunAsync(() => new Batch(new PayloadCipher(fileKey.Span, nonce.Span), isSealing: true), cancellation);

    /// <summary>
    /// Reads chunks and writes content, all of it authentic; refuses with an <see cref="AgeException"/> what is not.
    /// </summary>
    public Task OpenAsync(ReadOnlyMemory<byte> fileKey, ReadOnlyMemory<byte> nonce, CancellationToken cancellation) =>
        RunAsync(() => new Batch(new PayloadCipher(fileKey.Span, nonce.Span), isSealing: false), cancellation);

    private async Task RunAsync(Func<Batch> create, CancellationToken cancellation)
    {
        var (all, working) = (new List<Batch>(), new Queue<Batch>());
        try
        {
            Batch? held = null;
            for (var first = 0L; ; first += ChunksPerBatch)
            {
                var next = all.Count < BatchesMax ? Add(all, create()) : await FinishAsync(working);
                next.First = first;
                next.Length = await read(next.Input, cancellation);
                // Whether a chunk is the last is part of its seal, and known only when no other follows.
                if (held is not null)
                    Start(working, held, isLast: next.Length == 0);
                if (next.Length == 0 || next.Length < next.Input.Length)
                {
                    if (next.Length > 0 || held is null)
                        Start(working, next, isLast: true);
                    break;
                }

                held = next;
            }

            while (working.Count > 0)
                await FinishAsync(working);
        }
        finally
        {
            // A cipher that is in use must not be taken away.
            foreach (var batch in working)
                await batch.Work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var batch in all)
                batch.Dispose();
        }
    }

    private static Batch Add(List<Batch> all, Batch batch)
    {
        all.Add(batch);
        return batch;
    }

    private static void Start(Queue<Batch> working, Batch batch, bool isLast)
    {
        var claim = new Claim();
        (batch.IsLast, batch.Claim) = (isLast, claim);
        batch.Work = Task.Run(() =>
        {
            if (claim.TryTake())
                batch.Run();
        });
        working.Enqueue(batch);
    }

    private async Task<Batch> FinishAsync(Queue<Batch> working)
    {
        var batch = working.Peek();
        // Where no other core had time to begin, waiting for one would take longer than the work.
        if (batch.Claim.TryTake())
            batch.Run();
        else
            await batch.Work;
        working.Dequeue();
        write(batch.Output.AsSpan(0, batch.OutputLength));
        return batch.Problem is null ? batch : throw PayloadCipher.Damaged(batch.Problem);
    }

    /// <summary>Who takes it does the work; it is taken once.</summary>
    private sealed class Claim
    {
        private int _taken;

        public bool TryTake() => Interlocked.Exchange(ref _taken, 1) == 0;
    }

    /// <summary>Chunks that one core works on, with a cipher of their own.</summary>
    private sealed class Batch(PayloadCipher cipher, bool isSealing) : IDisposable
    {
        private const int PlainBytes = ChunksPerBatch * PayloadCipher.ChunkBytes;
        private const int SealedBytes = ChunksPerBatch * PayloadCipher.SealedChunkBytes;

        public byte[] Input { get; } = new byte[isSealing ? PlainBytes : SealedBytes];

        public byte[] Output { get; } = new byte[isSealing ? SealedBytes : PlainBytes];

        public long First { get; set; }

        public int Length { get; set; }

        public bool IsLast { get; set; }

        public int OutputLength { get; private set; }

        public string? Problem { get; private set; }

        public Task Work { get; set; } = Task.CompletedTask;

        public Claim Claim { get; set; } = new();

        public void Dispose() => cipher.Dispose();

        public void Run()
        {
            OutputLength = 0;
            var size = isSealing ? PayloadCipher.ChunkBytes : PayloadCipher.SealedChunkBytes;
            var (at, number) = (0, First);
            do
            {
                var chunk = Input.AsSpan(at, Math.Min(size, Length - at));
                at += chunk.Length;
                var isLast = IsLast && at == Length;
                var target = Output.AsSpan(OutputLength);
                if (isSealing)
                {
                    OutputLength += cipher.Seal(number, isLast, chunk, target);
                }
                else
                {
                    Problem = cipher.Open(number, isLast, chunk, target, out var length);
                    OutputLength += length;
                }

                number++;
            }
            while (at < Length && Problem is null);
        }
    }
}
