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
        var missing = new Dictionary<ResourceAddress, int>(byAddress.Count);
        var dependants = new Dictionary<ResourceAddress, List<ResourceAddress>>();
        var ready = new PriorityQueue<ResourceAddress, ResourceAddress>();
        foreach (var resource in byAddress.Values)
        {
            var count = 0;
            foreach (var need in resource.Needs)
            {
                count++;
                if (!dependants.TryGetValue(need, out var list))
                    dependants[need] = list = [];
                list.Add(resource.Address);
            }

            missing[resource.Address] = count;
            if (count == 0)
                ready.Enqueue(resource.Address, resource.Address);
        }

        var order = new List<Resource>(byAddress.Count);
        while (ready.TryDequeue(out var address, out _))
        {
            order.Add(byAddress[address]);
            foreach (var dependant in dependants.GetValueOrDefault(address) ?? [])
            {
                if (--missing[dependant] == 0)
                    ready.Enqueue(dependant, dependant);
            }
        }

        return order;
    }
}
