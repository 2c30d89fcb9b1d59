using System.Globalization;

namespace Orrery.Simulation.Machines.K3s;

/// <summary>
/// The file of K3s' own datastore, as far as a machine sees it. What is in it is the business of who plays Kubernetes;
/// here it is known which one it is, so that a copy on another machine is the same.
/// </summary>
/// <param name="Id">The same in every copy.</param>
/// <param name="Served">How often K3s has opened it: a copy from before that is older.</param>
/// <param name="By">The machine that opened it last.</param>
/// <param name="IsClosed">K3s has ended since. The copy of an open one is of several moments.</param>
public sealed record Datastore(string Id, int Served, string By, bool IsClosed)
{
    private const string Mark = "simulated datastore";

    /// <summary>Null for a text that is none.</summary>
    public static Datastore? Parse(string text) =>
        text.Trim().Split(' ') is ["simulated", "datastore", var id, var served, var by, var state]
        && int.TryParse(served, CultureInfo.InvariantCulture, out var count)
            ? new Datastore(id, count, by, state == "closed")
            : null;

    /// <summary>As the file has it.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Mark} {Id} {Served} {By} {(IsClosed ? "closed" : "open")}\n");
}
