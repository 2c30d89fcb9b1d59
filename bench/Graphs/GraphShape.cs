using Orrery.Model.Resources;
using Orrery.Model.Values;

namespace Orrery.Bench.Graphs;

/// <summary>A generated graph: how many resources, and which others each one uses.</summary>
/// <param name="Name">For reports, for example <c>deep</c>.</param>
/// <param name="Count">How many resources.</param>
/// <param name="Needs">The ordinals that a resource refers to, by its own; all of them are smaller.</param>
internal sealed record GraphShape(string Name, int Count, Func<int, int[]> Needs)
{
    public const string Cluster = "bench";
    public const int LevelsOfDeep = 100;

    /// <summary>Nobody needs anybody.</summary>
    public static GraphShape Flat(int count) => new("flat", count, static _ => []);

    /// <summary>
    /// 100 equal levels; each resource uses two of the level before, so paths double with every level.
    /// </summary>
    public static GraphShape Deep(int count)
    {
        var width = Math.Max(1, count / LevelsOfDeep);
        return new GraphShape("deep", count, ordinal =>
            ordinal < width ? [] : TwoOf(ordinal - (ordinal % width) - width, width, ordinal));
    }

    /// <summary>Two levels: all but the first few use two of these.</summary>
    public static GraphShape Star(int count, int roots) =>
        new("star", count, ordinal => ordinal < roots ? [] : TwoOf(0, roots, ordinal));

    public static GraphShape? Find(string name, int count) => name switch
    {
        "flat" => Flat(count),
        "deep" => Deep(count),
        _ => null,
    };

    public IEnumerable<Resource> Resources() => Enumerable.Range(0, Count).Select(ResourceOf);

    private static int[] TwoOf(int first, int width, int ordinal) =>
        width == 1 ? [first] : [first + (ordinal % width), first + ((ordinal + 1) % width)];

    private Resource ResourceOf(int ordinal) => new()
    {
        Address = AddressOf(ordinal),
        Desired = Value.MapOf(
            (NothingHandler.NameField, $"node-{ordinal:D6}"),
            (NothingHandler.SizeField, 10 + (ordinal % 7)),
            (NothingHandler.SettingsField, Value.MapOf(
                ("class", "general"),
                ("enabled", true),
                ("replicas", 1 + (ordinal % 3)),
                ("zone", $"zone-{ordinal % 5}"))),
            (NothingHandler.UsesField, Value.ListOf(
                Needs(ordinal).Select(need => new Value.Unknown(AddressOf(need).Output("id")))))),
    };

    private static ResourceAddress AddressOf(int ordinal) =>
        ResourceAddress.Of(Cluster, NothingProvider.Types[ordinal % NothingProvider.Types.Count], $"node-{ordinal:D6}");
}
