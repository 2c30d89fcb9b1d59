using System.Text.RegularExpressions;

namespace Orrery.Providers.Proxmox;

/// <summary>
/// What to do about a lock that nobody lets go. Proxmox VE locks a machine's configuration with a file on its node; a
/// process that hangs, or died while a child kept the file open, leaves it held.
/// </summary>
internal static partial class StaleLock
{
    /// <summary>What to add to a message that tells of a held lock; empty for any other.</summary>
    public static string Advice(string message)
    {
        if (MachineLock().Match(message) is { Success: true } machine)
        {
            return $". If no task of VM {machine.Groups["vmid"].Value} runs any more, the lock is stale: on the node,"
                + $" 'fuser {machine.Value}' names who holds it; end that process, then 'qm unlock"
                + $" {machine.Groups["vmid"].Value}', and run the same command again";
        }

        return ConfigLock().Match(message) is { Success: true } config
            ? $". If no task of this VM runs any more, '{config.Groups["lock"].Value}' was left by one that died:"
                + " 'qm unlock VMID' on its node removes it"
            : "";
    }

    [GeneratedRegex("/var/lock/qemu-server/lock-(?<vmid>[0-9]+)\\.conf", RegexOptions.None, 1000)]
    private static partial Regex MachineLock();

    [GeneratedRegex("VM is locked \\((?<lock>[a-z-]+)\\)", RegexOptions.None, 1000)]
    private static partial Regex ConfigLock();
}
