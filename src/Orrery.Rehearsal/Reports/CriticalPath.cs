using Orrery.Engine.Runs;
using Orrery.Simulation.Worlds;

namespace Orrery.Rehearsal.Reports;

/// <summary>
/// The longest path through a step's work, each piece weighing what the world itself needed for it: no polling, no
/// back-off, no queueing of ours. Computed from the world's own log.
/// </summary>
internal static class CriticalPath
{
    /// <summary>Its length, and which entries lie on it.</summary>
    public static (TimeSpan Length, HashSet<TimelineEntry> Path) Of(
        IReadOnlyList<TimelineEntry> timeline, IReadOnlyList<ServiceRecord> service, TimeSpan begin)
    {
        var byTag = service.Where(record => record.Tag is not null)
            .ToLookup(record => record.Tag, StringComparer.Ordinal);
        var best = new Dictionary<TimelineEntry, (TimeSpan Length, TimelineEntry? Before)>(
            ReferenceEqualityComparer.Instance);
        TimelineEntry? last = null;
        foreach (var entry in timeline.OrderBy(entry => entry.End).ThenBy(entry => entry.Start))
        {
            TimelineEntry? before = null;
            var longest = TimeSpan.Zero;
            foreach (var (earlier, path) in best)
            {
                if (earlier.End <= entry.Start && entry.After.Contains(earlier.Address) && path.Length > longest)
                    (longest, before) = (path.Length, earlier);
            }

            best[entry] = (longest + Weight(entry, byTag[entry.Address.Text], begin), before);
            if (last is null || best[entry].Length > best[last].Length)
                last = entry;
        }

        var length = last is null ? TimeSpan.Zero : best[last].Length;
        var on = new HashSet<TimelineEntry>(ReferenceEqualityComparer.Instance);
        for (var entry = last; entry is not null; entry = best[entry].Before)
            on.Add(entry);
        return (length, on);
    }

    /// <summary>What the world needed to say what is there, before the first change could begin.</summary>
    public static TimeSpan OfReading(IEnumerable<ServiceRecord> service, TimeSpan begin, TimeSpan end)
    {
        var (total, reached) = (TimeSpan.Zero, begin);
        foreach (var record in service.Where(record => record.Tag is null && record.Start >= begin && record.End <= end)
            .OrderBy(record => record.Start).Where(record => record.End > reached))
        {
            total += record.End - (record.Start > reached ? record.Start : reached);
            reached = record.End;
        }

        return total;
    }

    /// <summary>The union of the world's work for this entry, while it ran: what overlaps counts once.</summary>
    private static TimeSpan Weight(TimelineEntry entry, IEnumerable<ServiceRecord> service, TimeSpan begin)
    {
        var total = TimeSpan.Zero;
        var (reached, last) = (begin + entry.Start, begin + entry.End);
        foreach (var record in service.Where(record => record.End > reached && record.Start < last)
                     .OrderBy(record => record.Start).ToArray())
        {
            // Asking how far an action is is our way of waiting; the action itself is the world's work.
            var isAsking = record.What.StartsWith("GET /v1/actions", StringComparison.Ordinal);
            if (isAsking || record.End <= reached || reached >= last)
                continue;
            // What goes on after it is nobody's wait any more.
            var end = record.End < last ? record.End : last;
            total += end - (record.Start > reached ? record.Start : reached);
            reached = end;
        }

        return total;
    }
}
