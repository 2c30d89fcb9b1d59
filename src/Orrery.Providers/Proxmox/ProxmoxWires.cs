using Orrery.Engine.Ports;
using Orrery.Model.Values;
using Orrery.Providers.Clusters;
using Orrery.Providers.Machines;
using Orrery.Providers.Proxmox.Accounts;

namespace Orrery.Providers.Proxmox;

/// <summary>How machines of Proxmox VE and what they need are reached.</summary>
/// <param name="Api">Time, chance, and the wire to Proxmox VE alone.</param>
/// <param name="Outside">The same with the wire to everything else.</param>
/// <param name="Connector">Opens wires to machines.</param>
internal sealed record ProxmoxWires(ProviderEnvironment Api, ProviderEnvironment Outside, IConnector Connector)
{
    /// <summary>As <see cref="ClusterEnvironment.AcceptedFingerprints"/>.</summary>
    public ValueMap<string> Accepted { get; init; } = ValueMap<string>.Empty;

    /// <summary>The way to machines of people.</summary>
    public required IMachineShell Shell { get; init; }

    /// <summary>Encrypts to the platform's recovery what machines give.</summary>
    public required Func<byte[], byte[]> Seal { get; init; }

    /// <summary>Decrypts what <see cref="Seal"/> made, with our identity.</summary>
    public required Func<ReadOnlyMemory<byte>, byte[]> Open { get; init; }
}

/// <summary>How tokens come about that nobody gave us.</summary>
/// <param name="Shell">Of a node, as root.</param>
/// <param name="TokenOf">The kept token of a user, as <c>user@realm!name=secret</c>; null before there is one.</param>
internal sealed record ProxmoxBootstrap(NodeShell Shell, Func<string, CancellationToken, Task<string?>> TokenOf);
