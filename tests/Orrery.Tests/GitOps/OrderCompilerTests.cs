using FsCheck;
using FsCheck.Fluent;
using Orrery.GitOps.Delivery;
using Orrery.GitOps.Ordering;
using Orrery.Model.Values;

namespace Orrery.Tests.GitOps;

public sealed class OrderCompilerTests
{
    private static readonly Gen<OrderItem[]> Acyclic =
        from count in Gen.Choose(0, 12)
        from edges in Gen.Choose(0, 99).ListOf(count * count)
        select Enumerable.Range(0, count).Select(i => new OrderItem(
            Name(i),
            [Capability(i)],
            // Only of those before it, so never in a circle.
            Enumerable.Range(0, i).Where(j => edges[(i * count) + j] < 25).Select(Capability).ToValueList())).ToArray();

    [Fact]
    public void Whatever_is_required_is_in_an_earlier_wave() =>
        Prop.ForAll(Acyclic.ToArbitrary(), items =>
        {
            var waves = Compiled(items).Waves;
            foreach (var item in items)
            {
                foreach (var required in item.Requires)
                    waves[required.Name].ShouldBeLessThan(waves[item.Name]);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void No_wave_could_be_merged_with_the_one_before() =>
        Prop.ForAll(Acyclic.ToArbitrary(), items =>
        {
            var order = Compiled(items);
            foreach (var item in items.Where(item => order.Waves[item.Name] > 0))
            {
                // It waits for something in the very wave before: it could not be earlier.
                item.Requires.Max(required => order.Waves[required.Name]).ShouldBe(order.Waves[item.Name] - 1);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void The_order_of_the_items_does_not_matter() =>
        Prop.ForAll(Acyclic.ToArbitrary(), items =>
            Compiled([.. items.Reverse()]).ShouldBe(Compiled(items)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Fact]
    public void What_nothing_provides_is_said()
    {
        var order = OrderCompiler.Compile([new OrderItem("a", [], [Capability(7)])], []);
        order.Value.ShouldBeNull();
        var problem = order.Diagnostics.ShouldHaveSingleItem();
        problem.Code.ShouldBe("RENDER004");
        problem.Detail.ShouldBe("a requires the custom resource c7.");
    }

    [Fact]
    public void A_circle_is_said()
    {
        OrderItem[] items =
        [
            new("a", [Capability(1)], [Capability(2)]), new("b", [Capability(2)], [Capability(1)]), new("c", [], []),
        ];
        var problem = OrderCompiler.Compile(items, []).Diagnostics.ShouldHaveSingleItem();
        problem.Code.ShouldBe("RENDER005");
        problem.Detail.ShouldBe("Each of a, b waits for another of them.");
    }

    [Fact]
    public void Cosmos_has_two_waves()
    {
        var order = GitOpsTree.Of(CosmosPlatform.Platform).Value.ShouldNotBeNull().Orders["prod"];
        order.Waves.GroupBy(wave => wave.Value, wave => wave.Key)
            .OrderBy(wave => wave.Key).Select(wave => string.Join(" ", wave))
            .ShouldBe(
                [
                    "argocd-image-updater argocd-ingress grafana-ingress monitoring-storage sealed-secrets",
                    "image-updates kube-prometheus-stack",
                ]);
    }

    private static Order Compiled(OrderItem[] items) => OrderCompiler.Compile(items, []).Value.ShouldNotBeNull();

    private static string Name(int index) => $"c{index}";

    private static Capability Capability(int index) => new(CapabilityKind.Crd, Name(index));
}
