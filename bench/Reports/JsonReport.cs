using System.Runtime.InteropServices;
using System.Text.Json;
using Orrery.Bench.Measuring;

namespace Orrery.Bench.Reports;

/// <summary>Results for programs.</summary>
internal static class JsonReport
{
    public static async Task WriteAsync(Action<Utf8JsonWriter> body)
    {
        var output = Console.OpenStandardOutput();
        await using (var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("processors", Environment.ProcessorCount);
            json.WriteString("runtime", RuntimeInformation.FrameworkDescription);
            body(json);
            json.WriteEndObject();
        }

        output.WriteByte((byte)'\n');
    }

    public static void Write(Utf8JsonWriter json, IReadOnlyList<PhaseResult> phases)
    {
        json.WriteStartArray("phases");
        foreach (var phase in phases)
        {
            json.WriteStartObject();
            WriteCost(json, phase);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static void Write(Utf8JsonWriter json, GraphResult result)
    {
        json.WriteString("shape", result.Shape);
        json.WriteNumber("resources", result.Resources);
        json.WriteNumber("stateBytes", result.StateBytes);
        json.WriteNumber("stateBytesPerResource", Rounded(result.StateBytesPerResource, 1));
        json.WriteStartArray("phases");
        foreach (var phase in result.Phases)
        {
            json.WriteStartObject();
            WriteCost(json, phase);
            json.WriteNumber("resourcesPerSecond", Rounded(result.Resources / phase.Wall.TotalSeconds, 0));
            json.WriteNumber("flushes", phase.Flushes);
            json.WriteNumber("journalBytes", phase.JournalBytes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static void Write(Utf8JsonWriter json, Comparison comparison)
    {
        json.WriteString("shape", comparison.Small.Shape);
        json.WriteStartArray("resources");
        json.WriteNumberValue(comparison.Small.Resources);
        json.WriteNumberValue(comparison.Large.Resources);
        json.WriteEndArray();
        json.WriteNumber("stateBytesRatio", Ratio(comparison.StateBytesRatio));
        json.WriteStartArray("phases");
        foreach (var phase in comparison.Phases)
        {
            json.WriteStartObject();
            json.WriteString("name", phase.Name);
            json.WriteNumber("wallMicrosecondsPerResourceSmall", Microseconds(phase.Small.Wall));
            json.WriteNumber("wallMicrosecondsPerResourceLarge", Microseconds(phase.Large.Wall));
            json.WriteNumber("wallRatio", Ratio(phase.Wall));
            json.WriteNumber("cpuMicrosecondsPerResourceSmall", Microseconds(phase.Small.Cpu));
            json.WriteNumber("cpuMicrosecondsPerResourceLarge", Microseconds(phase.Large.Cpu));
            json.WriteNumber("cpuRatio", Ratio(phase.Cpu));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteCost(Utf8JsonWriter json, PhaseResult phase)
    {
        json.WriteString("name", phase.Name);
        json.WriteNumber("wallSeconds", Seconds(phase.Wall));
        json.WriteNumber("cpuSeconds", Seconds(phase.Cpu));
        if (phase.PeakBytes is { } peak)
            json.WriteNumber("peakBytes", peak);
        json.WriteNumber("allocatedBytes", phase.AllocatedBytes);
    }

    private static double Seconds(TimeSpan time) => Rounded(time.TotalSeconds, 4);

    private static double Microseconds(TimeSpan time) => Rounded(time.TotalMicroseconds, 1);

    private static double Ratio(double ratio) => Rounded(ratio, 3);

    private static double Rounded(double number, int digits) =>
        Math.Round(number, digits, MidpointRounding.AwayFromZero);
}
