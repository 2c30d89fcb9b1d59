using Orrery.Model.Diagnostics;
using Orrery.Model.Values;

namespace Orrery.Model.Resources;

/// <summary>
/// All resources of a platform and the edges between them; without cycles, in one order for equal content.
/// </summary>
public sealed class ResourceGraph
{
    private readonly Dictionary<ResourceAddress, Resource> _byAddress;

    private ResourceGraph(Dictionary<ResourceAddress, Resource> byAddress, ValueList<Resource> order)
    {
        _byAddress = byAddress;
        InOrder = order;
    }

    public static ResourceGraph Empty { get; } = new([], []);

    /// <summary>Each resource after all that it needs; among equals by address.</summary>
    public ValueList<Resource> InOrder { get; }

    public Resource? Find(ResourceAddress address) => _byAddress.GetValueOrDefault(address);

    public static Diagnosed<ResourceGraph> Build(IEnumerable<Resource> resources)
    {
        var diagnostics = new List<Diagnostic>();
        var byAddress = new Dictionary<ResourceAddress, Resource>();
        foreach (var resource in resources)
        {
            Invariant.Check(byAddress.TryAdd(resource.Address, resource), $"{resource.Address} is declared twice");
        }

        foreach (var resource in byAddress.Values)
        {
            foreach (var need in resource.Needs)
                Invariant.Check(
                    byAddress.ContainsKey(need), $"{resource.Address} needs {need}, which is not in the graph");
        }

        var order = Order(byAddress);
        if (order.Count < byAddress.Count)
        {
            var rest = byAddress.Keys.Except(order.Select(resource => resource.Address)).Order().Select(a => a.Text);
            diagnostics.Add(GraphDiagnostics.Cycle(rest));
            return new Diagnosed<ResourceGraph>(null, diagnostics.ToValueList());
        }

        return new Diagnosed<ResourceGraph>(
            new ResourceGraph(byAddress, order.ToValueList()), diagnostics.ToValueList());
    }

    private static List<Resource> Order(Dictionary<ResourceAddress, Resource> byAddress)
    {
        // A resource's rank by address stands for it, so that only numbers are compared and looked up.
        var ranked = byAddress.Values.OrderBy(resource => resource.Address).ToArray();
        var ranks = new Dictionary<ResourceAddress, int>(ranked.Length);
        foreach (var resource in ranked)
            ranks.Add(resource.Address, ranks.Count);

        var missing = new int[ranked.Length];
        var dependants = new List<int>?[ranked.Length];
        var ready = new PriorityQueue<int, int>();
        for (var rank = 0; rank < ranked.Length; rank++)
        {
            foreach (var need in ranked[rank].Needs)
                (dependants[ranks[need]] ??= []).Add(rank);
            missing[rank] = ranked[rank].Needs.Count;
            if (missing[rank] == 0)
                ready.Enqueue(rank, rank);
        }

        var order = new List<Resource>(ranked.Length);
        while (ready.TryDequeue(out var rank, out _))
        {
            order.Add(ranked[rank]);
            foreach (var dependant in dependants[rank] ?? [])
            {
                if (--missing[dependant] == 0)
                    ready.Enqueue(dependant, dependant);
            }
        }

        return order;
    }
}
