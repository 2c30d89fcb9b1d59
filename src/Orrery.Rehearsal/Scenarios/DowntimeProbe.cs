using Orrery.Rehearsal.Stages;

namespace Orrery.Rehearsal.Scenarios;

/// <summary>
/// A client in the world that asks for the platform ten times a second: an answer needs a running machine that has the
/// platform's protected volumes.
/// </summary>
internal sealed class DowntimeProbe(Stage stage)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private bool _isOver;

    /// <summary>How long nobody answered.</summary>
    public TimeSpan Failed { get; private set; }

    public void Start() => stage.Clock.Schedule(Interval, Ask);

    public void Stop() => _isOver = true;

    private void Ask()
    {
        if (_isOver)
            return;
        stage.World.Advance(stage.Clock.Now);
        if (!Answers())
            Failed += Interval;
        stage.Clock.Schedule(Interval, Ask);
    }

    private bool Answers()
    {
        var isThere = false;
        foreach (var item in stage.World.Inventory())
        {
            if (item is { Kind: "volumes", DeleteProtected: true } && stage.World.ReadVolume(item.Id) is null)
                return false;
            if (item is { Kind: "floating_ips", Server: null })
                return false;
            isThere |= item.Kind == "servers";
        }

        return isThere;
    }
}
