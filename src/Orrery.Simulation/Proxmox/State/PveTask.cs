namespace Orrery.Simulation.Proxmox.State;

/// <summary>Who starts which task where.</summary>
/// <param name="Type"><c>qmcreate</c>, <c>qmclone</c>, <c>qmstart</c>…</param>
/// <param name="Id">The VMID or storage.</param>
internal sealed record TaskStart(string Node, string Type, string Id, string User, TimeSpan Now)
{
    public string? Tag { get; init; }

    /// <summary>It was told to fail.</summary>
    public bool Doomed { get; init; }
}

/// <summary>What a worker does.</summary>
internal sealed record TaskWork
{
    /// <summary>Without waiting for locks.</summary>
    public required TimeSpan Takes { get; init; }

    /// <summary>Storages whose lock it needs first, and for how many volumes.</summary>
    public IReadOnlyList<(PveStorage Storage, int Volumes)> Allocates { get; init; } = [];

    /// <summary>The machines that nobody else may change meanwhile.</summary>
    public IReadOnlyList<VirtualMachine> Holds { get; init; } = [];

    /// <summary>The effect; what it throws as a refusal fails the task.</summary>
    public Action<TimeSpan>? Succeed { get; init; }

    /// <summary>What is undone when it fails.</summary>
    public Action<TimeSpan>? Fail { get; init; }

    /// <summary>What its log says before its end.</summary>
    public IReadOnlyList<string> Log { get; init; } = [];

    /// <summary>Fails so at its end whatever happens; null where it may succeed.</summary>
    public string? Dies { get; init; }
}

/// <summary>A worker process, running or ended.</summary>
internal sealed class PveTask
{
    public required string Upid { get; init; }

    public required TaskStart Start { get; init; }

    public required TaskWork Work { get; init; }

    public required TimeSpan Due { get; init; }

    public required long Pid { get; init; }

    /// <summary><c>OK</c>, or the last words; null while it runs.</summary>
    public string? Exit { get; set; }

    public TimeSpan? Ended { get; set; }

    public List<string> Log { get; } = [];
}
