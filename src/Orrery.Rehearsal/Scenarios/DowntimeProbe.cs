using Orrery.Model.Platforms;
using Orrery.Rehearsal.Stages;

namespace Orrery.Rehearsal.Scenarios;

/// <summary>
/// A client in the world that asks for the platform's public addresses ten times a second: an answer needs a machine
/// there that has taken the address and whose Kubernetes runs.
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

    /// <summary>Every cluster's public address leads to a machine whose Kubernetes runs.</summary>
    private bool Answers() => stage.Platform.Clusters.Values.All(cluster => PublicAddresses(cluster).Any(address =>
        stage.Site.Machines.Find(address) is { } machine
        && stage.Site.Clusters.Find(machine.Id) is { IsRunning: true }));

    /// <summary>The floating addresses where there are some; else those of the servers.</summary>
    private IEnumerable<string> PublicAddresses(Cluster cluster)
    {
        var hasFloating = cluster.NodePools.Values.Any(pool => pool.FloatingIp is not null);
        return stage.World.Inventory()
            .Where(item => item.Kind == (hasFloating ? "floating_ips" : "servers") && item.PublicAddress is not null)
            .Select(item => item.PublicAddress ?? "");
    }
}
