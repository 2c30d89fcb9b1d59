using Google.Protobuf;
using Orrery.Engine.Ports;
using Orrery.Model.Values;
using Orrery.Providers.Grpc;
using Orrery.Providers.Talos.Api.Wire;
using Orrery.Simulation.Worlds;

namespace Orrery.Tests.Providers.Grpc;

public sealed class GrpcChannelTests
{
    private static readonly GrpcMethod<Data> Echo = new("/test.Echo/Say", Data.Parser);

    [Fact]
    public async Task A_call_goes_over_http_2_with_its_deadline_and_both_certificates()
    {
        await using var server = await GrpcServer.StartAsync(request => GrpcServer.Reply(request.Body, Ok));

        var reply = await server.Channel().CallAsync(Echo, Message("hello"), null, default);

        reply.Bytes.ToStringUtf8().ShouldBe("hello");
        var request = server.Requests.ShouldHaveSingleItem();
        request.Path.ShouldBe("/test.Echo/Say");
        request.Method.ShouldBe("POST");
        request.Headers["content-type"].ShouldBe("application/grpc");
        request.Headers["te"].ShouldBe("trailers");
        request.Headers["grpc-timeout"].ShouldBe("10000m");
        server.Guarded.ShouldBe(0);
    }

    [Fact]
    public async Task A_message_of_64_MiB_comes_through_and_a_larger_one_is_refused_for_good()
    {
        await using var server = await GrpcServer.StartAsync(request => GrpcServer.Reply(request.Body, Ok));

        // Two bytes of tag and length more than its content: 1 and 4 of them.
        var largest = new Data { Bytes = ByteString.CopyFrom(new byte[GrpcMessages.BytesMax - 5]) };
        largest.CalculateSize().ShouldBe(GrpcMessages.BytesMax);
        (await server.Channel().CallAsync(Echo, largest, null, default)).Bytes.Length.ShouldBe(largest.Bytes.Length);

        var larger = new Data { Bytes = ByteString.CopyFrom(new byte[GrpcMessages.BytesMax]) };
        (await Refused(server.Channel().CallAsync(Echo, larger, null, default))).Code.ShouldBe(
            ProviderErrorCode.Invalid);
        server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_reply_that_is_too_large_is_refused_and_not_asked_for_again()
    {
        await using var server = await GrpcServer.StartAsync(
            _ => GrpcServer.Reply(new byte[GrpcMessages.BytesMax + 100], Ok));

        (await Refused(server.Channel().CallAsync(Echo, Message(""), null, default))).Code.ShouldBe(
            ProviderErrorCode.Invalid);
        server.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(3, ProviderErrorCode.Invalid, "INVALID_ARGUMENT")]
    [InlineData(5, ProviderErrorCode.NotFound, "NOT_FOUND")]
    [InlineData(6, ProviderErrorCode.Conflict, "ALREADY_EXISTS")]
    [InlineData(7, ProviderErrorCode.Unauthorized, "PERMISSION_DENIED")]
    [InlineData(8, ProviderErrorCode.LimitExceeded, "RESOURCE_EXHAUSTED")]
    [InlineData(9, ProviderErrorCode.ActionFailed, "FAILED_PRECONDITION")]
    [InlineData(12, ProviderErrorCode.Invalid, "UNIMPLEMENTED")]
    [InlineData(16, ProviderErrorCode.Unauthorized, "UNAUTHENTICATED")]
    public async Task A_refusal_in_trailers_is_told_with_its_reason_and_its_details(
        int code, ProviderErrorCode expected, string name)
    {
        var details = new Orrery.Providers.Grpc.Wire.Status { Code = code };
        details.Details.Add(new Google.Protobuf.WellKnownTypes.Any
        {
            TypeUrl = "type.googleapis.com/google.rpc.ErrorInfo",
            Value = ByteString.CopyFromUtf8("why"),
        });
        var padded = Convert.ToBase64String(details.ToByteArray());
        await using var server = await GrpcServer.StartAsync(_ => GrpcServer.Reply(
            default, ("grpc-status", $"{code}"), ("grpc-message", "na%C3%AFve, 100%25"),
            ("grpc-status-details-bin", padded.TrimEnd('='))));

        var refusal = await Refused(server.Channel().CallAsync(Echo, Message(""), null, default));

        refusal.Code.ShouldBe(expected);
        refusal.CloudCode.ShouldBe(name);
        refusal.Message.ShouldBe($"the test server at /test.Echo/Say: naïve, 100% ({name})");
        var detail = GrpcStatus.Of(refusal).ShouldNotBeNull().Details.ShouldHaveSingleItem();
        detail.Type.ShouldBe("type.googleapis.com/google.rpc.ErrorInfo");
        detail.Content.ToArray().ShouldBe("why"u8.ToArray());
        server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_reply_that_is_its_status_alone_has_it_among_its_headers()
    {
        await using var server = await GrpcServer.StartAsync(_ => new WorldReply
        {
            Status = 200,
            Headers = ValueMap.Of(
                ("content-type", "application/grpc"), ("grpc-status", "5"), ("grpc-message", "no such thing")),
            ServiceTime = TimeSpan.Zero,
        });

        (await Refused(server.Channel().CallAsync(Echo, Message(""), null, default))).Message
            .ShouldContain("no such thing (NOT_FOUND)");
        (await Refused(ReadAll(server.Channel(), Echo))).Message.ShouldContain("no such thing (NOT_FOUND)");
    }

    [Theory]
    [InlineData(false, false, 2)]
    [InlineData(true, false, 1)]
    [InlineData(true, true, 2)]
    public async Task What_may_have_happened_is_repeated_only_where_twice_is_the_same_as_once(
        bool changes, bool isIdempotent, int expected)
    {
        var isFirst = true;
        await using var server = await GrpcServer.StartAsync(request =>
        {
            var status = isFirst ? "14" : "0";
            isFirst = false;
            return GrpcServer.Reply(request.Body, ("grpc-status", status));
        });
        var method = Echo with { Changes = changes, IsIdempotent = isIdempotent };
        var call = server.Channel().CallAsync(method, Message("a"), null, default);

        if (expected == 1)
            (await Refused(call)).Code.ShouldBe(ProviderErrorCode.Unavailable);
        else
            (await call).Bytes.ToStringUtf8().ShouldBe("a");
        server.Requests.Count.ShouldBe(expected);
        server.Guarded.ShouldBe(changes ? expected : 0);
    }

    [Theory]
    [InlineData(403, ProviderErrorCode.Unauthorized)]
    [InlineData(404, ProviderErrorCode.Invalid)]
    public async Task A_reply_of_something_else_than_grpc_is_told_by_its_status(int status, ProviderErrorCode code)
    {
        await using var server = await GrpcServer.StartAsync(
            _ => new WorldReply { Status = status, ServiceTime = TimeSpan.Zero });

        (await Refused(server.Channel().CallAsync(Echo, Message(""), null, default))).Code.ShouldBe(code);
    }

    [Fact]
    public async Task A_deadline_ends_a_call_and_says_so()
    {
        await using var server = await GrpcServer.StartAsync(
            request => GrpcServer.Reply(request.Body, Ok) with { ServiceTime = TimeSpan.FromMinutes(1) });
        var method = Echo with { Deadline = TimeSpan.FromMilliseconds(50), Changes = true };

        (await Refused(server.Channel().CallAsync(method, Message(""), null, default))).Code.ShouldBe(
            ProviderErrorCode.Timeout);
        server.Requests[0].Headers["grpc-timeout"].ShouldBe("50m");
    }

    [Fact]
    public async Task A_cancelled_call_is_given_up_at_once()
    {
        await using var server = await GrpcServer.StartAsync(
            request => GrpcServer.Reply(request.Body, Ok) with { ServiceTime = TimeSpan.FromMinutes(1) });
        using var cancellation = new CancellationTokenSource();
        var call = server.Channel().CallAsync(Echo, Message(""), null, cancellation.Token);

        await cancellation.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(call);
    }

    [Fact]
    public async Task A_stream_gives_its_messages_and_then_its_refusal()
    {
        byte[] two = [.. GrpcMessages.Write(Message("a"), ""), .. GrpcMessages.Write(Message("b"), "")];
        await using var good = await GrpcServer.StartAsync(_ => GrpcServer.Reply(two, Ok));
        await using var bad = await GrpcServer.StartAsync(
            _ => GrpcServer.Reply(two, ("grpc-status", "9"), ("grpc-message", "no quorum")));
        await using var broken = await GrpcServer.StartAsync(_ => GrpcServer.Reply(two.AsMemory(0, 9), Ok));

        (await ReadAll(good.Channel(), Echo)).ShouldBe(["a", "b"]);
        (await Refused(ReadAll(bad.Channel(), Echo))).Message.ShouldContain("no quorum (FAILED_PRECONDITION)");
        (await Refused(ReadAll(broken.Channel(), Echo))).Message.ShouldContain("ends within a message");
    }

    [Fact]
    public async Task A_server_that_is_known_by_its_fingerprint_needs_no_authority()
    {
        await using var server = await GrpcServer.StartAsync(request => GrpcServer.Reply(request.Body, Ok));
        var wrong = await Refused(Ask("rMWhs9V9Y30sbs9W5KNCgVRReKGrfvV0FwMtqEX4OW8="));
        wrong.Code.ShouldBe(ProviderErrorCode.Foreign);
        var found = wrong.ForeignId.ShouldNotBeNull();
        wrong.Message.ShouldBe(
            $"the test server shows a certificate with the fingerprint {found}, and not"
            + " rMWhs9V9Y30sbs9W5KNCgVRReKGrfvV0FwMtqEX4OW8=; nothing was sent. Look at its console: if it says the"
            + " same, it has started again since, else somebody stands between");
        (await Refused(Ask(""))).Message.ShouldContain($"{found}, and none is known to be its own");
        server.Requests.ShouldBeEmpty();

        (await Ask(found)).Bytes.ToStringUtf8().ShouldBe("x");

        Task<Data> Ask(string fingerprint) => server.Channel(
            connection => connection with { CertificateAuthority = null, ServerFingerprint = fingerprint })
            .CallAsync(Echo, Message("x"), null, default);
    }

    [Fact]
    public async Task A_server_of_another_authority_is_not_trusted()
    {
        using var other = new TestAuthority("other");
        await using var server = await GrpcServer.StartAsync(request => GrpcServer.Reply(request.Body, Ok));
        using var cancellation = new CancellationTokenSource();
        var channel = server.Channel(connection => connection with { CertificateAuthority = other.Certificate });

        // A failed handshake is tried again for half a minute; nothing of it arrives.
        var call = channel.CallAsync(Echo, Message(""), null, cancellation.Token);
        await Task.Delay(200);
        call.IsCompletedSuccessfully.ShouldBeFalse();
        await cancellation.CancelAsync();
        await Should.ThrowAsync<Exception>(call);
        server.Requests.ShouldBeEmpty();
    }

    private static (string, string) Ok => ("grpc-status", "0");

    private static Data Message(string text) => new() { Bytes = ByteString.CopyFromUtf8(text) };

    private static async Task<ProviderException> Refused(Task call) => await Should.ThrowAsync<ProviderException>(call);

    private static async Task<List<string>> ReadAll(GrpcChannel channel, GrpcMethod<Data> method)
    {
        var read = new List<string>();
        await foreach (var message in channel.StreamAsync(method, Message(""), null, default))
            read.Add(message.Bytes.ToStringUtf8());
        return read;
    }
}
