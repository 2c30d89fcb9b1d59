using Orrery.Cli.Composition;
using Orrery.Engine.Runs;
using Orrery.Model.Values;

namespace Orrery.Cli.Terminal.Runs;

/// <summary>A run as lines: one for each start, end and new condition that is waited for.</summary>
internal sealed class PlainRunDisplay(Host host) : RunDisplay(new RunProgress(host.Time))
{
    /// <summary>What was said last of a resource's waiting: values change often, conditions seldom.</summary>
    private readonly Dictionary<string, string> _conditions = new(StringComparer.Ordinal);
    private string? _holder;

    public override void Begin()
    {
    }

    public override void Say(string text) => host.Screen.Tell($"{text}\n");

    public override void On(RunEvent happened)
    {
        Progress.On(happened);
        switch (happened)
        {
            case RunEvent.WaitingForLease waiting when _holder != waiting.Holder.Holder:
                _holder = waiting.Holder.Holder;
                Say($"waiting: {_holder} works on this platform since {waiting.Holder.Since:u}");
                break;
            case RunEvent.Kept kept:
                Say(RunText.Of(kept));
                break;
            case RunEvent.Resumed:
                Say("going on where an earlier run stopped");
                break;
            case RunEvent.Started started:
                Line(started.Address, ActionWords.Now(started.Action));
                break;
            case RunEvent.Waiting waiting
                when _conditions.GetValueOrDefault(waiting.Address.Text) != waiting.State.Condition:
                _conditions[waiting.Address.Text] = waiting.State.Condition;
                Line(waiting.Address, RunProgress.NoteOf(waiting.State));
                break;
            case RunEvent.Retrying retrying:
                Line(retrying.Address, $"{retrying.Reason}; again in {Words.Duration(retrying.After)}");
                break;
            case RunEvent.Finished finished:
                Line(finished.Address, ActionWords.Over(finished.Action));
                break;
            case RunEvent.Failed failed:
                Line(failed.Address, $"failed: {failed.Diagnostic.Summary} [{failed.Diagnostic.Code}]");
                break;
            case RunEvent.Skipped skipped:
                Line(skipped.Address, $"not begun: {skipped.Reason}");
                break;
            default:
                break;
        }
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Line(ResourceAddress address, string text) =>
        Say($"{Words.Duration(Progress.Elapsed),7}  {address.Text}: {text}");
}
