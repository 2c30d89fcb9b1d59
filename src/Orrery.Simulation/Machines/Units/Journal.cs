using System.Globalization;

namespace Orrery.Simulation.Machines.Units;

/// <summary>The system's log: lines by unit.</summary>
internal sealed class Journal(Func<TimeSpan> now, DateTimeOffset epoch)
{
    // journald keeps more; a unit that restarts for ever must not fill the memory of the simulation.
    private const int LinesMax = 20_000;

    private readonly List<(TimeSpan At, string Unit, string Text)> _lines = [];

    public void Add(string unit, string text)
    {
        if (_lines.Count < LinesMax)
            _lines.Add((now(), unit, text));
    }

    public IEnumerable<string> Of(string? unit) =>
        _lines.Where(line => unit is null || line.Unit == unit).Select(line => line.Text);

    /// <summary>As <c>journalctl</c> shows them.</summary>
    public IEnumerable<string> Shown(string? unit, string host) =>
        _lines.Where(line => unit is null || line.Unit == unit).Select(line =>
            $"{Stamp(line.At)} {host} {line.Unit.Replace(".service", "", StringComparison.Ordinal)}: {line.Text}");

    private string Stamp(TimeSpan at) => (epoch + at).ToString("MMM dd HH:mm:ss", CultureInfo.InvariantCulture);
}
