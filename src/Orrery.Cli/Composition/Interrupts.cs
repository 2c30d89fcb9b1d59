using Orrery.Engine.Runs;

namespace Orrery.Cli.Composition;

/// <summary>Ctrl-C once is graceful, twice is forceful; each says so.</summary>
internal sealed class Interrupts : IDisposable
{
    private readonly CancellationTokenSource _graceful = new();
    private readonly CancellationTokenSource _forceful = new();
    private readonly IDisposable _registration;
    private readonly Action<string> _say;

    public Interrupts(Host host, Action<string> say)
    {
        _say = say;
        _registration = host.OnInterrupt(On);
    }

    public Interruption Interruption => new(_graceful.Token, _forceful.Token);

    public void Dispose()
    {
        _registration.Dispose();
        _graceful.Dispose();
        _forceful.Dispose();
    }

    private void On()
    {
        if (!_graceful.IsCancellationRequested)
        {
            _say("stopping: what runs is finished and saved; press Ctrl-C again to abandon it");
            _graceful.Cancel();
        }
        else if (!_forceful.IsCancellationRequested)
        {
            _say("abandoning what runs; run the same command again to go on from there");
            _forceful.Cancel();
        }
    }
}
