using Orrery.Simulation.Faults;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Wire;

/// <summary>What went over the wire in one simulated run: counts of exchanges and of faults.</summary>
public sealed class WireLog
{
    private readonly Dictionary<RequestIdentity, int> _attempts = [];
    private readonly SortedDictionary<string, int> _faults = new(StringComparer.Ordinal);
    private readonly List<Action<WorldRequest, WorldReply>> _watchers = [];

    public int Total { get; private set; }

    public int Mutating { get; private set; }

    /// <summary>How often each kind of fault was really played, by its name.</summary>
    public IReadOnlyDictionary<string, int> Faults => _faults;

    /// <summary>Sees every exchange, for the checkers.</summary>
    public void Watch(Action<WorldRequest, WorldReply> watcher) => _watchers.Add(watcher);

    /// <summary>How often this same request was sent, this time included.</summary>
    public int AttemptOf(WorldRequest request)
    {
        var identity = RequestIdentity.Of(request);
        return _attempts[identity] = _attempts.GetValueOrDefault(identity) + 1;
    }

    public void Count(FaultKind kind)
    {
        var name = FaultKinds.NameOf(kind);
        _faults[name] = _faults.GetValueOrDefault(name) + 1;
    }

    public void Exchanged(WorldRequest request, WorldReply reply)
    {
        Total++;
        if (request.IsChange)
            Mutating++;
        foreach (var watcher in _watchers)
            watcher(request, reply);
    }
}
