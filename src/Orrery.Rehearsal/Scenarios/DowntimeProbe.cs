using Orrery.Model.Platforms;
using Orrery.Rehearsal.Stages;

namespace Orrery.Rehearsal.Scenarios;

/// <summary>
/// A client in the world that asks each cluster's public address ten times a second: whether a machine is there that
/// has taken it and whose Kubernetes runs, and for every host that its Ingresses had when the probe began.
/// </summary>
internal sealed class DowntimeProbe(Stage stage)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private readonly Visitor _visitor = new(stage);
    private (Cluster Cluster, IReadOnlyList<string> Hosts)[] _asked = [];
    private bool _isOver;

    /// <summary>How long no Kubernetes answered.</summary>
    public TimeSpan Failed { get; private set; }

    /// <summary>How long some host was without an answer; null where there are none.</summary>
    public TimeSpan? HostsFailed { get; private set; }

    public void Start()
    {
        _asked = [.. stage.Platform.Clusters.Values.Select(cluster => (cluster, _visitor.HostsOf(cluster)))];
        HostsFailed = Array.Exists(_asked, asked => asked.Hosts.Count > 0) ? TimeSpan.Zero : null;
        stage.Clock.Schedule(Interval, Ask);
    }

    public void Stop() => _isOver = true;

    private void Ask()
    {
        if (_isOver)
            return;
        stage.World.Advance(stage.Clock.Now);
        var isUp = Array.TrueForAll(_asked, asked => _visitor.IsAnswered(asked.Cluster, []));
        if (!isUp)
            Failed += Interval;
        if (!isUp || !Array.TrueForAll(_asked, asked => _visitor.IsAnswered(asked.Cluster, asked.Hosts)))
            HostsFailed += Interval;
        stage.Clock.Schedule(Interval, Ask);
    }
}
