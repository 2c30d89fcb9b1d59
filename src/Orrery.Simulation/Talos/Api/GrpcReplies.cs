using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Orrery.Model.Values;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Talos.Api;

/// <summary>A refusal in gRPC's own numbers: https://grpc.io/docs/guides/status-codes.</summary>
#pragma warning disable CA1064 // Nobody outside sees one: each ends as a reply.
internal sealed class GrpcRefusal(int code, string message) : Exception(message)
{
#pragma warning restore CA1064
    public const int Unknown = 2;
    public const int InvalidArgument = 3;
    public const int NotFound = 5;
    public const int AlreadyExists = 6;
    public const int PermissionDenied = 7;
    public const int FailedPrecondition = 9;
    public const int Unimplemented = 12;
    public const int Unavailable = 14;

    public int Code => code;
}

/// <summary>Messages and statuses as gRPC has them on HTTP/2.</summary>
internal static class GrpcReplies
{
    private const int PrefixBytes = 5;

    private static readonly ValueMap<string> Headers = ValueMap.Of(("content-type", "application/grpc"));

    public static ValueMap<string> Fine { get; } = ValueMap.Of(("grpc-status", "0"));

    /// <summary>All messages of a reply that ends well.</summary>
    public static WorldReply Of(TimeSpan took, params IEnumerable<byte[]> messages) => new()
    {
        Status = 200,
        Headers = Headers,
        Body = messages.SelectMany(Framed).ToArray(),
        Trailers = Fine,
        ServiceTime = took,
    };

    /// <summary>A reply whose messages come as they happen.</summary>
    public static WorldReply Going(TimeSpan took, IReplyStream stream) => new()
    {
        Status = 200,
        Headers = Headers,
        Stream = stream,
        ServiceTime = took,
    };

    /// <summary>A refusal is its status alone, among the headers.</summary>
    public static WorldReply Of(TimeSpan took, GrpcRefusal refusal) => new()
    {
        Status = 200,
        Headers = Headers
            .With("grpc-status", refusal.Code.ToString(CultureInfo.InvariantCulture))
            .With("grpc-message", Escaped(refusal.Message)),
        ServiceTime = took,
    };

    /// <summary>The one message of a request.</summary>
    public static ProtoMessage Read(ReadOnlyMemory<byte> body)
    {
        if (body.Length < PrefixBytes || body.Span[0] != 0
            || BinaryPrimitives.ReadUInt32BigEndian(body.Span[1..]) != body.Length - PrefixBytes)
        {
            throw new FormatException("no message of gRPC");
        }

        return ProtoMessage.Read(body[PrefixBytes..]);
    }

    /// <summary>All messages of a request that streams them, one behind the other.</summary>
    public static IReadOnlyList<ProtoMessage> ReadAll(ReadOnlyMemory<byte> body)
    {
        var messages = new List<ProtoMessage>();
        while (body.Length >= PrefixBytes)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(body.Span[1..]);
            if (length > body.Length - PrefixBytes)
                break;
            messages.Add(Read(body[..(PrefixBytes + (int)length)]));
            body = body[(PrefixBytes + (int)length)..];
        }

        return body.IsEmpty ? messages : throw new FormatException("no message of gRPC");
    }

    public static byte[] Framed(byte[] message)
    {
        var framed = new byte[PrefixBytes + message.Length];
        BinaryPrimitives.WriteUInt32BigEndian(framed.AsSpan(1), (uint)message.Length);
        message.CopyTo(framed, PrefixBytes);
        return framed;
    }

    // https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md: all but printable ASCII, and the percent sign.
    private static string Escaped(string message)
    {
        var escaped = new StringBuilder();
        foreach (var value in Encoding.UTF8.GetBytes(message))
        {
            if (value is >= 0x20 and <= 0x7e and not (byte)'%')
                escaped.Append((char)value);
            else
                escaped.Append(CultureInfo.InvariantCulture, $"%{value:X2}");
        }

        return escaped.ToString();
    }
}

/// <summary>Messages that come one after the other, each at its moment.</summary>
internal sealed class GrpcStream : IReplyStream
{
    private readonly List<byte> _arrived = [];

    public bool IsEnded { get; private set; }

    public Action Arrived { get; set; } = static () => { };

    public ValueMap<string> Trailers => GrpcReplies.Fine;

    public void Send(byte[] message, bool isLast = false)
    {
        _arrived.AddRange(GrpcReplies.Framed(message));
        IsEnded |= isLast;
        Arrived();
    }

    public ReadOnlyMemory<byte> Take()
    {
        var taken = _arrived.ToArray();
        _arrived.Clear();
        return taken;
    }

    public void Close() => IsEnded = true;
}
