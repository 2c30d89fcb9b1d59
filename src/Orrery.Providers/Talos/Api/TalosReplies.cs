using Orrery.Model.Values;

namespace Orrery.Providers.Talos.Api;

/// <summary>What runs on a node.</summary>
/// <param name="Tag">For example <c>v1.12.4</c>.</param>
/// <param name="Architecture">For example <c>amd64</c>; empty where it does not say.</param>
/// <param name="Platform">For example <c>metal</c> or <c>nocloud</c>; empty where it does not say.</param>
public sealed record TalosVersion(string Tag, string Architecture, string Platform)
{
    /// <summary>The second part of the tag; 0 where it is no version.</summary>
    public int Minor => Tag.TrimStart('v').Split('.') is [_, var minor, ..] && int.TryParse(minor, out var number)
        ? number
        : 0;
}

/// <summary>A service of Talos on a node.</summary>
/// <param name="Id">For example <c>etcd</c>.</param>
/// <param name="State">For example <c>Running</c>.</param>
/// <param name="IsHealthy">Null where nobody looks after its health.</param>
/// <param name="Message">What its last check said.</param>
public sealed record TalosService(string Id, string State, bool? IsHealthy, string Message);

/// <summary>A member of etcd as the node that was asked sees it.</summary>
/// <param name="Hostname">The node's host name.</param>
public sealed record EtcdMemberInfo(ulong Id, string Hostname, ValueList<string> PeerUrls, bool IsLearner);

/// <summary>How etcd does on one node.</summary>
/// <param name="MemberId">Of this node.</param>
/// <param name="LeaderId">0 while there is none.</param>
/// <param name="DatabaseBytes">On disk.</param>
/// <param name="Errors">What it complains of.</param>
public sealed record EtcdHealth(
    ulong MemberId, ulong LeaderId, long DatabaseBytes, bool IsLearner, ValueList<string> Errors);

/// <summary>In which part of its life a machine is.</summary>
public enum MachineStage
{
    Unknown = 0,
    Booting = 1,
    Installing = 2,
    Maintenance = 3,
    Running = 4,
    Rebooting = 5,
    ShuttingDown = 6,
    Resetting = 7,
    Upgrading = 8,
}

/// <summary>What a machine says of itself.</summary>
/// <param name="IsReady">All that its stage asks for is met.</param>
/// <param name="Unmet">Otherwise what is not, each as <c>name: reason</c>.</param>
public sealed record MachineCondition(MachineStage Stage, bool IsReady, ValueList<string> Unmet)
{
    /// <summary>For example <c>booting; services: etcd not running</c>.</summary>
    public string InWords() => string.Join("; ", [Stage.ToString(), .. Unmet]);
}

/// <summary>Whether a machine's tunnel to another one works, as the machine sees it.</summary>
public enum KubeSpanState
{
    /// <summary>It was tried a moment ago only, or there is no address to try.</summary>
    Unknown = 0,
    Up = 1,

    /// <summary>The other one does not answer.</summary>
    Down = 2,
}

/// <summary>A machine that another one knows through KubeSpan.</summary>
/// <param name="Label">The name of its node; empty while it has none.</param>
/// <param name="Endpoint">Where it is looked for, for example <c>10.0.0.2:51820</c>; empty for nowhere.</param>
public sealed record KubeSpanPeer(string Label, KubeSpanState State, string Endpoint);

/// <summary>How a configuration shall come into force.</summary>
public enum ApplyMode
{
    /// <summary>Whatever the change needs, without reboot where one is not needed.</summary>
    Auto,

    /// <summary>At once, or not at all.</summary>
    NoReboot,

    /// <summary>At the next boot.</summary>
    Staged,

    /// <summary>At once, and taken back after a while unless it is applied for good.</summary>
    Try,
}

/// <summary>What became of a configuration.</summary>
/// <param name="Mode">How it came into force: <c>REBOOT</c>, <c>NO_REBOOT</c>, <c>STAGED</c> or <c>TRY</c>.</param>
/// <param name="Details">In the machine's words.</param>
/// <param name="Warnings">Of its validation.</param>
public sealed record AppliedConfiguration(string Mode, string Details, ValueList<string> Warnings);

/// <summary>What a reset wipes and how.</summary>
public sealed record ResetOrder
{
    /// <summary>It leaves etcd first, and refuses where that would break the quorum.</summary>
    public required bool IsGraceful { get; init; }

    /// <summary>It boots again afterwards; otherwise it halts.</summary>
    public required bool Reboots { get; init; }

    /// <summary>Labels of system partitions, for example <c>STATE</c> and <c>EPHEMERAL</c>; empty for all.</summary>
    public ValueList<string> Partitions { get; init; } = [];
}
