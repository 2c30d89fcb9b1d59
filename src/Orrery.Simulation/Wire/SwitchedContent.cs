using System.Net;

namespace Orrery.Simulation.Wire;

/// <summary>A connection that was switched to another protocol: the framework's own contents are only read.</summary>
internal sealed class SwitchedContent(Stream stream) : HttpContent
{
    public const int Status = (int)HttpStatusCode.SwitchingProtocols;

    protected override Stream CreateContentReadStream(CancellationToken cancellationToken) => stream;

    protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult(stream);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        throw new NotSupportedException("it has no end that could be waited for");

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            stream.Dispose();
        base.Dispose(disposing);
    }
}
