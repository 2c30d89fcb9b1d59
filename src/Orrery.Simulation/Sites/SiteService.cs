using Orrery.Engine.Ports;
using Orrery.Simulation.Machines;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Sites;

/// <summary>
/// What all parts of a site needed for themselves, by the resource for which they worked: the clouds' own logs, the
/// commands that ran on machines, and what machines did by themselves after them.
/// </summary>
public sealed class SiteService(Site site)
{
    private readonly List<ServiceRecord> _done = [];
    private readonly SortedDictionary<string, List<Call>> _calls = new(StringComparer.Ordinal);

    /// <summary>In no particular order.</summary>
    public IReadOnlyList<ServiceRecord> All =>
    [
        .. site.Hetzner.Service,
        .. site.GitHub.Service,
        .. site.Proxmox?.Service ?? [],
        .. site.ImageFactory.Service,
        .. site.Talos.Service,
        .. site.Kubernetes.SelectMany(cluster => cluster.Api.Service),
        .. _done,
        .. site.Machines.Ever.SelectMany(OfMachine),
    ];

    /// <summary>Somebody asks for a machine, which may not answer yet.</summary>
    public void Asked(ProcessRequest request, string host)
    {
        if (request.Address is { } address)
            CallsTo(host).Add(new Call(address.Text, site.Agenda.Now));
    }

    /// <summary>A program has run to its end: what it changed for a resource, or a remote that was looked at.</summary>
    public void Ran(ProcessRequest request, string host, TimeSpan start)
    {
        // What only looks is nobody's work, but what there is to know takes that long.
        var tag = request.Changes || request.Program == "git" ? request.Address?.Text : null;
        _done.Add(new ServiceRecord(tag, request.Program, start, site.Agenda.Now));
        if (request is { Changes: true, Address: { } address })
            CallsTo(host).Add(new Call(address.Text, site.Agenda.Now) { IsChange = true });
    }

    /// <summary>Its boot is for whoever asks first; its Kubernetes is for whoever changed something last.</summary>
    private IEnumerable<ServiceRecord> OfMachine(Machine machine)
    {
        var calls = machine.OwnAddresses.SelectMany(CallsTo).OrderBy(call => call.At).ToArray();
        foreach (var happened in machine.Events)
        {
            var call = happened.Kind switch
            {
                MachineEventKind.CloudInitDone => calls.FirstOrDefault(),
                MachineEventKind.K3sReady => calls.LastOrDefault(one => one.IsChange && one.At <= happened.At),
                _ => null,
            };
            if (call is not null && call.At < happened.At)
                yield return new ServiceRecord(call.Tag, $"{happened.Kind}", call.At, happened.At);
        }
    }

    private List<Call> CallsTo(string host)
    {
        if (!_calls.TryGetValue(host, out var calls))
            _calls[host] = calls = [];
        return calls;
    }

    private sealed record Call(string Tag, TimeSpan At)
    {
        public bool IsChange { get; init; }
    }
}
