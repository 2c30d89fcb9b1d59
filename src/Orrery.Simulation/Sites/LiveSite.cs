using Orrery.Engine.Ports;
using Orrery.Simulation.Git;
using Orrery.Simulation.Wire;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Sites;

/// <summary>
/// A site for real threads and a clock that runs: one lock around all of it, and a timer that lets happen what is due
/// while nobody asks. Disposing stops the timer.
/// </summary>
public sealed class LiveSite : IDisposable
{
    /// <summary>Timers have a longest time; whatever is due later is looked at again.</summary>
    private static readonly TimeSpan SleepMax = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly Site _site;
    private readonly long _began;
    private readonly ITimer _timer;
    private TimeSpan _wakes = TimeSpan.MaxValue;

    /// <param name="site">Nobody else may use it from now on.</param>
    /// <param name="time">The site's time is what passes of it from now on.</param>
    public LiveSite(Site site, TimeProvider time)
    {
        (_site, Time, _began) = (site, time, time.GetTimestamp());
        _timer = time.CreateTimer(
            static state => ((LiveSite?)state)?.Use(static _ => true), this, Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
        site.Agenda.Added += WakeAt;
        Use(static _ => true);
    }

    public TimeProvider Time { get; }

    /// <summary>Decides what a world does wrong with a request; nothing by default.</summary>
    public Func<WorldRequest, WorldFault?> Faults { get; set; } = static _ => null;

    /// <summary>Looks at the site or changes it, alone and after all that is due.</summary>
    public T Use<T>(Func<Site, T> use)
    {
        lock (_gate)
        {
            _site.Agenda.AdvanceTo(Now);
            var result = use(_site);
            _wakes = TimeSpan.MaxValue;
            if (_site.Agenda.Next is { } next)
                WakeAt(next);
            return result;
        }
    }

    /// <summary>One request to one of the site's worlds, answered at once; its time is the caller's to wait.</summary>
    public WorldReply Handle(Func<Site, IWorld> world, WorldRequest request) =>
        Use(site => world(site).Handle(request with { Fault = Faults(request) }, Now));

    /// <summary>The wire to all that has an address in the site.</summary>
    public HttpMessageHandler Internet() =>
        new LiveTransport(this, (site, address) => site.At(address));

    /// <summary>The wire to an API server, through whichever machine is there when it is used.</summary>
    public HttpMessageHandler ApiServer(Connection connection) =>
        new LiveTransport(this, (site, _) => site.ApiServer(connection));

    /// <summary>The programs of one person's computer.</summary>
    public IProcessRunner Processes(SimulatedGitOptions git) =>
        Use(site => new LiveProcesses(this, new SshPrograms(site.Machines, []), new SimulatedGit(site.Remotes, git)));

    public void Dispose() => _timer.Dispose();

    private TimeSpan Now => Time.GetElapsedTime(_began);

    // Called by the agenda too, which only who holds the lock fills.
    private void WakeAt(TimeSpan due)
    {
        if (due >= _wakes)
            return;
        _wakes = due;
        var wait = due - Now;
        _timer.Change(
            wait < TimeSpan.Zero ? TimeSpan.Zero : wait < SleepMax ? wait : SleepMax, Timeout.InfiniteTimeSpan);
    }
}
