using Orrery.Engine.Ports;

namespace Orrery.Providers.Ssh;

/// <summary>
/// A connection through <c>ssh -W</c>. One that ends before it said anything was never made, and ssh has said why.
/// </summary>
internal sealed class ForwardStream(IRunningProcess process, SshHost host) : Stream
{
    private bool _hasAnswered;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>A failed forward is an <see cref="IOException"/> around its <see cref="ProviderException"/>.</summary>
    public override async ValueTask<int> ReadAsync(
        Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var length = await process.Stream.ReadAsync(buffer, cancellationToken);
        if (length > 0 || buffer.IsEmpty || _hasAnswered)
        {
            _hasAnswered |= length > 0;
            return length;
        }

        if (await process.Ended.WaitAsync(cancellationToken) == 0)
            return 0;
        var reason = SshErrors.Classify(host, process.Error);
        throw new IOException(reason.Message, reason);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("this connection is only read asynchronously");

    public override ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        process.Stream.WriteAsync(buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        process.Stream.WriteAsync(buffer, offset, count, cancellationToken);

    public override void Write(byte[] buffer, int offset, int count) => process.Stream.Write(buffer, offset, count);

    public override Task FlushAsync(CancellationToken cancellationToken) =>
        process.Stream.FlushAsync(cancellationToken);

    public override void Flush() => process.Stream.Flush();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        // HTTP connections are disposed without waiting: the program is killed at once, the rest happens by itself.
        if (disposing)
            _ = process.DisposeAsync().AsTask();
        base.Dispose(disposing);
    }
}
