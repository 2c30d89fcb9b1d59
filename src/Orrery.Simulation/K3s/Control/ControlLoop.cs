using Orrery.Simulation.Kubernetes;
using Orrery.Simulation.Kubernetes.Store;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.K3s.Control;

/// <summary>
/// The work queues of a cluster's controllers. A change of an object is looked at a little later, once for many
/// changes; what fails is tried again, later each time. While K3s is down nothing is looked at, and everything after.
/// </summary>
internal sealed class ControlLoop
{
    private readonly ClusterStore _store;
    private readonly Agenda _agenda;
    private readonly K3sLatencies _latencies;
    private readonly Func<bool> _isRunning;
    private readonly List<Watch> _watches = [];

    public ControlLoop(ClusterStore store, Agenda agenda, K3sLatencies latencies, Func<bool> isRunning)
    {
        (_store, _agenda, _latencies, _isRunning) = (store, agenda, latencies, isRunning);
        store.Changed += Look;
    }

    /// <summary>Calls a controller for each object of a kind that changes, appears or goes.</summary>
    public void On(string group, string kind, Action<string, string> reconcile) =>
        _watches.Add(new Watch(group, kind, reconcile));

    /// <summary>Calls a controller for one object after a while, as if it had changed.</summary>
    public void Again(Action<string, string> reconcile, string ns, string name, TimeSpan after)
    {
        if (_watches.Find(watch => watch.Reconcile == reconcile) is { } watch)
            Queue(watch, (ns, name), after);
    }

    /// <summary>Looks at everything, as controllers do when they start.</summary>
    public void LookAtAll()
    {
        foreach (var watch in _watches)
        {
            foreach (var kind in _store.Kinds.Stored.Where(watch.Fits).ToList())
            {
                foreach (var item in _store.Table.All(kind))
                    Queue(watch, (item.Namespace(), item.Name()), _latencies.Reaction);
            }
        }
    }

    private void Look(StoreChange change)
    {
        foreach (var watch in _watches)
        {
            if (watch.Fits(change.Kind))
                Queue(watch, (change.Object.Namespace(), change.Object.Name()), _latencies.Reaction);
        }
    }

    private void Queue(Watch watch, (string Namespace, string Name) key, TimeSpan after)
    {
        var due = _agenda.Now + after;
        if (watch.Queued.TryGetValue(key, out var already) && already <= due)
            return;
        watch.Queued[key] = due;
        _agenda.At(due, () => Run(watch, key, due));
    }

    private void Run(Watch watch, (string Namespace, string Name) key, TimeSpan due)
    {
        if (!watch.Queued.TryGetValue(key, out var queued) || queued != due)
            return;
        watch.Queued.Remove(key);
        if (!_isRunning())
            return;
        try
        {
            watch.Reconcile(key.Namespace, key.Name);
            watch.Failures.Remove(key);
        }
        catch (ApiFailure)
        {
            var failures = watch.Failures.GetValueOrDefault(key);
            watch.Failures[key] = Math.Min(failures + 1, 10);
            var pause = _latencies.Retry * Math.Pow(2, failures);
            Queue(watch, key, pause < _latencies.RetryMax ? pause : _latencies.RetryMax);
        }
    }

    private sealed class Watch(string group, string kind, Action<string, string> reconcile)
    {
        public Action<string, string> Reconcile => reconcile;

        public Dictionary<(string Namespace, string Name), TimeSpan> Queued { get; } = [];

        public Dictionary<(string Namespace, string Name), int> Failures { get; } = [];

        public bool Fits(Kubernetes.Kinds.ResourceKind other) => other.Kind == kind && other.Group == group;
    }
}
