using System.Diagnostics;
using System.Globalization;

namespace Orrery.Bench.Measuring;

/// <summary>Wall time, processor time and peak memory from its start to its stop.</summary>
internal sealed class PhaseMeter
{
    private readonly bool _knowsPeak;
    private readonly long _startedAt;
    private readonly TimeSpan _cpuAtStart;
    private readonly long _allocatedAtStart;

    private PhaseMeter()
    {
        // What earlier phases left is not this one's peak.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        _knowsPeak = TryForgetPeak();
        _allocatedAtStart = GC.GetTotalAllocatedBytes(precise: true);
        _cpuAtStart = Environment.CpuUsage.TotalTime;
        _startedAt = Stopwatch.GetTimestamp();
    }

    public static PhaseMeter Start() => new();

    public PhaseResult Stop(string name) => new()
    {
        Name = name,
        Wall = Stopwatch.GetElapsedTime(_startedAt),
        Cpu = Environment.CpuUsage.TotalTime - _cpuAtStart,
        PeakBytes = _knowsPeak ? PeakBytes() : null,
        AllocatedBytes = GC.GetTotalAllocatedBytes(precise: true) - _allocatedAtStart,
    };

    private static bool TryForgetPeak()
    {
        try
        {
            // "5" resets the peak to what is resident now:
            // https://man7.org/linux/man-pages/man5/proc_pid_clear_refs.5.html
            File.WriteAllText("/proc/self/clear_refs", "5");
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Not Linux, or a container that may not: then the peak is unknown, and nothing else.
            return false;
        }
    }

    private static long PeakBytes()
    {
        const string label = "VmHWM:";
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(label, StringComparison.Ordinal));
        var kibibytes = line.AsSpan(label.Length).Trim().TrimEnd("kB").Trim();
        return long.Parse(kibibytes, CultureInfo.InvariantCulture) * 1024;
    }
}
