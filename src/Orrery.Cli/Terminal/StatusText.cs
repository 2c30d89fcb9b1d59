using System.Text;
using Orrery.Engine.Observing;

namespace Orrery.Cli.Terminal;

/// <summary>Resources as they are, for people: one line each, and what differs below it.</summary>
internal static class StatusText
{
    public static string Of(string platform, IReadOnlyList<ResourceStatus> resources, Paint paint)
    {
        var text = new StringBuilder();
        foreach (var cluster in resources.GroupBy(resource => resource.Address.Cluster))
        {
            text.Append(paint.Bold($"{platform}, cluster {cluster.Key}")).Append('\n');
            var width = cluster.Max(resource => resource.Address.Text.Length);
            foreach (var resource in cluster)
            {
                var id = resource.Id is { } known ? $"  {known}" : "";
                text.Append("  ").Append(Coloured(resource.State, $"{WordOf(resource.State),-10}", paint));
                text.Append($"  {resource.Address.Text.PadRight(width)}{id}".TrimEnd()).Append('\n');
                foreach (var difference in resource.Drift)
                    text.Append(' ', 14).Append(paint.Faint(difference)).Append('\n');
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    /// <summary>For example <c>7 resources: 6 as declared, 1 missing</c>.</summary>
    public static string Summary(IReadOnlyList<ResourceStatus> resources)
    {
        ResourceState[] states =
            [ResourceState.AsDeclared, ResourceState.Drifted, ResourceState.Missing, ResourceState.Undeclared];
        var parts = states
            .Select(state => (Word: WordOf(state), Count: resources.Count(resource => resource.State == state)))
            .Where(part => part.Count > 0)
            .Select(part => $"{part.Count} {part.Word}");
        return $"{Words.Count(resources.Count, "resource")}: {string.Join(", ", parts)}\n";
    }

    private static string WordOf(ResourceState state) => state switch
    {
        ResourceState.AsDeclared => "ready",
        ResourceState.Drifted => "differs",
        ResourceState.Missing => "missing",
        _ => "undeclared",
    };

    private static string Coloured(ResourceState state, string text, Paint paint) => state switch
    {
        ResourceState.AsDeclared => paint.Green(text),
        ResourceState.Missing => paint.Red(text),
        _ => paint.Yellow(text),
    };
}
