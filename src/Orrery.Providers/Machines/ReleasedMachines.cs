namespace Orrery.Providers.Machines;

/// <summary>
/// The servers that said in this run that they have stopped their work and let their disks go. Whoever is not among
/// them must be shut down before a disk is taken: after a crash that is all of them, which is slower and as safe.
/// </summary>
internal sealed class ReleasedMachines
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _servers = new(StringComparer.Ordinal);

    /// <param name="server">The cloud's id.</param>
    public void Add(string server)
    {
        lock (_gate)
            _servers.Add(server);
    }

    /// <summary>It runs K3s, or may do so.</summary>
    public void Remove(string server)
    {
        lock (_gate)
            _servers.Remove(server);
    }

    public bool Contains(string server)
    {
        lock (_gate)
            return _servers.Contains(server);
    }
}
