using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes;
using Orrery.Simulation.Kubernetes.Kinds;
using Orrery.Simulation.Kubernetes.Store;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.K3s.Control;

/// <summary>Which object a controller shall look at.</summary>
internal readonly record struct ObjectKey(string Namespace, string Name)
{
    public static ObjectKey Of(JsonObject item) => new(item.Namespace(), item.Name());
}

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
    private readonly List<WorkQueue> _queues = [];

    public ControlLoop(ClusterStore store, Agenda agenda, K3sLatencies latencies, Func<bool> isRunning)
    {
        (_store, _agenda, _latencies, _isRunning) = (store, agenda, latencies, isRunning);
        store.Changed += Look;
    }

    /// <summary>Calls a controller for each object of a kind that changes, appears or goes.</summary>
    public void On(string group, string kind, Action<ObjectKey> reconcile) =>
        On(group, kind, static item => [ObjectKey.Of(item)], reconcile);

    /// <summary>Calls a controller for what a changed object of another kind concerns.</summary>
    public void On(
        string group, string kind, Func<JsonObject, IEnumerable<ObjectKey>> concerns, Action<ObjectKey> reconcile)
    {
        var queue = _queues.Find(each => each.Reconcile == reconcile);
        if (queue is null)
            _queues.Add(queue = new WorkQueue(reconcile));
        _watches.Add(new Watch(group, kind, concerns, queue));
    }

    /// <summary>Calls a controller for one object after a while, as if it had changed.</summary>
    public void Again(Action<ObjectKey> reconcile, ObjectKey key, TimeSpan after)
    {
        if (_queues.Find(each => each.Reconcile == reconcile) is { } queue)
            Add(queue, key, after);
    }

    /// <summary>Looks at everything, as controllers do when they start.</summary>
    public void LookAtAll()
    {
        foreach (var kind in _store.Kinds.Stored.ToList())
        {
            foreach (var item in _store.Table.All(kind).ToList())
                Look(kind, item);
        }
    }

    private void Look(StoreChange change) => Look(change.Kind, change.Object);

    private void Look(ResourceKind kind, JsonObject item)
    {
        foreach (var watch in _watches)
        {
            if (watch.Kind != kind.Kind || watch.Group != kind.Group)
                continue;
            foreach (var key in watch.Concerns(item))
                Add(watch.Queue, key, _latencies.Reaction);
        }
    }

    private void Add(WorkQueue queue, ObjectKey key, TimeSpan after)
    {
        var due = _agenda.Now + after;
        if (queue.Due.TryGetValue(key, out var already) && already <= due)
            return;
        queue.Due[key] = due;
        _agenda.At(due, () => Run(queue, key, due));
    }

    private void Run(WorkQueue queue, ObjectKey key, TimeSpan due)
    {
        if (!queue.Due.TryGetValue(key, out var queued) || queued != due)
            return;
        queue.Due.Remove(key);
        if (!_isRunning())
            return;
        try
        {
            queue.Reconcile(key);
            queue.Failures.Remove(key);
        }
        catch (ApiFailure)
        {
            var failures = queue.Failures.GetValueOrDefault(key);
            queue.Failures[key] = Math.Min(failures + 1, 10);
            var pause = _latencies.Retry * Math.Pow(2, failures);
            Add(queue, key, pause < _latencies.RetryMax ? pause : _latencies.RetryMax);
        }
    }

    private sealed class WorkQueue(Action<ObjectKey> reconcile)
    {
        public Action<ObjectKey> Reconcile => reconcile;

        public Dictionary<ObjectKey, TimeSpan> Due { get; } = [];

        public Dictionary<ObjectKey, int> Failures { get; } = [];
    }

    private sealed record Watch(
        string Group, string Kind, Func<JsonObject, IEnumerable<ObjectKey>> Concerns, WorkQueue Queue);
}
