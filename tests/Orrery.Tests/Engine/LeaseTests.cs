using System.Text;
using Orrery.Engine.Ports;
using Orrery.Engine.State;

namespace Orrery.Tests.Engine;

public sealed class LeaseTests
{
    private static readonly TimeSpan RequestTime = TimeSpan.FromSeconds(5);

    private readonly MemoryStateFiles _files = new();
    private readonly LivesTime _time = new(seed: 1);

    [Fact]
    public void The_first_holder_gets_the_first_token_and_lets_go_at_the_end() => _time.Run(async () =>
    {
        var lease = await AcquireAsync("ann");
        lease.Token.ShouldBe(1);
        (await CurrentAsync())!.Holder.ShouldBe("ann");
        await lease.DisposeAsync();
        (await CurrentAsync()).ShouldBeNull();
        (await AcquireAsync("bob")).Token.ShouldBe(2);
        _time.Now.ShouldBe(TimeSpan.Zero);
    });

    [Fact]
    public void What_a_dead_run_left_is_taken_over_when_it_ends() => _time.Run(async () =>
    {
        await AcquireAsync("dead");
        var told = new List<string>();
        var lease = await AcquireAsync("next", holder => told.Add(holder.Holder));
        lease.Token.ShouldBe(2);
        told.ShouldAllBe(holder => holder == "dead");
        told.Count.ShouldBeInRange(29, 31);
        _time.Now.ShouldBeInRange(Lease.Duration, Lease.Duration + TimeSpan.FromSeconds(1));
    });

    [Fact]
    public void Who_keeps_renewing_keeps_others_out() => _time.Run(async () =>
    {
        var lease = await AcquireAsync("ann");
        using var over = new CancellationTokenSource();
        var keeping = lease.KeepAsync(over.Token);
        var refused = await RefusalAsync<StateException>(() => AcquireAsync("bob"));
        refused.Code.Code.ShouldBe("STATE003");
        refused.Message.ShouldContain("ann");
        Stop(over);
        await keeping;
    });

    [Fact]
    public void The_guard_renews_a_lease_that_is_too_short_for_the_request() => _time.Run(async () =>
    {
        var lease = await AcquireAsync("ann");
        await Task.Delay(TimeSpan.FromSeconds(28), _time);
        await lease.EnsureAsync(RequestTime, CancellationToken.None);
        (await CurrentAsync())!.Expires.ShouldBe(_time.GetUtcNow() + Lease.Duration);
    });

    [Fact]
    public void The_guard_refuses_a_request_that_may_outlast_every_lease() => _time.Run(async () =>
    {
        var lease = await AcquireAsync("ann");
        await ShouldRefuseAsync(lease, Lease.Duration);
    });

    [Fact]
    public void The_guard_refuses_once_another_has_taken_over() => _time.Run(async () =>
    {
        var slow = await AcquireAsync("slow");
        await Task.Delay(Lease.Duration, _time);
        var next = await AcquireAsync("next");
        await ShouldRefuseAsync(slow, RequestTime);
        await slow.DisposeAsync();
        (await CurrentAsync())!.Holder.ShouldBe("next");
        await next.EnsureAsync(RequestTime, CancellationToken.None);
    });

    [Fact]
    public void A_renewal_counts_only_once_it_is_written() => _time.Run(async () =>
    {
        var lease = await AcquireAsync("ann");
        await Task.Delay(TimeSpan.FromSeconds(28), _time);
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _files.Writing = _ => written.Task;
        var first = lease.EnsureAsync(RequestTime, CancellationToken.None);
        var second = lease.EnsureAsync(RequestTime, CancellationToken.None);
        second.IsCompleted.ShouldBeFalse();
        written.SetResult();
        await Task.WhenAll(first, second);
    });

    [Fact]
    public void A_renewal_that_the_disk_refuses_is_tried_again() => _time.Run(async () =>
    {
        var lease = await AcquireAsync("ann");
        using var over = new CancellationTokenSource();
        var refusals = 1;
        _files.Writing = _ => refusals-- > 0
            ? Task.FromException(new IOException("the disk is busy"))
            : Task.CompletedTask;
        var keeping = lease.KeepAsync(over.Token);
        await Task.Delay(TimeSpan.FromSeconds(25), _time);
        (await CurrentAsync())!.Expires.ShouldBe(_time.GetUtcNow() + TimeSpan.FromSeconds(25));
        Stop(over);
        await keeping;
    });

    [Fact]
    public void A_lease_that_cannot_be_let_go_of_ends_by_itself() => _time.Run(async () =>
    {
        var lease = await AcquireAsync("ann");
        _files.Writing = _ => Task.FromException(new IOException("the disk is full"));
        await lease.DisposeAsync();
        (await CurrentAsync()).ShouldNotBeNull();
    });

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"holder\": \"ann\"")]
    public void What_is_no_lease_is_never_taken_for_none(string content) => _time.Run(async () =>
    {
        _files.Files["lease.json"] = Encoding.UTF8.GetBytes(content);
        (await RefusalAsync<StateException>(() => AcquireAsync("ann"))).Code.Code.ShouldBe("STATE002");
    });

    [Fact]
    public void A_person_ends_the_lease_of_a_dead_run_at_once() => _time.Run(async () =>
    {
        (await Lease.BreakAsync(_files, _time, CancellationToken.None)).ShouldBeFalse();
        var dead = await AcquireAsync("dead");
        (await Lease.BreakAsync(_files, _time, CancellationToken.None)).ShouldBeTrue();
        (await AcquireAsync("next")).Token.ShouldBe(2);
        _time.Now.ShouldBe(TimeSpan.Zero);
        using var never = new CancellationTokenSource();
        await dead.KeepAsync(never.Token);
        await ShouldRefuseAsync(dead, RequestTime);
    });

    [Fact]
    public void Never_do_two_lives_write_at_once()
    {
        for (var seed = 0; seed < 1000; seed++)
            new LeaseLives(seed).Run();
    }

    private static async Task ShouldRefuseAsync(Lease lease, TimeSpan requestTime) =>
        (await RefusalAsync<ProviderException>(() => lease.EnsureAsync(requestTime, CancellationToken.None)))
        .Code.ShouldBe(ProviderErrorCode.NotWriter);

    /// <summary>
    /// On the clock's own thread, unlike the cancellation and the assertion that continue on the pool.
    /// </summary>
    private static void Stop(CancellationTokenSource over) => over.Cancel();

    private static async Task<T> RefusalAsync<T>(Func<Task> refused)
        where T : Exception
    {
        try
        {
            await refused();
        }
        catch (T refusal)
        {
            return refusal;
        }

        throw new ShouldAssertException("nothing was refused");
    }

    private Task<Lease> AcquireAsync(string holder, Action<LeaseRecord>? waiting = null) =>
        Lease.AcquireAsync(_files, _time, holder, waiting ?? (static _ => { }), CancellationToken.None);

    private Task<LeaseRecord?> CurrentAsync() => Lease.CurrentAsync(_files, _time, CancellationToken.None);

    /// <summary>
    /// Two to five lives that want to write, each of which may stand still for up to a minute at any await.
    /// </summary>
    private sealed class LeaseLives(int seed)
    {
        private readonly LivesTime _time = new(seed);
        private readonly MemoryStateFiles _files = new();
        private long _token;
        private TimeSpan _writingUntil;

        public void Run()
        {
            _files.Writing = _ => RestAsync();
            var count = 2 + (seed % 4);
            _time.Run(Enumerable.Range(0, count).Select(life => (Func<Task>)(() => LiveAsync($"life {life}"))));
        }

        private async Task LiveAsync(string name)
        {
            try
            {
                var lease = await Lease.AcquireAsync(_files, _time, name, static _ => { }, CancellationToken.None);
                using var over = new CancellationTokenSource();
                var keeping = lease.KeepAsync(over.Token);
                for (var request = 0; request < 6; request++)
                {
                    await RestAsync();
                    await lease.EnsureAsync(RequestTime, CancellationToken.None);
                    await WriteAsync(lease.Token, name);
                }

                Stop(over);
                await keeping;
                // A life in four dies here and does not let go.
                if (_time.Draw() < 0.75)
                    await lease.DisposeAsync();
            }
            catch (ProviderException refusal) when (refusal.Code == ProviderErrorCode.NotWriter)
            {
                // Taken over: exactly what the guard is for.
            }
            catch (StateException held) when (held.Code == StateCodes.Held)
            {
                // Waited long enough.
            }
        }

        private async Task WriteAsync(long token, string name)
        {
            token.ShouldBeGreaterThanOrEqualTo(_token, $"seed {seed}: {name} writes after its successor");
            if (token != _token)
                _time.Now.ShouldBeGreaterThanOrEqualTo(
                    _writingUntil, $"seed {seed}: {name} writes beside its predecessor");
            _token = token;
            var length = RequestTime * _time.Draw();
            _writingUntil = _time.Now + length;
            await Task.Delay(length + TimeSpan.FromMilliseconds(1), _time);
        }

        private async Task RestAsync()
        {
            if (_time.Draw() < 0.1)
                _time.Pause(TimeSpan.FromSeconds(60 * _time.Draw()));
            await Task.Delay(TimeSpan.FromMilliseconds(1 + (2000 * _time.Draw() * _time.Draw())), _time);
        }
    }
}
