using Orrery.Simulation.Machines.Execution;

namespace Orrery.Simulation.Machines;

/// <summary>The loops that run at this moment, so that a machine that waits for ever can say for what.</summary>
internal sealed class Waits(Func<TimeSpan> now)
{
    private readonly List<(Scope Scope, string Text, TimeSpan Since)> _running = [];

    public void Round(Scope scope, string text, int round)
    {
        if (round == 1)
            _running.Add((scope, text, now()));
    }

    public void Ended(Scope scope, string text)
    {
        var index = _running.FindLastIndex(loop => loop.Scope == scope && loop.Text == text);
        if (index >= 0)
            _running.RemoveAt(index);
    }

    /// <summary>The loops that go on now and since when, the longest first.</summary>
    public IReadOnlyList<(string Text, TimeSpan Since)> Running =>
        [.. _running.Where(loop => !loop.Scope.IsDead).Select(loop => (loop.Text, loop.Since))
            .OrderBy(loop => loop.Since)];
}
