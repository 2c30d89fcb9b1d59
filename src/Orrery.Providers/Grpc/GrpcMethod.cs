using Google.Protobuf;

namespace Orrery.Providers.Grpc;

/// <summary>A method of a service, and how it may be called.</summary>
/// <param name="Path">For example <c>/machine.MachineService/Version</c>.</param>
/// <param name="Replies">Reads its replies.</param>
internal sealed record GrpcMethod<TReply>(string Path, MessageParser<TReply> Replies)
    where TReply : IMessage<TReply>
{
    /// <summary>It changes something that others see: the lease must outlast it.</summary>
    public bool Changes { get; init; }

    /// <summary>Twice has the same effect as once. What changes nothing may always be repeated.</summary>
    public bool IsIdempotent { get; init; }

    /// <summary>How long the whole call may take; the server is told.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(10);
}
