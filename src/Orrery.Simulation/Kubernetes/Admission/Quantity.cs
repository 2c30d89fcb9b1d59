using System.Globalization;
using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.Kubernetes.Admission;

/// <summary>
/// Amounts such as <c>500m</c> and <c>1Gi</c>:
/// https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/.
/// </summary>
internal static class Quantity
{
    private const decimal Thousand = 1000m;
    private const decimal Binary = 1024m;

    private static readonly (string Suffix, decimal Factor)[] Suffixes =
    [
        .. Powers(["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"], Binary), .. Powers(["k", "M", "G", "T", "P", "E"], Thousand),
        ("m", 1 / Thousand), ("u", 1 / (Thousand * Thousand)), ("n", 1 / (Thousand * Thousand * Thousand)),
    ];

    /// <summary>Null where there is none, or it is not of that form.</summary>
    public static decimal? Of(JsonNode? node)
    {
        var text = Show(node);
        var (suffix, factor) = Suffixes.FirstOrDefault(
            each => text.EndsWith(each.Suffix, StringComparison.Ordinal), ("", 1));
        return decimal.TryParse(
            text[..^suffix.Length], NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number * factor
            : null;
    }

    /// <summary>As it was written: a number needs no quotes.</summary>
    public static string Show(JsonNode? node) => node.Text() ?? node?.ToJsonString() ?? "";

    private static IEnumerable<(string Suffix, decimal Factor)> Powers(string[] suffixes, decimal step)
    {
        var factor = 1m;
        foreach (var suffix in suffixes)
            yield return (suffix, factor *= step);
    }
}
