using System.Diagnostics.CodeAnalysis;

namespace Orrery.Simulation.Proxmox.Requests;

/// <summary>
/// What Proxmox VE says when it refuses: a status, a sentence, and one for each parameter that is wrong. The sentences
/// are those of its sources (qemu-server, pve-storage, pve-access-control, pve-common).
/// </summary>
[SuppressMessage("Design", "CA1064", Justification = "It never leaves the world.")]
internal sealed class Refusal(int status, string message) : Exception(message)
{
    public int Status { get; } = status;

    public SortedDictionary<string, string> Errors { get; } = new(StringComparer.Ordinal);

    /// <summary>What its programs die with.</summary>
    public static Refusal Died(string message) => new(500, message + "\n");

    public static Refusal Parameter(string name, string problem)
    {
        var refusal = new Refusal(400, "Parameter verification failed.\n");
        refusal.Errors[name] = problem;
        return refusal;
    }

    public static Refusal Permission(string path, string privileges) =>
        new(403, $"Permission check failed ({path}, {privileges})\n");

    public static Refusal Unauthorized(string why) => new(401, why);

    public static Refusal NoSuchPath(string method, string path) =>
        new(501, $"Method '{method} {path}' not implemented");

    /// <summary>The node behind the proxy did not answer; what it did is not known.</summary>
    public static Refusal ProxyTimeout() => new(596, "Connection timed out");

    /// <summary>Somebody holds the file that locks the machine's configuration.</summary>
    public static Refusal MachineLock(long vmid, string prefix = "") =>
        Died($"{prefix}can't lock file '/var/lock/qemu-server/lock-{vmid}.conf' - got timeout");

    public static Refusal NoMachine(string node, long vmid) =>
        Died($"Configuration file 'nodes/{node}/qemu-server/{vmid}.conf' does not exist");
}
