using Orrery.Model.Diagnostics;
using Orrery.Model.Values;

namespace Orrery.GitOps.Ordering;

/// <summary>What takes part in the order: a name, and what it provides and requires.</summary>
public sealed record OrderItem(string Name, ValueList<Capability> Provides, ValueList<Capability> Requires);

/// <summary>One item waits for another, because of what that provides.</summary>
public sealed record OrderEdge(string Before, string After, Capability Because);

/// <summary>The computed order.</summary>
/// <param name="Waves">From 0, by name of the item.</param>
/// <param name="Edges">Each with its reason, in order of the names.</param>
/// <param name="Given">What items require and something outside the order provides before it begins.</param>
public sealed record Order(ValueMap<int> Waves, ValueList<OrderEdge> Edges, ValueList<OrderEdge> Given);

/// <summary>
/// Computes waves from what components provide and require: each in the earliest that is right, so there are as few as
/// the longest chain of requirements is long.
/// </summary>
public static class OrderCompiler
{
    /// <param name="given">What is there before the first wave, and under whose name.</param>
    /// <param name="waits">For which requirements an item waits; null: for all of them.</param>
    public static Diagnosed<Order> Compile(
        IReadOnlyList<OrderItem> items, IReadOnlyList<OrderItem> given, Func<Capability, bool>? waits = null)
    {
        var problems = new List<Diagnostic>();
        var (edges, outside) = (new List<OrderEdge>(), new List<OrderEdge>());
        foreach (var item in items.OrderBy(item => item.Name, StringComparer.Ordinal))
        {
            foreach (var required in item.Requires)
            {
                var before = Provider(items, required);
                if (before is not null && before != item.Name)
                {
                    if (waits?.Invoke(required) != false)
                        edges.Add(new OrderEdge(before, item.Name, required));
                }
                else if (Provider(given, required) is { } earlier)
                {
                    outside.Add(new OrderEdge(earlier, item.Name, required));
                }
                else if (before is null)
                {
                    problems.Add(GitOpsCodes.NothingProvides.At(null, $"{item.Name} requires the {required}."));
                }
            }
        }

        var waves = Waves(items, edges, problems);
        return new Diagnosed<Order>(
            problems.Count > 0 ? null : new Order(waves, edges.ToValueList(), outside.ToValueList()),
            problems.ToValueList());
    }

    private static string? Provider(IReadOnlyList<OrderItem> items, Capability required) =>
        items.FirstOrDefault(item => item.Provides.Any(required.Is))?.Name;

    /// <summary>
    /// The items all of whose predecessors have their wave get the next one; what is left is a circle.
    /// </summary>
    private static ValueMap<int> Waves(
        IReadOnlyList<OrderItem> items, List<OrderEdge> edges, List<Diagnostic> problems)
    {
        var waves = new Dictionary<string, int>(StringComparer.Ordinal);
        var left = items.Select(item => item.Name).Order(StringComparer.Ordinal).ToList();
        for (var wave = 0; left.Count > 0; wave++)
        {
            var ready = left.Where(name => edges.All(e => e.After != name || waves.ContainsKey(e.Before))).ToList();
            if (ready.Count == 0)
            {
                var circle = string.Join(", ", left);
                problems.Add(GitOpsCodes.Circle.At(null, $"Each of {circle} waits for another of them."));
                break;
            }

            foreach (var name in ready)
                waves.Add(name, wave);
            left.RemoveAll(waves.ContainsKey);
        }

        return ValueMap.From(waves);
    }
}
