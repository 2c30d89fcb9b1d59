using Orrery.Model.Values;

namespace Orrery.GitOps.Delivery;

/// <summary>What a look at all that is delivered tells.</summary>
public abstract record Convergence
{
    private Convergence()
    {
    }

    public sealed record Progressing(int Ready, int Total) : Convergence;

    public sealed record Converged : Convergence;

    /// <param name="Diagnosis">A line for each that is not ready: its state and what is said about it.</param>
    public sealed record Stalled(ValueList<string> Diagnosis) : Convergence;
}

/// <summary>
/// Watches what an engine delivers until all of it is ready, and fails when nothing has come nearer for too long:
/// however long a large platform takes, as long as it moves. Progress is what was never there or never ready before;
/// one that goes back and forth makes none.
/// </summary>
/// <param name="expected">What must be there; others count too.</param>
/// <param name="limit">How long nothing may have come nearer.</param>
/// <param name="begun">The time of the beginning, on any clock that the later looks use too.</param>
public sealed class ConvergenceMonitor(IEnumerable<string> expected, TimeSpan limit, TimeSpan begun)
{
    /// <summary>Looks in a row at which all are ready: between two of them the root may still add one.</summary>
    private const int LooksReadyMin = 2;

    private readonly string[] _expected = [.. expected];
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly HashSet<string> _wasReady = new(StringComparer.Ordinal);
    private TimeSpan _progressAt = begun;
    private int _looksReady;
    private int _totalBefore;

    public Convergence Look(TimeSpan at, IReadOnlyList<DeliveryState> delivered)
    {
        foreach (var each in delivered)
        {
            var isNews = _seen.Add(each.Name);
            if ((each.IsReady && _wasReady.Add(each.Name)) || isNews)
                _progressAt = at;
        }

        string[] missing = [.. _expected.Except(delivered.Select(each => each.Name))];
        var notReady = delivered.Where(each => !each.IsReady).ToList();
        var total = delivered.Count + missing.Length;
        var allReady = missing.Length == 0 && notReady.Count == 0;
        _looksReady = allReady && (_looksReady == 0 || total == _totalBefore) ? _looksReady + 1 : allReady ? 1 : 0;
        _totalBefore = total;
        if (_looksReady >= LooksReadyMin)
            return new Convergence.Converged();
        if (!allReady && at - _progressAt >= limit)
            return new Convergence.Stalled(Diagnosis(missing, notReady));
        return new Convergence.Progressing(delivered.Count - notReady.Count, total);
    }

    private static ValueList<string> Diagnosis(string[] missing, List<DeliveryState> notReady) =>
    [
        .. missing.Order(StringComparer.Ordinal).Select(name => $"{name}: not there"),
        .. notReady.OrderBy(each => each.Name, StringComparer.Ordinal).Select(Line),
    ];

    private static string Line(DeliveryState state)
    {
        var words = state.IsOld ? ["not looked at since the start"] : state.Words;
        var said = words.Count > 0 ? string.Join(", ", words) : "nothing is known of it yet";
        return state.Message.Length > 0 ? $"{state.Name}: {said}: {state.Message}" : $"{state.Name}: {said}";
    }
}
