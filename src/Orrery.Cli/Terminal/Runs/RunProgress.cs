using Orrery.Engine.Ports;
using Orrery.Engine.Runs;
using Orrery.Model.Plans;
using Orrery.Model.Values;

namespace Orrery.Cli.Terminal.Runs;

/// <summary>How far a change is.</summary>
internal enum ChangePhase
{
    Pending,
    Running,
    Done,
    Failed,
    Skipped,
}

/// <summary>One change of a run, as it stands.</summary>
internal sealed record ProgressRow(ResourceAddress Address, ChangeAction Planned, ValueList<ResourceAddress> Needs)
{
    /// <summary>
    /// What is done now or was done last: a replacement has two halves, in the one or the other order.
    /// </summary>
    public ChangeAction Action { get; init; } = Planned;

    /// <summary>Of a replacement: one half is done.</summary>
    public bool IsHalfDone { get; init; }

    public ChangePhase Phase { get; init; }

    /// <summary>Since the run began.</summary>
    public TimeSpan Start { get; init; }

    public TimeSpan End { get; init; }

    /// <summary>What it waits for, with the last value seen; or why it failed or was not begun.</summary>
    public string Note { get; init; } = "";
}

/// <summary>What has happened in a run so far: told by its events, read by whoever draws it.</summary>
internal sealed class RunProgress(TimeProvider time)
{
    private readonly SortedDictionary<string, ProgressRow> _rows = new(StringComparer.Ordinal);
    private readonly long _start = time.GetTimestamp();
    private readonly Lock _gate = new();

    public TimeSpan Elapsed => time.GetElapsedTime(_start);

    /// <summary>In order of their addresses.</summary>
    public IReadOnlyList<ProgressRow> Rows
    {
        get
        {
            lock (_gate)
                return [.. _rows.Values];
        }
    }

    public ProgressRow? Find(ResourceAddress address)
    {
        lock (_gate)
            return _rows.GetValueOrDefault(address.Text);
    }

    public void On(RunEvent happened)
    {
        lock (_gate)
        {
            switch (happened)
            {
                case RunEvent.Planned planned:
                    foreach (var change in planned.Plan.Changes.Where(change => change.IsWork))
                        Add(change, planned.Plan);
                    break;
                case RunEvent.Started started:
                    Set(started.Address, started.Action, row => row with
                    {
                        Phase = ChangePhase.Running,
                        Start = row.IsHalfDone ? row.Start : Elapsed,
                        Note = "",
                    });
                    break;
                case RunEvent.Waiting waiting:
                    Set(waiting.Address, null, row => row with { Note = NoteOf(waiting.State) });
                    break;
                case RunEvent.Retrying retrying:
                    Set(retrying.Address, null, row => row with
                    {
                        Note = $"{retrying.Reason}; again in {Words.Duration(retrying.After)}",
                    });
                    break;
                case RunEvent.Finished finished:
                    Set(finished.Address, null, Finish);
                    break;
                case RunEvent.Failed failed:
                    Set(failed.Address, null, row => row with
                    {
                        Phase = ChangePhase.Failed,
                        End = Elapsed,
                        Note = failed.Diagnostic.Summary,
                    });
                    break;
                case RunEvent.Skipped skipped:
                    Set(skipped.Address, null, row => row with
                    {
                        Phase = ChangePhase.Skipped,
                        End = Elapsed,
                        Note = skipped.Reason,
                    });
                    break;
                default:
                    break;
            }
        }
    }

    public int Count(ChangePhase phase) => Rows.Count(row => row.Phase == phase);

    /// <summary>Of what a row needs, what is not done yet.</summary>
    public IEnumerable<ResourceAddress> Missing(ProgressRow row) =>
        row.Needs.Where(need => Find(need) is { Phase: not ChangePhase.Done });

    public static string NoteOf(WaitState state) =>
        state.LastSeen.Length > 0 ? $"waits for {state.Condition} ({state.LastSeen})" : $"waits for {state.Condition}";

    private void Add(Change change, Plan plan) =>
        _rows[change.Address.Text] = new ProgressRow(change.Address, change.Action, NeedsOf(change, plan));

    private void Set(ResourceAddress address, ChangeAction? action, Func<ProgressRow, ProgressRow> change)
    {
        var row = _rows.GetValueOrDefault(address.Text) ?? new ProgressRow(address, action ?? ChangeAction.None, []);
        _rows[address.Text] = change(action is { } known ? row with { Action = known } : row);
    }

    private ProgressRow Finish(ProgressRow row) => row is { Planned: ChangeAction.Replace, IsHalfDone: false }
        ? row with { Phase = ChangePhase.Pending, IsHalfDone = true, Note = "" }
        : row with { Phase = ChangePhase.Done, End = Elapsed, Note = "" };

    /// <summary>What goes is deleted after what needed it, so there the edges run the other way.</summary>
    private static ValueList<ResourceAddress> NeedsOf(Change change, Plan plan) => change.Action == ChangeAction.Delete
        ? plan.Changes.Where(other => other.Action == ChangeAction.Delete && other.Needs.Contains(change.Address))
            .Select(other => other.Address).ToValueList()
        : change.Needs;
}
