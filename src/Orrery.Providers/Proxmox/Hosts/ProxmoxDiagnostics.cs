using Orrery.Model.Diagnostics;

namespace Orrery.Providers.Proxmox.Hosts;

/// <summary>What does not fit on the hosts of a Proxmox VE.</summary>
public static class ProxmoxDiagnostics
{
    private static readonly DiagnosticCode UnknownHost = new(
        "PVE001",
        "a node is not there, or is off",
        "Machines are placed on the `nodes` of the infrastructure; each must be a member of the cluster and online.");

    private static readonly DiagnosticCode Cores = new(
        "PVE002",
        "a machine has more CPUs than its host",
        "Proxmox VE starts no machine with more CPUs than the host has threads.");

    private static readonly DiagnosticCode Memory = new(
        "PVE003",
        "the host has too little memory",
        "Memory that is given twice is taken from a machine by the kernel when both use it. Others' machines count "
        + "while they run.");

    private static readonly DiagnosticCode Storage = new(
        "PVE004",
        "the storage has too little room",
        "Also a thin storage is counted in full: one that overflows destroys the file systems on it.");

    private static readonly DiagnosticCode Content = new(
        "PVE005",
        "the storage does not hold that",
        "Disks need a storage with content `images`; images and CDs are files, which `local-lvm` and `local-zfs` do "
        + "not hold. Which content a storage has is set under Datacenter, Storage.");

    private static readonly DiagnosticCode Overcommit = new(
        "PVE006",
        "machines share the CPUs of their host",
        "All running machines together have more CPUs than the host has threads, and wait for each other under load.")
    {
        Severity = Severity.Warning,
    };

    /// <summary>In order of their codes.</summary>
    public static IReadOnlyList<DiagnosticCode> All { get; } =
        [UnknownHost, Cores, Memory, Storage, Content, Overcommit];

    public static DiagnosticFamily Family { get; } = new(
        "PVE", "Proxmox VE", "Found at the hosts, before anything is planned.", All);

    internal static Diagnostic NoHost(string cluster, string node, IEnumerable<string> online) => UnknownHost.At(
        null,
        $"Cluster '{cluster}' places machines on '{node}'.",
        [$"online are: {string.Join(", ", online)}"]);

    internal static Diagnostic TooManyCores(string cluster, string machine, long wanted, string node, long has) =>
        Cores.At(null, $"'{machine}' of cluster '{cluster}' has {wanted} CPUs, and the host {node} has {has}.");

    internal static Diagnostic TooLittleMemory(string cluster, string node, long wanted, long total, long used) =>
        Memory.At(
            null,
            $"The machines of cluster '{cluster}' on {node} need {wanted} MiB; the host has {total} MiB, of which"
            + $" running machines of others have {used} MiB.");

    internal static Diagnostic TooLittleStorage(
        string cluster, string node, (string Name, long Wanted, long Free) storage) => Storage.At(
            null,
            $"The disks of cluster '{cluster}' on {node} need {storage.Wanted} GiB of '{storage.Name}', which has"
            + $" {storage.Free} GiB for them.");

    internal static Diagnostic WrongStorage(
        string cluster, string node, (string Name, string Content, string? Has) storage, IEnumerable<string> fitting) =>
        Content.At(
            null,
            storage.Has is null
                ? $"Cluster '{cluster}' uses the storage '{storage.Name}', which {node} does not have."
                : $"Cluster '{cluster}' uses the storage '{storage.Name}' of {node} for content '{storage.Content}',"
                    + $" and it is for {storage.Has}.",
            [$"for '{storage.Content}' there is: {string.Join(", ", fitting)}"]);

    internal static Diagnostic SharedCores(string cluster, string node, long cores, long has) => Overcommit.At(
        null,
        $"With cluster '{cluster}' the running machines of {node} have {cores} CPUs together; the host has {has}.");
}
