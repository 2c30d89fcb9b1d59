using Orrery.Model.Values;

namespace Orrery.Simulation.Kubernetes.Kinds;

/// <summary>The data tables that are part of the assembly: lines, without comments and blank ones.</summary>
internal static class TableFile
{
    public static IEnumerable<string> Lines(string name)
    {
        using var stream = typeof(TableFile).Assembly.GetManifestResourceStream($"Kubernetes.{name}")
            ?? throw new InvariantException($"the table {name} is not in the assembly");
        using var reader = new StreamReader(stream);
        var lines = new List<string>();
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0 && !line.StartsWith('#'))
                lines.Add(line);
        }

        return lines;
    }
}
