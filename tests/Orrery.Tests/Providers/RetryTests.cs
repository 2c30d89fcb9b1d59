using Orrery.Engine.Ports;
using Orrery.Model.Values;

namespace Orrery.Tests.Providers;

/// <summary>What the chain repeats, and what it leaves to whoever knows more.</summary>
public class RetryTests
{
    private const int AttemptsMax = 7;

    [Theory]
    [InlineData(429, "rate_limit_exceeded", AttemptsMax, ProviderErrorCode.RateLimited)]
    [InlineData(423, "locked", AttemptsMax, ProviderErrorCode.Locked)]
    [InlineData(409, "conflict", AttemptsMax, ProviderErrorCode.Locked)]
    [InlineData(500, "server_error", 1, ProviderErrorCode.Unavailable)]
    [InlineData(503, "unavailable", 1, ProviderErrorCode.Unavailable)]
    [InlineData(504, "timeout", 1, ProviderErrorCode.Timeout)]
    [InlineData(409, "uniqueness_error", 1, ProviderErrorCode.Conflict)]
    [InlineData(422, "invalid_input", 1, ProviderErrorCode.Invalid)]
    [InlineData(403, "resource_limit_exceeded", 1, ProviderErrorCode.LimitExceeded)]
    public void A_post_is_repeated_only_when_it_did_nothing(
        int status, string code, int attempts, ProviderErrorCode meaning)
    {
        var scene = Scene(_ => Reply.Error(status, code), out var wire);

        var refusal = Should.Throw<ProviderException>(() => scene.Time.Run(() => Attach(scene)));

        wire.Sent.Count(sent => sent.Method == "POST").ShouldBe(attempts);
        refusal.Code.ShouldBe(meaning);
        refusal.CloudCode.ShouldBe(code);
        refusal.MayHaveHappened.ShouldBe(meaning is ProviderErrorCode.Unavailable or ProviderErrorCode.Timeout);
    }

    [Theory]
    [InlineData(429, AttemptsMax)]
    [InlineData(423, AttemptsMax)]
    [InlineData(500, AttemptsMax)]
    [InlineData(503, AttemptsMax)]
    [InlineData(401, 1)]
    [InlineData(422, 1)]
    public void A_get_is_repeated_whatever_passes(int status, int attempts)
    {
        var time = new VirtualTime();
        var wire = new Answering(time, _ => new Reply(status));
        var scene = new HetznerScene(wire, time);

        Should.Throw<ProviderException>(() => time.Run(() => scene.Handler("server").ReadAsync("7", default)));

        wire.Sent.Count.ShouldBe(attempts);
    }

    [Fact]
    public void A_delete_whose_reply_was_lost_is_repeated_and_ends_well()
    {
        var replies = new Queue<Reply>([
            new Reply(200,
                $$"""{"firewall":{"id":7,"name":"n","rules":[],"labels":{{HetznerScene.Labels("firewall")}} } }"""),
            new Reply(502, "<html>bad gateway</html>"),
            Reply.Error(404, "not_found")]);
        var time = new VirtualTime();
        var wire = new Answering(time, _ => replies.Dequeue());
        var scene = new HetznerScene(wire, time);

        time.Run(() => scene.Handler("firewall").DeleteAsync(
            new DeleteRequest("7", HetznerScene.OwnerOf("firewall"), Value.Map.Empty),
            scene.Operation("firewall"), default));

        wire.Sent.Select(sent => sent.Method).ShouldBe(["GET", "DELETE", "DELETE"]);
    }

    [Fact]
    public void The_pauses_grow()
    {
        var scene = Scene(_ => Reply.Error(423, "locked"), out var wire);

        Should.Throw<ProviderException>(() => scene.Time.Run(() => Attach(scene)));

        var posts = wire.Sent.Where(sent => sent.Method == "POST").Select(sent => sent.At).ToArray();
        var pauses = posts.Skip(1).Zip(posts, (later, earlier) => later - earlier).ToArray();
        pauses[^1].ShouldBeGreaterThan(4 * pauses[0]);
        pauses.ShouldAllBe(pause => pause > TimeSpan.Zero && pause < TimeSpan.FromSeconds(21));
    }

    [Fact]
    public void The_guard_is_asked_right_before_every_attempt_that_changes_things()
    {
        var order = new List<string>();
        var scene = Scene(_ => Reply.Error(423, "locked"), out _, sent => order.Add(sent.Method));
        scene.OnGuard = () => order.Add("guard");

        Should.Throw<ProviderException>(() => scene.Time.Run(() => Attach(scene)));

        order.ShouldBe(["GET", .. Enumerable.Repeat(new[] { "guard", "POST" }, AttemptsMax).SelectMany(pair => pair)]);
        scene.Guarded.ShouldAllBe(timeout => timeout == TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void A_lost_lease_keeps_the_request_from_being_sent()
    {
        var scene = Scene(_ => new Reply(500), out var wire);
        scene.OnGuard = () => throw new ProviderException(ProviderErrorCode.NotWriter, "the lease is lost");

        Should.Throw<ProviderException>(() => scene.Time.Run(() =>
            Attach(scene))).Code.ShouldBe(ProviderErrorCode.NotWriter);

        wire.Sent.ShouldNotContain(sent => sent.Method == "POST");
    }

    [Fact]
    public void Silence_ends_after_ten_seconds_and_may_have_happened()
    {
        var time = new VirtualTime();
        var wire = new Silent(time);
        var scene = new HetznerScene(wire, time);

        var refusal = Should.Throw<ProviderException>(() => time.Run(() => Attach(scene)));

        refusal.Code.ShouldBe(ProviderErrorCode.Timeout);
        refusal.MayHaveHappened.ShouldBeTrue();
        refusal.Message.ShouldBe("Hetzner Cloud did not answer POST /v1/volumes/5/actions/attach within 10 s");
        wire.Posts.ShouldBe(1);
        time.Now.ShouldBe(TimeSpan.FromSeconds(10));
        scene.Records[^1].ShouldBe(new RequestRecord("hetzner", "POST", "/v1/volumes/5/actions/attach", 0));
    }

    [Theory]
    [InlineData(HttpRequestError.ConnectionError, AttemptsMax)]
    [InlineData(HttpRequestError.NameResolutionError, AttemptsMax)]
    [InlineData(HttpRequestError.ResponseEnded, 1)]
    [InlineData(HttpRequestError.Unknown, 1)]
    public void A_post_is_repeated_when_it_was_never_sent(HttpRequestError error, int attempts)
    {
        var scene = Scene(_ => throw new HttpRequestException(error, "no way"), out var wire);

        Should.Throw<ProviderException>(() => scene.Time.Run(() =>
            Attach(scene))).Code.ShouldBe(ProviderErrorCode.Unavailable);

        wire.Sent.Count(sent => sent.Method == "POST").ShouldBe(attempts);
    }

    [Fact]
    public void A_reply_without_end_is_refused()
    {
        var time = new VirtualTime();
        var scene = new HetznerScene(new Answering(time, _ => new Reply(200, new string(' ', 5 * 1024 * 1024))), time);

        Should.Throw<ProviderException>(() => time.Run(() => scene.Handler("server").ReadAsync("7", default)))
            .Code.ShouldBe(ProviderErrorCode.Unavailable);
    }

    [Fact]
    public void Requests_carry_the_token_and_the_address_and_messages_do_not_carry_the_token()
    {
        var scene = Scene(
            _ => Reply.Error(422, "invalid_input", $"bad thing in {HetznerScene.Token}"), out var wire);

        var refusal = Should.Throw<ProviderException>(() => scene.Time.Run(() => Attach(scene)));

        wire.Sent.ShouldAllBe(sent => sent.Authorization == $"Bearer {HetznerScene.Token}");
        wire.Sent[^1].Tag.ShouldBe("prod/hetzner/volume-attachment/cosmos-0");
        refusal.ToString().ShouldNotContain(HetznerScene.Token);
        refusal.Message.ShouldBe(
            "Hetzner Cloud refused POST /v1/volumes/5/actions/attach: bad thing in (sensitive) (invalid_input, 422)");
    }

    [Fact]
    public void A_missing_token_is_named_and_nothing_is_sent()
    {
        var wire = new ExpectedRequests();
        var scene = new HetznerScene(wire);
        scene.Secrets.Clear();
        var provider = Orrery.Providers.Hetzner.HetznerProvider.Create(
            new ProviderEnvironment
            {
                Time = scene.Time,
                Random = scene,
                Transport = wire,
                Guard = scene,
                Environment = _ => null,
            },
            HetznerScene.Settings,
            scene);

        var refusal = Should.Throw<ProviderException>(() => scene.Time.Run(() =>
            provider.Handlers[0].ReadAsync("1", default)));

        refusal.Code.ShouldBe(ProviderErrorCode.Unauthorized);
        refusal.Message.ShouldBe("the token for Hetzner Cloud is not set (env: HCLOUD_TOKEN)");
        wire.Sent.ShouldBeEmpty();
    }

    /// <summary>The volume 5 is free; what its attachment gets is up to the test.</summary>
    private static HetznerScene Scene(
        Func<SentRequest, Reply> onPost, out Answering wire, Action<SentRequest>? onSent = null)
    {
        var time = new VirtualTime();
        wire = new Answering(time, sent =>
        {
            onSent?.Invoke(sent);
            return sent.Method == "POST" ? onPost(sent)
                : new Reply(200, $$"""{"volume":{{HetznerScene.Volume(5)}} }""");
        });
        return new HetznerScene(wire, time);
    }

    private static Task<Observed> Attach(HetznerScene scene) => scene.Handler("volume-attachment").CreateAsync(
        HetznerScene.Create("volume-attachment", ("volume", "5"), ("server", "9")),
        scene.Operation("volume-attachment"),
        default);

    private sealed class Silent(VirtualTime time) : HttpMessageHandler
    {
        public int Posts { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Method == HttpMethod.Get)
                return ExpectedRequests.ToResponse(new Reply(200, $$"""{"volume":{{HetznerScene.Volume(5)}} }"""));
            Posts++;
            await Task.Delay(TimeSpan.FromHours(1), time, cancellationToken);
            return ExpectedRequests.ToResponse(new Reply(200));
        }
    }
}
