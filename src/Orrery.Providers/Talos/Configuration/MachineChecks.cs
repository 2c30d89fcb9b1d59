using Orrery.Model.Diagnostics;
using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.Providers.Talos.Configuration;

/// <summary>Whether what a cluster's machines shall be can be, by Talos' own rules. Pure.</summary>
public static class MachineChecks
{
    /// <param name="cluster">Its name, for messages.</param>
    /// <param name="machines">All of the cluster.</param>
    /// <param name="secureBoot">Whether their images are signed.</param>
    public static ValueList<Diagnostic> Of(
        string cluster, IReadOnlyCollection<TalosMachine> machines, bool secureBoot)
    {
        var addresses = machines.SelectMany(machine => machine.Network.Addresses)
            .Select(address => address.Split('/')[0]).ToHashSet(StringComparer.Ordinal);
        var members = machines.Count(machine => machine.Role == NodeRole.ControlPlane);
        IEnumerable<Diagnostic> found =
        [
            .. from machine in machines
               where !machine.Version.IsKnown
               select TalosDiagnostics.UnknownVersion(cluster, $"{machine.Version}"),
            .. from machine in machines
               where machine.Version.IsKnown && !TalosSupport.Runs(machine.Version, machine.Kubernetes)
               select TalosDiagnostics.Unsupported(cluster, machine.Version, machine.Kubernetes),
            .. from machine in machines
               where machine.Encryption is { State: true } or { Ephemeral: true } && !secureBoot
               select TalosDiagnostics.UnsealedTpm(cluster),
            .. from machine in machines
               where machine is { KubeSpan: true, Discovery: false }
               select TalosDiagnostics.NoDiscovery(cluster),
            .. from vip in machines.Select(machine => machine.Network.Vip).OfType<string>()
               where addresses.Contains(vip)
               select TalosDiagnostics.VipIsOwn(cluster, vip),
            .. members > 0 && members % 2 == 0 ? [TalosDiagnostics.EvenMembers(cluster, members)] : (Diagnostic[])[],
        ];
        return found.Distinct().ToValueList();
    }

    /// <summary>Documents of people, as read from a file: whether they are pieces of a configuration.</summary>
    /// <param name="name">The patch's, for messages.</param>
    public static ValueList<Diagnostic> OfPatch(string name, IEnumerable<Value> documents) =>
        documents.Any(document => document is not Value.Map) ? [TalosDiagnostics.JsonPatched(name)] : [];
}
