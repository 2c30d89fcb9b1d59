using System.Buffers.Binary;
using Google.Protobuf;
using Orrery.Engine.Ports;

namespace Orrery.Providers.Grpc;

/// <summary>
/// Messages between their prefixes: a byte that says whether it is compressed, and four with its length.
/// </summary>
internal static class GrpcMessages
{
    public const int PrefixBytes = 5;

    /// <summary>
    /// The largest message that is read or sent. A snapshot of etcd comes in pieces; a piece that is larger is none.
    /// </summary>
    public const int BytesMax = 64 * 1024 * 1024;

    /// <exception cref="ProviderException">It is larger than <see cref="BytesMax"/>.</exception>
    public static byte[] Write(IMessage message, string what)
    {
        var length = message.CalculateSize();
        if (length > BytesMax)
            throw TooLarge((uint)length, what);
        var framed = new byte[PrefixBytes + length];
        BinaryPrimitives.WriteUInt32BigEndian(framed.AsSpan(1), (uint)length);
        message.WriteTo(framed.AsSpan(PrefixBytes));
        return framed;
    }

    /// <summary>The next message, or null where the stream is at its end.</summary>
    public static async Task<TReply?> ReadAsync<TReply>(
        Stream stream, MessageParser<TReply> parser, string what, CancellationToken cancellation)
        where TReply : class, IMessage<TReply>
    {
        var prefix = new byte[PrefixBytes];
        var read = await stream.ReadAtLeastAsync(prefix, PrefixBytes, throwOnEndOfStream: false, cancellation);
        if (read == 0)
            return null;
        if (read < PrefixBytes)
            throw Unreadable(what, "ends within a message", null);
        if (prefix[0] != 0)
            throw Unreadable(what, "sent a compressed message, which nobody asked for", null);
        var length = BinaryPrimitives.ReadUInt32BigEndian(prefix.AsSpan(1));
        if (length > BytesMax)
            throw TooLarge(length, what);
        var content = new byte[length];
        if (await stream.ReadAtLeastAsync(content, content.Length, throwOnEndOfStream: false, cancellation) < length)
            throw Unreadable(what, "ends within a message", null);
        try
        {
            return parser.ParseFrom(content);
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw Unreadable(what, "sent a message that cannot be read", exception);
        }
    }

    private static ProviderException TooLarge(uint length, string what) => new(
        ProviderErrorCode.Invalid, $"{what}: a message of {length} bytes; {BytesMax} are the most");

    // Unavailable: what the call did is unknown.
    private static ProviderException Unreadable(string what, string problem, Exception? inner) =>
        new(ProviderErrorCode.Unavailable, $"{what}: the server {problem}", inner);
}
