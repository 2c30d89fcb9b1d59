using Orrery.Model.Values;

namespace Orrery.Simulation.Kubernetes.Kinds;

/// <summary>Reads the table of built-in kinds, whose head says its format.</summary>
internal static class KindTable
{
    public static IReadOnlyList<ResourceKind> BuiltIn { get; } = Read(TableFile.Lines("kinds.txt"));

    private static List<ResourceKind> Read(IEnumerable<string> lines)
    {
        var kinds = new List<ResourceKind>();
        var (group, version) = ("", "");
        foreach (var line in lines)
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (!line.StartsWith(' '))
                (group, version) = words[0].Split('/') is [var g, var v] ? (g, v) : ("", words[0]);
            else
                kinds.Add(ReadKind(group, version, words));
        }

        return kinds;
    }

    private static ResourceKind ReadKind(string group, string version, string[] words)
    {
        var attributes = words.Skip(3).Select(word => word.Split('=', 2)).ToDictionary(p => p[0], p => p[1]);
        ValueList<string> List(string name) =>
            attributes.TryGetValue(name, out var text) ? text.Split(',').ToValueList() : ValueList<string>.Empty;
        return new ResourceKind
        {
            Group = group,
            Version = version,
            Plural = words[0],
            Kind = words[1],
            Singular = words[1].ToLowerInvariant(),
            IsNamespaced = words[2] == "n",
            ShortNames = List("short"),
            Categories = List("cat"),
            Verbs = attributes.ContainsKey("verbs") ? List("verbs") : ResourceKind.AllVerbs,
            Subresources = List("sub"),
            StoredAs = attributes.GetValueOrDefault("hash"),
        };
    }
}
