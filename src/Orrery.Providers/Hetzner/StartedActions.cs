using Orrery.Providers.Hetzner.Wire;

namespace Orrery.Providers.Hetzner;

/// <summary>
/// The actions that creating something has started, kept from the reply until somebody waits for the thing. After a
/// crash nothing is remembered and the cloud is asked instead.
/// </summary>
internal sealed class StartedActions
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, IReadOnlyList<ActionSchema>> _byPath = [];

    /// <param name="path">The thing's path, for example <c>servers/42</c>.</param>
    public void Remember(string path, IReadOnlyList<ActionSchema> actions)
    {
        lock (_gate)
            _byPath[path] = actions;
    }

    public IReadOnlyList<ActionSchema> Take(string path)
    {
        lock (_gate)
            return _byPath.Remove(path, out var actions) ? actions : [];
    }
}
