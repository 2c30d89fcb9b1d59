using Orrery.Engine.Applying;
using Orrery.Model.Plans;
using Orrery.Model.Platforms;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Hetzner;
using Orrery.Providers.Machines;

namespace Orrery.Tests.Providers.Machines;

/// <summary>
/// In which order machines are made, stopped and replaced. It follows from the edges and nothing else.
/// </summary>
public class MachineOrderTests
{
    private const string Server = "hetzner/server/cosmos-0";
    private const string Prepared = "machine/prepared/cosmos-0";
    private const string K3s = "machine/k3s/cosmos-0";
    private const string Attachment = "hetzner/volume-attachment/cosmos-0.data-volume";
    private const string Address = "hetzner/floating-ip-assignment/cosmos-0";

    [Theory]
    [InlineData(RebuildStrategy.BlueGreen)]
    [InlineData(RebuildStrategy.InPlace)]
    public void Nothing_changes_the_second_time(RebuildStrategy strategy)
    {
        var graph = Graph(strategy);

        Plan(graph, Built(graph), rebuild: false).Changes.ShouldAllBe(change => !change.IsWork);
    }

    [Fact]
    public void At_first_a_machine_is_prepared_before_it_gets_its_disk_and_runs_after()
    {
        var order = new Order(Plan(Graph(RebuildStrategy.BlueGreen), [], rebuild: false));

        order.Holds(
            $"Make {Server}", $"Make {Prepared}", $"Make {Attachment}", $"Make {K3s}");
        order.Holds($"Make {Prepared}", $"Make {Address}", $"Make {K3s}");
        order.Holds("Make machine/host-key/cosmos-0", $"Make {Server}");
    }

    [Fact]
    public void Blue_green_stops_the_old_machine_only_when_the_new_one_is_prepared()
    {
        var graph = Graph(RebuildStrategy.BlueGreen);

        var order = new Order(Plan(graph, Built(graph), rebuild: true));

        order.Holds(
            $"Make {Server}", $"Make {Prepared}", $"Remove {K3s}", $"Remove {Attachment}", $"Make {Attachment}",
            $"Make {K3s}");
        order.Holds($"Make {Prepared}", $"Update {Address}", $"Make {K3s}");
        order.Holds($"Remove {Attachment}", $"Remove {Prepared}", $"Remove {Server}");
    }

    [Fact]
    public void In_place_stops_the_machine_before_it_goes_and_the_next_one_comes()
    {
        var graph = Graph(RebuildStrategy.InPlace);

        var order = new Order(Plan(graph, Built(graph), rebuild: true));

        order.Holds(
            $"Remove {K3s}", $"Remove {Attachment}", $"Remove {Prepared}", $"Remove {Server}", $"Make {Server}",
            $"Make {Prepared}", $"Make {Attachment}", $"Make {K3s}");
    }

    [Fact]
    public void The_end_stops_K3s_before_its_disk_goes()
    {
        var built = Built(Graph(RebuildStrategy.BlueGreen));

        var order = new Order(Plan([], built, rebuild: false));

        order.Holds($"Remove {K3s}", $"Remove {Attachment}", $"Remove {Server}");
    }

    [Fact]
    public void A_rebuilt_machine_has_another_one_time_key()
    {
        var graph = Graph(RebuildStrategy.BlueGreen);

        var plan = Plan(graph, Built(graph), rebuild: true);

        plan.Changes.Single(change => change.Address.Type == "machine/host-key").Action.ShouldBe(ChangeAction.Replace);
    }

    private static Resource[] Graph(RebuildStrategy strategy)
    {
        var platform = HetznerGraphTests.Cosmos(strategy, true);
        var boot = new K3sBoot(MachineScene.Cosmos.K3s, [new HandedFile("/etc/rancher/k3s/token", "planted")]);
        return
        [
            .. HetznerGraph.Of(
                platform.Clusters["prod"], HetznerScene.Settings, new HetznerScene(new ExpectedRequests()), boot),
        ];
    }

    private static Plan Plan(Resource[] resources, Recorded recorded, bool rebuild) => Planner.Plan(new PlanInput
    {
        Graph = ResourceGraph.Build(resources).Value.ShouldNotBeNull(),
        Recorded = recorded,
        Snapshot = new Snapshot
        {
            Live = recorded.Resources.Map((_, resource) => new Live
            {
                Address = resource.Address,
                Id = resource.Id!,
                Generation = resource.Generation,
                IsOurs = true,
                IsReady = true,
                Properties = resource.Inputs,
                Outputs = resource.Outputs,
            }),
        },
        KindOf = KindOf,
        Rebuild = rebuild ? _ => true : null,
    });

    private static Plan Plan(Resource[] resources, Resource[] none, bool rebuild)
    {
        none.ShouldBeEmpty();
        var recorded = Recorded.Nothing("cosmos-0a1b2c3d") with
        {
            // What is adopted is there beforehand.
            Resources = Built(resources).Resources.Values
                .Where(resource => resource.Lifecycle.Ownership == Ownership.Adopted)
                .ToValueMap(resource => resource.Address.Text),
        };
        return Plan(resources, recorded, rebuild);
    }

    /// <summary>All of it as it is recorded when it is there.</summary>
    private static Recorded Built(Resource[] resources)
    {
        var outputs = new Dictionary<ResourceAddress, Value.Map>();
        foreach (var resource in resources)
        {
            var isMachine = resource.Type is "hetzner/server" or "machine/prepared" or "machine/k3s";
            outputs[resource.Address] = Value.MapOf(
                ("id", isMachine ? "server-id" : $"{resource.Type}-id"), ("ip", "49.12.115.123"),
                ("device", "/dev/disk/by-id/scsi-0HC_Volume_1"), ("ipv4", "203.0.113.7"),
                ("public", "ecdsa-sha2-nistp256 AAAA"), ("private", new Value.Sensitive("planted")),
                ("server", "server-id"), ("address", "203.0.113.7"), ("user", "root"),
                ("hostKeys", Value.ListOf(["ssh-ed25519 AAAA"])));
        }

        return Recorded.Nothing("cosmos-0a1b2c3d") with
        {
            Resources = resources.ToValueMap(resource => resource.Address.Text, resource => new RecordedResource
            {
                Address = resource.Address,
                Id = outputs[resource.Address]["id"].AsText(),
                Generation = 1,
                IsOurs = true,
                Inputs = FieldDifferences.ForRecord(
                    KindOf(resource.Type),
                    (Value.Map)resource.Desired.Resolve(output => outputs[output.Resource][output.Output])),
                Outputs = outputs[resource.Address],
                Needs = resource.Needs,
                Lifecycle = resource.Lifecycle,
            }),
        };
    }

    private static ResourceKind KindOf(string type) =>
        HetznerKinds.All.Concat(MachineKinds.All).Single(kind => kind.Type == type);

    /// <summary>The steps of a plan, and which of them wait for which.</summary>
    private sealed class Order(Plan plan)
    {
        private readonly List<WorkStep> _steps = WorkGraph.Of(plan, KindOf).Steps;

        /// <summary>Each waits for the one before it, however deep.</summary>
        public void Holds(params string[] names)
        {
            foreach (var (earlier, later) in names.Zip(names.Skip(1)))
                IsAfter(Step(later), Step(earlier)).ShouldBeTrue($"'{later}' does not wait for '{earlier}'");
        }

        private WorkStep Step(string name) => _steps.SingleOrDefault(step =>
            $"{step.Kind} {step.Address.Type}/{step.Address.Name}" == name)
            .ShouldNotBeNull($"no step '{name}' in: {string.Join(", ", _steps.Select(s => $"{s.Kind} {s.Address}"))}");

        private static bool IsAfter(WorkStep later, WorkStep earlier) =>
            later.After.Any(before => before == earlier || IsAfter(before, earlier));
    }
}
