using Orrery.Model.Values;

namespace Orrery.Simulation.Kubernetes.Requests;

/// <summary>The parameters of a request.</summary>
internal sealed class Query
{
    private readonly Dictionary<string, string> _values = [];
    private readonly List<(string Name, string Value)> _all = [];

    public Query(string text)
    {
        foreach (var pair in text.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split('=', 2);
            var (name, value) = (Decode(parts[0]), parts.Length > 1 ? Decode(parts[1]) : "");
            _values.TryAdd(name, value);
            _all.Add((name, value));
        }
    }

    /// <summary>Empty when it is not given.</summary>
    public string this[string name] => _values.GetValueOrDefault(name, "");

    /// <summary>All values of a parameter that may be given several times.</summary>
    public ValueList<string> All(string name) => [.. _all.Where(each => each.Name == name).Select(each => each.Value)];

    public bool Has(string name) => _values.ContainsKey(name);

    public bool IsTrue(string name) => this[name] is "true" or "1";

    public bool IsDryRun => this["dryRun"] == "All";

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
