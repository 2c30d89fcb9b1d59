namespace Orrery.Simulation.Hetzner.Requests;

/// <summary>The decoded query of a request; a name may occur several times.</summary>
internal sealed class QueryParameters
{
    private readonly List<(string Name, string Value)> _all = [];

    public QueryParameters(string query)
    {
        foreach (var part in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? part : part[..equals];
            var value = equals < 0 ? "" : part[(equals + 1)..];
            _all.Add((Decode(name), Decode(value)));
        }
    }

    public IReadOnlyList<string> All(string name) =>
        [.. _all.Where(parameter => parameter.Name == name).Select(parameter => parameter.Value)];

    /// <summary>The last one counts; an empty one is as good as none.</summary>
    public string? Last(string name) =>
        _all.LastOrDefault(parameter => parameter.Name == name).Value is { Length: > 0 } value ? value : null;

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
