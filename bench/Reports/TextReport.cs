using System.Text;
using Orrery.Bench.Measuring;

namespace Orrery.Bench.Reports;

/// <summary>Results for people.</summary>
internal static class TextReport
{
    private const double Mebi = 1024 * 1024;

    public static string Of(GraphResult result)
    {
        var text = new StringBuilder();
        text.AppendLine($"{result.Resources} resources, {result.Shape}; {Processors}");
        text.AppendLine();
        text.AppendLine("phase         wall s    cpu s  peak MiB  allocated MiB  resources/s  flushes  journal MiB");
        foreach (var phase in result.Phases)
        {
            var rate = result.Resources / phase.Wall.TotalSeconds;
            text.Append($"{phase.Name,-10} {phase.Wall.TotalSeconds,9:0.000} {phase.Cpu.TotalSeconds,8:0.000}");
            text.Append($" {Peak(phase),9} {phase.AllocatedBytes / Mebi,14:0} {rate,12:0}");
            text.AppendLine($" {phase.Flushes,8} {phase.JournalBytes / Mebi,12:0.00}");
        }

        text.AppendLine();
        text.Append($"state: {result.StateBytes / Mebi:0.00} MiB, ");
        text.AppendLine($"{result.StateBytesPerResource:0} bytes per resource");
        return text.ToString();
    }

    public static string Of(IReadOnlyList<PhaseResult> phases)
    {
        var text = new StringBuilder();
        text.AppendLine("phase           wall s    cpu s  peak MiB  allocated MiB");
        foreach (var phase in phases)
        {
            text.Append($"{phase.Name,-12} {phase.Wall.TotalSeconds,9:0.000} {phase.Cpu.TotalSeconds,8:0.000}");
            text.AppendLine($" {Peak(phase),9} {phase.AllocatedBytes / Mebi,14:0}");
        }

        return text.ToString();
    }

    public static string Of(Comparison comparison)
    {
        var (small, large) = (comparison.Small, comparison.Large);
        var text = new StringBuilder();
        text.AppendLine($"{small.Resources} and {large.Resources} resources, {small.Shape}; {Processors}");
        text.AppendLine("microseconds per resource");
        text.AppendLine();
        text.AppendLine("phase       wall small   large   ratio   cpu small   large   ratio");
        foreach (var phase in comparison.Phases)
        {
            text.Append($"{phase.Name,-10} {phase.Small.Wall.TotalMicroseconds,11:0.0}");
            text.Append($" {phase.Large.Wall.TotalMicroseconds,7:0.0} {phase.Wall,7:0.00}");
            text.Append($" {phase.Small.Cpu.TotalMicroseconds,11:0.0} {phase.Large.Cpu.TotalMicroseconds,7:0.0}");
            text.AppendLine($" {phase.Cpu,7:0.00}");
        }

        text.AppendLine();
        text.AppendLine($"state bytes per resource: ratio {comparison.StateBytesRatio:0.000}");
        return text.ToString();
    }

    private static string Processors => $"{Environment.ProcessorCount} processors";

    private static string Peak(PhaseResult phase) =>
        phase.PeakBytes is { } bytes ? $"{bytes / Mebi:0}" : "unknown";
}
