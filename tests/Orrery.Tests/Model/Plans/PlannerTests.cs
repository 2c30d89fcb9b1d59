using FsCheck;
using FsCheck.Fluent;
using Orrery.Model.Plans;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Tests.Engine;

namespace Orrery.Tests.Model.Plans;

public sealed class PlannerTests
{
    private static readonly Resource Declared = MemoryCloud.Thing("a", ("size", "big"), ("image", "new"));
    private static readonly RecordedResource Remembered = Record(1, "big", "new");
    private static readonly Live There = Seen("1", 1, "big", "new");

    /// <summary>What is declared, remembered and seen of one resource, and what follows.</summary>
    public static TheoryData<string, Scene, string> Rows => new()
    {
        { "nothing there", new Scene(Declared), "Create g1: not there yet" },
        { "as declared", new Scene(Declared, Remembered, There), "None g1: " },
        {
            "changed in place",
            new Scene(Declared, Remembered, Seen("1", 1, "small", "new")),
            "Update g1: size: \"small\" becomes \"big\""
        },
        {
            "replaced",
            new Scene(Declared, Remembered, Seen("1", 1, "big", "old")),
            "Replace g2: image: \"old\" becomes \"new\" (cannot be changed in place)"
        },
        {
            "replaced, but protected",
            new Scene(
                Declared with { Lifecycle = new Lifecycle { Protect = true } }, Remembered, Seen("1", 1, "big", "old")),
            "None g1 blocked: image: \"old\" becomes \"new\" (cannot be changed in place), protected: kept as it is"
        },
        {
            "replaced, but not ours",
            new Scene(Declared, Remembered, Seen("1", 1, "big", "old") with { IsOurs = false }),
            "None g1 blocked: image: \"old\" becomes \"new\" (cannot be changed in place), not ours: kept as it is"
        },
        {
            "changed in place, but not ours",
            new Scene(Declared, Remembered, Seen("1", 1, "small", "new") with { IsOurs = false }),
            "None g1: size: \"small\" becomes \"big\""
        },
        {
            "adopted and missing",
            new Scene(Declared with { Lifecycle = new Lifecycle { Ownership = Ownership.Adopted } }),
            "None g1 missing: it must exist beforehand and was not found"
        },
        {
            "begun by a run that died",
            new Scene(Declared, Remembered with { Id = null, Generation = 3, IsPending = true }),
            "Create g3: its replacement is not there yet"
        },
        {
            "between the halves of a replacement",
            new Scene(Declared, Remembered with { Id = null, Generation = 3 }),
            "Create g4: its replacement is not there yet"
        },
        {
            "gone from the cloud", new Scene(Declared, Remembered),
            "Create g2: it was there and is gone from the cloud"
        },
        {
            "made and not recorded",
            new Scene(Declared, Remembered with { Id = null, IsPending = true }, There),
            "None g1 record: found by its owner: an earlier run made it and did not record it"
        },
    };

    public static TheoryData<string, Scene, string> MoreRows => new()
    {
        {
            "a new generation beside the old one",
            new Scene(Declared, Remembered with { IsPending = true }, Seen("2", 2, "big", "new")) { Older = There },
            "None g2 record: found by its owner: an earlier run made it and did not record it; also g1 goes"
        },
        {
            "protected since the old one was left behind",
            new Scene(
                Declared with { Lifecycle = new Lifecycle { Protect = true } },
                Remembered with { Lifecycle = new Lifecycle { Protect = true } },
                There) { Older = Seen("0", 1, "big", "new") },
            "None g1: "
        },
        {
            "left behind and gone", new Scene(Declared, Remembered with { Deposed = [Left] }, There),
            "None g1 record: "
        },
        {
            "rebuilt", new Scene(Declared, Remembered, There) { IsRebuild = true },
            "Replace g2: rebuild: generation 1 becomes 2"
        },
        {
            "a rebuild goes on with its goal",
            new Scene(Declared, Remembered, There) { Goal = 4 },
            "Replace g4: rebuild: generation 1 becomes 4"
        },
        {
            "and makes nothing anew twice",
            new Scene(Declared, Remembered with { Generation = 4 }, There with { Generation = 4 })
            {
                Goal = 4,
                IsRebuild = true,
            },
            "None g4: "
        },
        { "what a rebuild lost comes at its goal", new Scene(Declared) { Goal = 4 }, "Create g4: not there yet" },
        { "no longer declared", new Scene(null, Remembered, There), "Delete g1: no longer declared" },
        { "no longer declared and gone", new Scene(null, Remembered), "None g1 record: gone already" },
        {
            "no longer declared and protected",
            new Scene(null, Remembered with { Lifecycle = new Lifecycle { Protect = true } }, There),
            "None g1: protected: never deleted"
        },
        {
            "no longer declared and not ours",
            new Scene(null, Remembered with { IsOurs = false }, There),
            "None g1 record: not ours: only forgotten, not deleted"
        },
        {
            "a stray", new Scene(null, null, There) { IsStray = true },
            "Delete g1: carries our label and is not declared"
        },
    };

    public static TheoryData<string, Scene, string> LastRows => new()
    {
        {
            "a list without order",
            new Scene(
                MemoryCloud.Thing("a", ("tags", Value.ListOf(["x", "y"]))), Remembered,
                There with { Properties = Value.MapOf(("tags", Value.ListOf(["y", "x"]))) }),
            "None g1: "
        },
        {
            "used only when made",
            new Scene(MemoryCloud.Thing("a", ("seed", "2")), Remembered, There with { Properties = Value.Map.Empty }),
            "None g1: "
        },
        {
            "written only, as before",
            new Scene(MemoryCloud.Thing("a", ("script", "1")), Remembered with { Inputs = Written("1") }, There),
            "None g1: "
        },
        {
            "written only, changed",
            new Scene(MemoryCloud.Thing("a", ("script", "2")), Remembered with { Inputs = Written("1") }, There),
            "Replace g2: script changes (cannot be changed in place)"
        },
        {
            "written only, state lost", new Scene(MemoryCloud.Thing("a", ("script", "2")), Remembered, There),
            "None g1: "
        },
    };

    private static RecordedInstance Left { get; } = new("0", 1, Value.Map.Empty);

    [Theory]
    [MemberData(nameof(Rows))]
    [MemberData(nameof(MoreRows))]
    [MemberData(nameof(LastRows))]
    public void A_plan_follows_from_what_is_declared_remembered_and_seen(string rule, Scene scene, string expected) =>
        string.Join("\n", Plan(scene).Changes.Select(Text)).ShouldBe(expected, rule);

    [Fact]
    public void What_is_made_anew_gets_a_new_id_and_so_does_all_that_names_it()
    {
        var user = MemoryCloud.Thing("b", MemoryCloud.On("a"));
        var seen = There with { Address = user.Address, Properties = Value.MapOf(("on", Value.ListOf(["1"]))) };
        Actions(There).ShouldBe([ChangeAction.None, ChangeAction.None]);
        Actions(Seen("1", 1, "small", "new")).ShouldBe([ChangeAction.Update, ChangeAction.None]);
        Actions(Seen("1", 1, "big", "old")).ShouldBe([ChangeAction.Replace, ChangeAction.Update]);

        IEnumerable<ChangeAction> Actions(Live first) => Planner.Plan(new PlanInput
        {
            Graph = ResourceGraph.Build([Declared, user]).Value!,
            Recorded = Recorded.Nothing("cosmos"),
            Snapshot = new Snapshot { Live = new[] { first, seen }.ToValueMap(live => live.Address.Text) },
            KindOf = static _ => MemoryCloud.KindOf(),
        }).Changes.Select(change => change.Action);
    }

    [Fact]
    public void The_order_of_declaration_means_nothing() =>
        Prop.ForAll(Arb.From(Gen.Choose(0, int.MaxValue - 1)), seed =>
        {
            var resources = RandomThings(new Random(seed)).ToArray();
            var shuffled = resources.ToArray();
            new Random(seed + 1).Shuffle(shuffled);
            PlanOf(shuffled).ToString().ShouldBe(PlanOf(resources).ToString());
            PlanOf(shuffled).ShouldBe(PlanOf(resources));
        }).QuickCheckThrowOnFailure();

    /// <summary>Things that need some of those before them.</summary>
    internal static IEnumerable<Resource> RandomThings(Random random, int count = 12) =>
        Enumerable.Range(0, count).Select(index => MemoryCloud.Thing(
            $"t{index:D2}",
            ("size", random.Next(3)),
            ("image", random.Next(3)),
            MemoryCloud.On(
                [.. Enumerable.Range(0, index).Where(_ => random.Next(4) == 0).Select(need => $"t{need:D2}")])));

    private static Plan PlanOf(Resource[] resources) => Planner.Plan(new PlanInput
    {
        Graph = ResourceGraph.Build(resources).Value!,
        Recorded = Recorded.Nothing("cosmos"),
        Snapshot = Snapshot.Empty,
        KindOf = static _ => MemoryCloud.KindOf(),
    });

    private static Plan Plan(Scene scene)
    {
        ValueMap<T> Of<T>(T? item)
            where T : class => item is null ? ValueMap<T>.Empty : ValueMap.Of((MemoryCloud.At("a").Text, item));

        var goals = scene.Goal is { } goal ? ValueMap.Of((MemoryCloud.At("a").Text, goal)) : ValueMap<int>.Empty;
        return Planner.Plan(new PlanInput
        {
            Graph = scene.Declared is null ? ResourceGraph.Empty : ResourceGraph.Build([scene.Declared]).Value!,
            Recorded = Recorded.Nothing("cosmos") with { Resources = Of(scene.Remembered), Goals = goals },
            Snapshot = new Snapshot
            {
                Live = Of(scene.IsStray ? null : scene.There),
                Older = Of(scene.Older is null ? null : ValueList.Create([scene.Older])),
                Strays = scene is { IsStray: true, There: { } stray } ? [stray] : [],
            },
            KindOf = static _ => MemoryCloud.KindOf(),
            Rebuild = scene.IsRebuild ? static _ => true : null,
        });
    }

    private static string Text(Change change)
    {
        var marks = (change.IsBlocked ? " blocked" : "") + (change.IsMissing ? " missing" : "")
            + (change.IsBookkeeping ? " record" : "");
        var older = string.Concat(change.Deposed.Select(live => $"; also g{live.Generation} goes"));
        return $"{change.Action} g{change.Generation}{marks}: {string.Join(", ", change.Reasons)}{older}";
    }

    private static Value.Map Written(string script) =>
        FieldDifferences.ForRecord(MemoryCloud.KindOf(), Value.MapOf(("script", script)));

    private static RecordedResource Record(int generation, string size, string image) => new()
    {
        Address = MemoryCloud.At("a"),
        Id = "1",
        Generation = generation,
        IsOurs = true,
        Inputs = Value.MapOf(("size", size), ("image", image)),
        Outputs = Value.MapOf(("id", "1")),
        Needs = [],
        Lifecycle = Lifecycle.Default,
    };

    private static Live Seen(string id, int generation, string size, string image) => new()
    {
        Address = MemoryCloud.At("a"),
        Id = id,
        Generation = generation,
        IsOurs = true,
        IsReady = true,
        Properties = Value.MapOf(("size", size), ("image", image)),
        Outputs = Value.MapOf(("id", id)),
    };

    /// <summary>One resource before a plan.</summary>
    public sealed record Scene(Resource? Declared, RecordedResource? Remembered = null, Live? There = null)
    {
        public Live? Older { get; init; }

        public int? Goal { get; init; }

        public bool IsRebuild { get; init; }

        public bool IsStray { get; init; }
    }
}
