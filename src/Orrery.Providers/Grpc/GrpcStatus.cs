using System.Globalization;
using System.Net.Http.Headers;
using Google.Protobuf;
using Orrery.Engine.Ports;
using static Orrery.Engine.Ports.ProviderErrorCode;

namespace Orrery.Providers.Grpc;

/// <summary>The codes of https://grpc.io/docs/guides/status-codes, which are the numbers on the wire.</summary>
internal enum GrpcCode
{
    Ok = 0,
    Cancelled = 1,
    Unknown = 2,
    InvalidArgument = 3,
    DeadlineExceeded = 4,
    NotFound = 5,
    AlreadyExists = 6,
    PermissionDenied = 7,
    ResourceExhausted = 8,
    FailedPrecondition = 9,
    Aborted = 10,
    OutOfRange = 11,
    Unimplemented = 12,
    Internal = 13,
    Unavailable = 14,
    DataLoss = 15,
    Unauthenticated = 16,
}

/// <summary>How a call ended, as the server says it.</summary>
/// <param name="Code">A number beyond those that are known counts as <see cref="GrpcCode.Unknown"/>.</param>
/// <param name="Message">In the server's words; may be empty.</param>
/// <param name="Details">What the server adds to it in types of its own; empty mostly.</param>
internal sealed record GrpcStatus(GrpcCode Code, string Message, IReadOnlyList<GrpcDetail> Details)
{
    private const int MessageCharactersMax = 2000;

    /// <summary>
    /// As the headers or trailers of a reply say it; null where they say nothing.
    /// https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
    /// </summary>
    public static GrpcStatus? Read(HttpHeaders headers)
    {
        if (TextOf(headers, "grpc-status") is not { } text)
            return null;
        var code = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number is >= 0 and <= (int)GrpcCode.Unauthenticated
                ? (GrpcCode)number
                : GrpcCode.Unknown;
        var message = Uri.UnescapeDataString(TextOf(headers, "grpc-message") ?? "");
        return new GrpcStatus(
            code,
            message.Length <= MessageCharactersMax ? message : message[..MessageCharactersMax] + " …",
            DetailsIn(TextOf(headers, "grpc-status-details-bin")));
    }

    /// <summary>What a reply without any status means, by the HTTP status that a proxy may have made.</summary>
    public static GrpcStatus OfHttp(int status) => new(
        status switch
        {
            400 => GrpcCode.Internal,
            401 => GrpcCode.Unauthenticated,
            403 => GrpcCode.PermissionDenied,
            404 => GrpcCode.Unimplemented,
            429 or 502 or 503 or 504 => GrpcCode.Unavailable,
            _ => GrpcCode.Unknown,
        },
        $"HTTP status {status} and no status of gRPC",
        []);

    /// <summary>The refusal as everybody else knows refusals; the status is in <see cref="Of"/>.</summary>
    /// <param name="what">The request in words, for example <c>10.0.0.1 at /machine.MachineService/Reboot</c>.</param>
    public ProviderException ToException(string what) => new(
        Classified(), $"{what}: {(Message.Length > 0 ? Message : "no reason given")} ({Name})",
        new GrpcRefusal(this))
    {
        CloudCode = Name,
    };

    /// <summary>The status that a refusal carries; null where it came from elsewhere.</summary>
    public static GrpcStatus? Of(ProviderException refusal) => (refusal.InnerException as GrpcRefusal)?.Status;

    private string Name => Code switch
    {
        GrpcCode.InvalidArgument => "INVALID_ARGUMENT",
        GrpcCode.DeadlineExceeded => "DEADLINE_EXCEEDED",
        GrpcCode.NotFound => "NOT_FOUND",
        GrpcCode.AlreadyExists => "ALREADY_EXISTS",
        GrpcCode.PermissionDenied => "PERMISSION_DENIED",
        GrpcCode.ResourceExhausted => "RESOURCE_EXHAUSTED",
        GrpcCode.FailedPrecondition => "FAILED_PRECONDITION",
        GrpcCode.OutOfRange => "OUT_OF_RANGE",
        GrpcCode.DataLoss => "DATA_LOSS",
        _ => Code.ToString().ToUpperInvariant(),
    };

    // Of what says nothing about its effect, nothing is known: it may have happened. Aborted says that it did not.
    private ProviderErrorCode Classified() => Code switch
    {
        GrpcCode.InvalidArgument or GrpcCode.OutOfRange or GrpcCode.Unimplemented => Invalid,
        GrpcCode.NotFound => NotFound,
        GrpcCode.AlreadyExists => Conflict,
        GrpcCode.PermissionDenied or GrpcCode.Unauthenticated => Unauthorized,
        GrpcCode.ResourceExhausted => LimitExceeded,
        GrpcCode.FailedPrecondition => ActionFailed,
        GrpcCode.Aborted => Locked,
        GrpcCode.DeadlineExceeded => ProviderErrorCode.Timeout,
        _ => Unavailable,
    };

    private static IReadOnlyList<GrpcDetail> DetailsIn(string? base64)
    {
        if (base64 is null)
            return [];
        try
        {
            // Senders leave the padding out.
            var padded = base64.PadRight((base64.Length + 3) / 4 * 4, '=');
            return
            [
                .. Wire.Status.Parser.ParseFrom(Convert.FromBase64String(padded)).Details
                    .Select(detail => new GrpcDetail(detail.TypeUrl, detail.Value.Memory)),
            ];
        }
        catch (Exception exception) when (exception is FormatException or InvalidProtocolBufferException)
        {
            // They only explain; the code and the message stand without them.
            return [];
        }
    }

    private static string? TextOf(HttpHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;
}

/// <summary>One message that explains a status.</summary>
/// <param name="Type">For example <c>type.googleapis.com/google.rpc.ErrorInfo</c>.</param>
/// <param name="Content">The message, encoded.</param>
internal sealed record GrpcDetail(string Type, ReadOnlyMemory<byte> Content);

/// <summary>Carries the whole status below a <see cref="ProviderException"/>.</summary>
#pragma warning disable CA1064 // Nobody outside can catch it: it is only ever the inner exception of another.
internal sealed class GrpcRefusal(GrpcStatus status) : Exception(status.Message)
{
#pragma warning restore CA1064
    public GrpcStatus Status => status;
}
