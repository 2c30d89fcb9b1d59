namespace Orrery.Simulation.Kubernetes.Requests;

/// <summary>The parameters of a request.</summary>
internal sealed class Query
{
    private readonly Dictionary<string, string> _values = [];

    public Query(string text)
    {
        foreach (var pair in text.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split('=', 2);
            _values.TryAdd(Decode(parts[0]), parts.Length > 1 ? Decode(parts[1]) : "");
        }
    }

    /// <summary>Empty when it is not given.</summary>
    public string this[string name] => _values.GetValueOrDefault(name, "");

    public bool Has(string name) => _values.ContainsKey(name);

    public bool IsTrue(string name) => this[name] is "true" or "1";

    public bool IsDryRun => this["dryRun"] == "All";

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
