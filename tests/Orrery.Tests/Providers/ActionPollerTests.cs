using System.Text.RegularExpressions;
using Orrery.Engine.Ports;
using Orrery.Providers.Hetzner;
using Orrery.Providers.Hetzner.Wire;
using Orrery.Providers.Http;

namespace Orrery.Tests.Providers;

/// <summary>One poller for everybody who waits.</summary>
public partial class ActionPollerTests
{
    private readonly VirtualTime _time = new();
    private readonly List<WaitState> _told = [];
    private Func<long, string> _status = _ => "success";

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(20)]
    [InlineData(100)]
    [InlineData(600)]
    public void The_end_of_an_action_is_noticed_within_a_twentieth(int seconds)
    {
        _status = _ => _time.Now >= TimeSpan.FromSeconds(seconds) ? "success" : "running";
        var (poller, wire) = Poller();

        _time.Run(() => poller.WaitAsync([Running(1)], Operation(), default));

        var late = wire.Sent[^1].At - TimeSpan.FromSeconds(seconds);
        late.ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(Math.Clamp(seconds / 20.0, 0.25, 5)));
        wire.Sent.Count.ShouldBeLessThan(320);
    }

    [Fact]
    public void All_who_wait_share_the_requests_fifty_actions_each()
    {
        _status = _ => _time.Now >= TimeSpan.FromSeconds(10) ? "success" : "running";
        var (poller, wire) = Poller();

        _time.Run(() => Task.WhenAll(Enumerable.Range(1, 120)
            .Select(id => poller.WaitAsync([Running(id)], Operation(), default))));

        wire.Sent.GroupBy(sent => sent.At).ShouldAllBe(moment => moment.Count() == 3);
        wire.Sent.Take(3).Select(sent => Ids(sent).Length).ShouldBe([50, 50, 20]);
    }

    [Fact]
    public void A_failed_action_says_why_and_does_not_disturb_the_others()
    {
        _status = id => id == 1 ? "error" : _time.Now >= TimeSpan.FromSeconds(3) ? "success" : "running";
        var (poller, _) = Poller();

        var other = Task.CompletedTask;
        var refusal = Should.Throw<ProviderException>(() => _time.Run(() =>
        {
            other = poller.WaitAsync([Running(2)], Operation(), default);
            return poller.WaitAsync([Running(1)], Operation(), default);
        }));
        _time.Run(() => other);

        refusal.Code.ShouldBe(ProviderErrorCode.ActionFailed);
        refusal.CloudCode.ShouldBe("host_broken");
        refusal.Message.ShouldBe("Hetzner Cloud could not finish create_server: no luck (host_broken, action 1)");
    }

    [Fact]
    public void An_action_that_has_ended_already_costs_no_request()
    {
        var (poller, wire) = Poller();

        _time.Run(() => poller.WaitAsync([Running(1) with { Status = "success" }], Operation(), default));

        wire.Sent.ShouldBeEmpty();
    }

    [Fact]
    public void Nothing_runs_when_nobody_waits_any_more()
    {
        _status = _ => "running";
        var (poller, wire) = Poller();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5), _time);

        Should.Throw<OperationCanceledException>(() =>
            _time.Run(() => poller.WaitAsync([Running(1)], Operation(), patience.Token)));
        SpinWait.SpinUntil(() => _time.ActiveTimers == 0, TimeSpan.FromSeconds(20)).ShouldBeTrue();

        wire.Sent.Count.ShouldBeGreaterThan(1);
    }

    [Fact]
    public void One_who_gives_up_does_not_disturb_the_others()
    {
        _status = _ => _time.Now >= TimeSpan.FromSeconds(20) ? "success" : "running";
        var (poller, _) = Poller();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5), _time);

        var impatient = Task.CompletedTask;
        _time.Run(() =>
        {
            impatient = poller.WaitAsync([Running(1)], Operation(), patience.Token);
            return poller.WaitAsync([Running(1)], Operation(), default);
        });

        Should.Throw<OperationCanceledException>(() => _time.Run(() => impatient));
        _time.Now.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void It_can_be_waited_again_after_a_pause()
    {
        var (poller, wire) = Poller();

        _time.Run(() => poller.WaitAsync([Running(1)], Operation(), default));
        _time.Run(() => poller.WaitAsync([Running(2)], Operation(), default));

        wire.Sent.Select(sent => Ids(sent)[0]).ShouldBe([1, 2]);
    }

    [Fact]
    public void A_poll_that_fails_for_a_while_is_told_and_survived()
    {
        var broken = true;
        var wire = new Answering(_time, sent => broken && _time.Now < TimeSpan.FromMinutes(2)
            ? new Reply(503)
            : Actions(sent));
        var poller = new ActionPoller(Client(wire), _time);

        _time.Run(() => poller.WaitAsync([Running(1)], Operation(), default));

        _time.Now.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMinutes(2));
        _told.ShouldContain(state => state.LastSeen == "Hetzner Cloud refused GET /v1/actions: no reason given (503)");
        broken = false;
    }

    [Fact]
    public void A_poll_that_is_refused_for_good_ends_the_wait()
    {
        var poller = new ActionPoller(Client(new Answering(_time, _ => Reply.Error(401, "unauthorized"))), _time);

        Should.Throw<ProviderException>(() => _time.Run(() => poller.WaitAsync([Running(1)], Operation(), default)))
            .Code.ShouldBe(ProviderErrorCode.Unauthorized);
    }

    [Fact]
    public void Progress_is_told_when_it_changes()
    {
        _status = _ => _time.Now >= TimeSpan.FromSeconds(2) ? "success" : "running";
        var (poller, _) = Poller();

        _time.Run(() => poller.WaitAsync([Running(1)], Operation(), default));

        _told.ShouldBe([
            new WaitState("create_server", "running, 0 %"),
            new WaitState("create_server", "running, 40 %"),
            new WaitState("create_server", "success, 40 %")]);
    }

    private static ActionSchema Running(long id) => new(id, "create_server", "running");

    private OperationContext Operation() => new(HetznerScene.Address("server"), state =>
    {
        lock (_told)
            _told.Add(state);
    });

    private (ActionPoller Poller, Answering Wire) Poller()
    {
        var wire = new Answering(_time, Actions);
        return (new ActionPoller(Client(wire), _time), wire);
    }

    private Reply Actions(SentRequest sent) => new(200, HetznerScene.Json(
        $"{{'actions':[{string.Join(',', Ids(sent).Select(id => $"{{'id':{id},'command':'create_server','progress':40,"
            + $"'status':'{_status(id)}','error':{{'code':'host_broken','message':'no luck'}}}}"))}]}}"));

    private HetznerClient Client(HttpMessageHandler wire)
    {
        var random = new HetznerScene(wire, _time);
        return new HetznerClient(HttpClients.Create(
            new ProviderEnvironment
            {
                Time = _time,
                Random = random,
                Transport = wire,
                Guard = random,
                Environment = _ => null,
            },
            new HttpVendor
            {
                Provider = "hetzner",
                DisplayName = "Hetzner Cloud",
                BaseAddress = new Uri("http://hetzner.test/v1/"),
                Token = "t",
                TokenSource = "env: T",
                Classify = HetznerErrors.Classify,
            }));
    }

    private static long[] Ids(SentRequest sent) =>
        [.. IdPattern().Matches(sent.PathAndQuery).Select(match => long.Parse(match.Groups["id"].Value))];

    [GeneratedRegex("[?&]id=(?<id>[0-9]+)", RegexOptions.None, 1000)]
    private static partial Regex IdPattern();
}
