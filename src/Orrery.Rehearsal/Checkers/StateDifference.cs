using Orrery.Model.Plans;
using Orrery.Model.Values;

namespace Orrery.Rehearsal.Checkers;

/// <summary>Compares what two runs remember of a platform.</summary>
internal static class StateDifference
{
    private const int ShownLength = 80;

    /// <summary>
    /// Outputs that hold a moment or chance of the world outside: a commit's id, the uid of an object made twice,
    /// when K3s was started, the secret that Proxmox VE made up for a token, also where it was handed on.
    /// </summary>
    private static readonly string[] Drawn = ["commit", "secret", "startedAt", "token_secret", "uid"];

    /// <summary>
    /// Ids of what an object waited for when it was made. One that stayed while its need was replaced keeps the id of
    /// then, and one that was made anew has that of now; the edges themselves are compared.
    /// </summary>
    private const string WaitedFor = "needs";

    /// <summary>
    /// A document that is opened to another reader is encrypted by chance. Who opens it is compared, and what it says
    /// is looked at where it is opened.
    /// </summary>
    private const string Document = "secret/document";

    /// <summary>
    /// The first difference in words, or null. The serial counts checkpoints, and a crash costs one more; all else must
    /// be equal.
    /// </summary>
    public static string? Between(Recorded actual, Recorded expected)
    {
        if (!actual.Goals.Equals(expected.Goals))
            return $"goals {actual.Goals} instead of {expected.Goals}";
        foreach (var (address, resource) in expected.Resources)
        {
            if (!actual.Resources.TryGetValue(address, out var other))
                return $"{address} is missing in the state";
            if (Between(other, resource) is { } difference)
                return $"{address}: {difference}";
        }

        return actual.Resources.Count == expected.Resources.Count ? null : "the state has more than it should";
    }

    private static string? Between(RecordedResource actual, RecordedResource expected) =>
        Between("inputs", actual.Inputs, expected.Inputs)
        ?? (actual.Address.Type == Document ? null : Between("outputs", actual.Outputs, expected.Outputs))
        ?? (Bare(actual) == Bare(expected) ? null : $"{Bare(actual)} instead of {Bare(expected)}");

    /// <summary>The field that differs, in the first map of which one does.</summary>
    private static string? Between(string path, Value actual, Value expected)
    {
        if (actual.Equals(expected))
            return null;
        if (actual is Value.Map map && expected is Value.Map other)
        {
            var names = map.Fields.Keys.Union(other.Fields.Keys, StringComparer.Ordinal).Except([.. Drawn, WaitedFor]);
            return names.Select(name => Between($"{path}.{name}", map[name], other[name]))
                .FirstOrDefault(found => found is not null);
        }

        return $"{path} is {Shown(actual)} instead of {Shown(expected)}";
    }

    private static string Bare(RecordedResource resource) =>
        $"{resource with { Inputs = Value.Map.Empty, Outputs = Value.Map.Empty }}";

    private static string Shown(Value value)
    {
        var text = value switch
        {
            Value.Text plain => plain.Of,
            Value.List list => $"[{string.Join(", ", list.Items.Select(Shown))}]",
            _ => value.ToString() ?? "",
        };
        return text.Length <= ShownLength ? text : $"{text[..ShownLength]}…";
    }
}
