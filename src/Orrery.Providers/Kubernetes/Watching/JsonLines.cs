using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orrery.Providers.Kubernetes.Watching;

/// <summary>Reads a stream of JSON objects, one a line, as a watch sends them.</summary>
internal sealed class JsonLines(Stream stream)
{
    /// <summary>Twice the largest object that etcd keeps, with its JSON around it.</summary>
    private const int LineBytesMax = 4 * 1024 * 1024;

    private byte[] _buffer = new byte[16 * 1024];
    private int _start;
    private int _end;

    /// <summary>
    /// The next object; null at the end, also where the last line is cut. Throws <see cref="IOException"/> where the
    /// connection breaks or what comes is no such stream.
    /// </summary>
    public async Task<JsonObject?> NextAsync(Action sign, CancellationToken cancellation)
    {
        var searched = _start;
        while (true)
        {
            var newline = Array.IndexOf(_buffer, (byte)'\n', searched, _end - searched);
            if (newline >= 0)
            {
                var line = _buffer.AsSpan(_start, newline - _start).Trim((byte)'\r');
                _start = searched = newline + 1;
                if (line.IsEmpty)
                    continue;
                return Parse(line);
            }

            MakeRoom();
            searched = _end;
            var count = await stream.ReadAsync(_buffer.AsMemory(_end), cancellation);
            if (count == 0)
                return Rest();
            sign();
            _end += count;
        }
    }

    /// <summary>A last line without its end is whole only by chance; the watch goes on from the one before.</summary>
    private JsonObject? Rest()
    {
        var rest = _buffer.AsSpan(_start, _end - _start);
        _start = _end;
        try
        {
            return rest.IsEmpty ? null : JsonNode.Parse(rest) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonObject Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonNode.Parse(line) as JsonObject ?? throw new IOException("a line of a watch is no object");
        }
        catch (JsonException exception)
        {
            throw new IOException("a line of a watch is no JSON", exception);
        }
    }

    private void MakeRoom()
    {
        if (_start > 0)
        {
            Buffer.BlockCopy(_buffer, _start, _buffer, 0, _end - _start);
            (_start, _end) = (0, _end - _start);
        }

        if (_end < _buffer.Length)
            return;
        if (_buffer.Length >= LineBytesMax)
            throw new IOException("a line of a watch has no end");
        Array.Resize(ref _buffer, _buffer.Length * 2);
    }
}
