using Orrery.Model.Values;

namespace Orrery.GitOps.Delivery;

/// <summary>An Application as it was seen.</summary>
/// <param name="Health">Argo CD's word: Healthy, Progressing, Degraded, Missing …; empty before the first look.</param>
/// <param name="Sync">Synced, OutOfSync, Unknown; empty before the first comparison.</param>
/// <param name="Phase">Of the last operation: Running, Succeeded, Failed, Error; empty where there was none.</param>
/// <param name="Message">What Argo CD says about it: conditions, then the operation.</param>
public sealed record ApplicationState(string Name, string Health, string Sync, string Phase, string Message)
{
    /// <summary>Argo CD has not looked at it for too long: whatever is said of it may be over.</summary>
    public bool IsOld { get; init; }

    public bool IsReady => !IsOld && (Health, Sync, Phase) == ("Healthy", "Synced", "Succeeded");

    /// <param name="application">The object, as the API gives it.</param>
    /// <param name="since">What was seen before this is old; as Kubernetes writes moments, empty for none.</param>
    public static ApplicationState Of(Value.Map application, string since = "")
    {
        var status = Below(application, "status");
        var operation = Below(status, "operationState");
        var conditions = status["conditions"] is Value.List list ? list.Items : [];
        var messages = conditions.OfType<Value.Map>().Select(condition => Text(condition, "message"))
            .Append(Text(operation, "message"));
        return new ApplicationState(
            Text(Below(application, "metadata"), "name"),
            Text(Below(status, "health"), "status"),
            Text(Below(status, "sync"), "status"),
            application["operation"] is Value.Map ? "Running" : Text(operation, "phase"),
            string.Join("; ", messages.Where(message => message.Length > 0).Distinct()))
        {
            // Both are of one clock and of one form, in which the order of texts is that of time.
            IsOld = string.CompareOrdinal(Text(status, "reconciledAt"), since) < 0,
        };
    }

    private static Value.Map Below(Value.Map map, string field) => map[field] as Value.Map ?? Value.Map.Empty;

    private static string Text(Value.Map map, string field) => map[field].AsText() ?? "";
}

/// <summary>What a look at the Applications tells.</summary>
public abstract record Convergence
{
    private Convergence()
    {
    }

    public sealed record Progressing(int Ready, int Total) : Convergence;

    public sealed record Converged : Convergence;

    /// <param name="Diagnosis">A line for each Application that is not ready: its state and what is said about
    /// it.</param>
    public sealed record Stalled(ValueList<string> Diagnosis) : Convergence;
}

/// <summary>
/// Watches Applications until all are ready, and fails when nothing has come nearer for too long: however long a large
/// platform takes, as long as it moves. Progress is an Application that was never there or never ready before; one that
/// goes back and forth makes none.
/// </summary>
/// <param name="expected">Applications that must be there; others count too.</param>
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

    public Convergence Look(TimeSpan at, IReadOnlyList<ApplicationState> applications)
    {
        foreach (var application in applications)
        {
            var isNews = _seen.Add(application.Name);
            if ((application.IsReady && _wasReady.Add(application.Name)) || isNews)
                _progressAt = at;
        }

        string[] missing = [.. _expected.Except(applications.Select(application => application.Name))];
        var notReady = applications.Where(application => !application.IsReady).ToList();
        var total = applications.Count + missing.Length;
        var allReady = missing.Length == 0 && notReady.Count == 0;
        _looksReady = allReady && (_looksReady == 0 || total == _totalBefore) ? _looksReady + 1 : allReady ? 1 : 0;
        _totalBefore = total;
        if (_looksReady >= LooksReadyMin)
            return new Convergence.Converged();
        if (!allReady && at - _progressAt >= limit)
            return new Convergence.Stalled(Diagnosis(missing, notReady));
        return new Convergence.Progressing(applications.Count - notReady.Count, total);
    }

    private static ValueList<string> Diagnosis(string[] missing, List<ApplicationState> notReady) =>
    [
        .. missing.Order(StringComparer.Ordinal).Select(name => $"{name}: not there"),
        .. notReady.OrderBy(application => application.Name, StringComparer.Ordinal).Select(Line),
    ];

    private static string Line(ApplicationState application)
    {
        string[] words = application.IsOld
            ? ["not looked at since the start"]
            : [application.Health, application.Sync, application.Phase];
        var said = string.Join(", ", words.Where(word => word.Length > 0));
        var state = said.Length > 0 ? said : "nothing is known of it yet";
        return application.Message.Length > 0
            ? $"{application.Name}: {state}: {application.Message}"
            : $"{application.Name}: {state}";
    }
}
