using FsCheck;
using FsCheck.Fluent;
using Orrery.Engine.Applying;
using Orrery.Model.Plans;
using Orrery.Model.Resources;
using Orrery.Model.Values;

namespace Orrery.Tests.Engine;

public sealed class WorkGraphTests
{
    private static readonly Lifecycle CreateFirst = new() { ReplaceOrder = ReplaceOrder.CreateFirst };

    /// <summary>
    /// Each row: the changes as <c>action name needs...</c>, and the edges as <c>later after earlier</c>.
    /// </summary>
    public static TheoryData<string, string, string> Orders => new()
    {
        {
            "things are made after what they need", "create server network; create network",
            "Make server after Make network"
        },
        { "and deleted before it", "delete server network; delete network", "Remove network after Remove server" },
        {
            "a replacement is a deletion and a creation",
            "replace server",
            "Make server after Remove server"
        },
        {
            "or a creation and a deletion",
            "swap server",
            "Remove server after Make server"
        },
        {
            "what hangs on a replaced machine goes first and comes back last",
            "replace server; replace volume server",
            "Make server after Remove server; Make volume after Make server; Make volume after Remove volume; "
            + "Remove server after Remove volume"
        },
        {
            "blue-green: the volume leaves the old machine only when the new one is ready",
            "swap server; replace volume server",
            "Make volume after Make server; Make volume after Remove volume; Remove server after Make server; "
            + "Remove server after Remove volume; Remove volume after Make server"
        },
        {
            "blue-green: the old machine goes only when the address has moved",
            "swap server; update address server",
            "Remove server after Make server; Remove server after Update address; Update address after Make server"
        },
        {
            "what is let go of is deleted after the update",
            "update balancer server-1; delete server-2; was balancer server-1 server-2",
            "Remove server-2 after Update balancer"
        },
        {
            "a machine in a network that is replaced goes first, whatever its own order",
            "replace network; swap server network",
            "Make network after Remove network; Make server after Make network; Make server after Remove server; "
            + "Remove network after Remove server"
        },
        {
            "an update that waits for a deletion does not hold it up",
            "replace network; delete server network; update balancer network; was balancer server network",
            "Make network after Remove network; Remove network after Remove server; Update balancer after Make network"
        },
    };

    /// <summary>The same for what ends with something else.</summary>
    public static TheoryData<string, string, string> Endings => new()
    {
        {
            "what a machine holds goes with the machine: nobody deletes it",
            "replace server; replace app server; ends app server",
            "Make app after Make server; Make server after Remove server"
        },
        {
            "also what stands on that in turn",
            "replace server; replace app server; replace page app; ends app server; ends page app",
            "Make app after Make server; Make page after Make app; Make server after Remove server"
        },
        {
            "blue-green: the volume leaves the old machine only when the new one is prepared",
            "swap server; replace system server; replace volume system; ends system server; was volume server",
            "Make system after Make server; Make volume after Make system; Make volume after Remove volume; "
            + "Remove server after Make server; Remove server after Remove volume; Remove volume after Make system"
        },
        {
            "what ends with something that stays is deleted like all else",
            "update server; replace app server; ends app server",
            "Make app after Remove app; Make app after Update server"
        },
    };

    [Theory]
    [MemberData(nameof(Orders))]
    [MemberData(nameof(Endings))]
    public void Steps_wait_for_what_must_come_first(string rule, string changes, string edges) =>
        Edges(WorkGraph.Of(PlanOf(changes), static _ => MemoryCloud.KindOf())).ShouldBe(edges, rule);

    [Fact]
    public void The_longest_chain_is_begun_first()
    {
        var graph = WorkGraph.Of(
            PlanOf("create a; create b; create c b; create d c"), static _ => MemoryCloud.KindOf());
        graph.Steps.OrderByDescending(step => step.Remaining).ThenBy(step => step.Address)
            .Select(step => step.Address.Name)
            .ShouldBe(["b", "c", "a", "d"]);
    }

    [Fact]
    public void What_is_on_no_longest_chain_could_begin_later()
    {
        var graph = WorkGraph.Of(
            PlanOf("create a; create b; create c b; create d c; create e b"), static _ => MemoryCloud.KindOf());
        var one = MemoryCloud.KindOf().TypicalDuration;

        graph.Steps.OrderBy(step => step.Address).Select(step => (step.Address.Name, step.Slack)).ShouldBe(
            [("a", one * 2), ("b", TimeSpan.Zero), ("c", TimeSpan.Zero), ("d", TimeSpan.Zero), ("e", one)]);
    }

    [Fact]
    public void No_plan_waits_for_itself() =>
        Prop.ForAll(Arb.From(Plans()), plan =>
        {
            var graph = WorkGraph.Of(plan, static _ => MemoryCloud.KindOf());
            var forward = graph.Steps.Where(step => step.Kind is StepKind.Make or StepKind.Update or StepKind.Record)
                .ToDictionary(step => step.Address);
            foreach (var (address, step) in forward)
            {
                foreach (var need in step.Change.Needs.Where(forward.ContainsKey))
                    step.After.ShouldContain(forward[need], $"{address} begins before {need}");
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    private static string Edges(WorkGraph graph) => string.Join("; ", graph.Steps
        .SelectMany(step => step.After.Select(earlier => $"{Name(step)} after {Name(earlier)}"))
        .Distinct()
        .Order(StringComparer.Ordinal));

    private static string Name(WorkStep step) => $"{step.Kind} {step.Address.Name}";

    private static Plan PlanOf(string text)
    {
        var lines = text.Split("; ").Select(line => line.Split(' ')).ToArray();
        var before = lines.Where(line => line[0] == "was").ToDictionary(line => line[1], line => Addresses(line[2..]));
        var ends = lines.Where(line => line[0] == "ends")
            .ToDictionary(line => line[1], line => MemoryCloud.At(line[2]));
        return Of(lines.Where(line => line[0] is not ("was" or "ends")).Select(line =>
        {
            var needs = Addresses(line[2..]);
            var action = line[0] == "swap" ? ChangeAction.Replace : Enum.Parse<ChangeAction>(line[0], ignoreCase: true);
            var lifecycle = (line[0] == "swap" ? CreateFirst : Lifecycle.Default) with
            {
                EndsWith = ends.GetValueOrDefault(line[1]),
            };
            return ChangeOf(
                MemoryCloud.At(line[1]), action, lifecycle, needs, before.GetValueOrDefault(line[1], needs));
        }));
    }

    private static ValueList<ResourceAddress> Addresses(string[] names) => names.Select(MemoryCloud.At).ToValueList();

    private static Plan Of(IEnumerable<Change> changes) => new()
    {
        PlatformId = "cosmos",
        StateSerial = 0,
        Changes = changes.OrderBy(change => change.Address).ToValueList(),
    };

    private static Change ChangeOf(
        ResourceAddress address,
        ChangeAction action,
        Lifecycle lifecycle,
        ValueList<ResourceAddress> needs,
        ValueList<ResourceAddress> oldNeeds)
    {
        var old = new RecordedResource
        {
            Address = address,
            Id = "1",
            Generation = 1,
            IsOurs = true,
            Inputs = Value.Map.Empty,
            Outputs = Value.Map.Empty,
            Needs = oldNeeds,
            Lifecycle = lifecycle,
        };
        return new Change
        {
            Address = address,
            Action = action,
            Lifecycle = lifecycle,
            Needs = action == ChangeAction.Delete ? oldNeeds : needs,
            Old = action == ChangeAction.Create ? null : old,
        };
    }

    /// <summary>
    /// Random needs among ten things, always of later ones of earlier ones; what is deleted is needed no more.
    /// </summary>
    private static Gen<Plan> Plans() =>
        from seed in Gen.Choose(0, int.MaxValue - 1)
        select RandomPlan(new Random(seed));

    private static Plan RandomPlan(Random random)
    {
        var actions = Enumerable.Range(0, 10).Select(_ => (ChangeAction)random.Next(5)).ToArray();
        return Of(Enumerable.Range(0, 10).Select(index =>
        {
            var change = ChangeOf(
                MemoryCloud.At($"t{index}"),
                actions[index],
                (random.Next(2) == 0 ? Lifecycle.Default : CreateFirst) with
                {
                    EndsWith = index > 0 && random.Next(3) == 0 ? MemoryCloud.At($"t{random.Next(index)}") : null,
                },
                Some(index, need => actions[need] != ChangeAction.Delete),
                Some(index, need => actions[need] != ChangeAction.Create));
            return change with
            {
                IsBookkeeping = random.Next(2) == 0,
                Deposed = random.Next(4) == 0 ? [Older(change.Address)] : [],
            };
        }));

        ValueList<ResourceAddress> Some(int index, Func<int, bool> fits) => Enumerable.Range(0, index)
            .Where(need => fits(need) && random.Next(3) == 0)
            .Select(need => MemoryCloud.At($"t{need}"))
            .ToValueList();
    }

    private static Live Older(ResourceAddress address) => new()
    {
        Address = address,
        Id = "0",
        Generation = 1,
        IsOurs = true,
        IsReady = true,
        Properties = Value.Map.Empty,
        Outputs = Value.Map.Empty,
    };
}
