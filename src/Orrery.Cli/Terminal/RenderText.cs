using System.Text;
using System.Text.Json;
using Orrery.GitOps.Ordering;
using Orrery.GitOps.Trees;
using Orrery.Model.Values;

namespace Orrery.Cli.Terminal;

/// <summary>What was rendered, for people.</summary>
internal static class RenderText
{
    public static string Write(RenderedTree tree, TreeComparison comparison, bool onlyChecks, bool explains)
    {
        var text = new StringBuilder();
        if (explains)
        {
            foreach (var (cluster, order) in tree.Orders)
                WriteOrder(text, cluster, order);
        }

        var words = onlyChecks ? ("missing", "differs", "extra") : ("wrote", "changed", "removed");
        WriteFiles(text, words.Item1, comparison.Missing);
        WriteFiles(text, words.Item2, comparison.Differing);
        WriteFiles(text, words.Item3, comparison.Extra);
        if (!comparison.ListIsRight)
            WriteFiles(text, onlyChecks ? words.Item2 : words.Item1, [RenderedTree.ListName]);
        var state = comparison.IsSame ? "as rendered" : onlyChecks ? "not as rendered" : "as rendered now";
        return text.Append($"The tree is {state}: {Words.Count(tree.Files.Count, "file")}\n").ToString();
    }

    private static void WriteOrder(StringBuilder text, string cluster, Order order)
    {
        text.Append($"Order of cluster {cluster}\n");
        foreach (var wave in order.Waves.GroupBy(wave => wave.Value).OrderBy(wave => wave.Key))
            text.Append($"  wave {wave.Key}: {string.Join(", ", wave.Select(component => component.Key))}\n");
        foreach (var edge in order.Edges)
            text.Append($"  {edge.After} after {edge.Before}: {Reason(edge.Because)}\n");
        foreach (var edge in order.Given)
            text.Append($"  {edge.After} finds {edge.Before} there: {Reason(edge.Because)}\n");
        text.Append('\n');
    }

    private static string Reason(Capability because) =>
        because.Why.Length > 0 ? $"{because}; {because.Why}" : because.ToString();

    private static void WriteFiles(StringBuilder text, string word, ValueList<string> paths)
    {
        foreach (var path in paths)
            text.Append($"{word,-8} {path}\n");
    }
}

/// <summary>What was rendered, for other programs.</summary>
internal static class RenderJson
{
    public static void Write(Utf8JsonWriter json, string platform, RenderedTree tree, TreeComparison comparison)
    {
        json.WriteString("platform", platform);
        json.WriteBoolean("same", comparison.IsSame);
        json.WriteNumber("files", tree.Files.Count);
        WriteTexts(json, "missing", comparison.Missing);
        WriteTexts(json, "differing", comparison.Differing);
        WriteTexts(json, "extra", comparison.Extra);
        json.WriteStartObject("clusters");
        foreach (var (cluster, order) in tree.Orders)
        {
            json.WriteStartObject(cluster);
            json.WriteStartObject("waves");
            foreach (var (component, wave) in order.Waves)
                json.WriteNumber(component, wave);
            json.WriteEndObject();
            WriteEdges(json, "edges", order.Edges);
            WriteEdges(json, "given", order.Given);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteEdges(Utf8JsonWriter json, string name, ValueList<OrderEdge> edges)
    {
        json.WriteStartArray(name);
        foreach (var edge in edges)
        {
            json.WriteStartObject();
            json.WriteString("before", edge.Before);
            json.WriteString("after", edge.After);
            json.WriteString("because", edge.Because.ToString());
            json.WriteString("why", edge.Because.Why);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, ValueList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
