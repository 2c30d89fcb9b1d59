using Orrery.Engine.Ports;
using Orrery.Model.Platforms;
using Orrery.Model.Values;
using Orrery.Secrets.Age;

namespace Orrery.Providers.Clusters;

/// <summary>
/// All that making a cluster needs of its surroundings; production and rehearsal compose it differently.
/// </summary>
public sealed record ClusterEnvironment
{
    /// <summary>What every provider needs.</summary>
    public required ProviderEnvironment Provider { get; init; }

    /// <summary>Runs <c>ssh</c>, <c>git</c> and their like.</summary>
    public required IProcessRunner Processes { get; init; }

    /// <summary>
    /// Opens a wire to an API server; the second parameter opens its streams where it is reached through a machine, and
    /// is null where it is reached directly.
    /// </summary>
    public required Func<Connection, Func<CancellationToken, Task<Stream>>?, HttpMessageHandler> Wire { get; init; }

    /// <summary>The wire to Proxmox VE, which trusts what is declared; null trusts public authorities.</summary>
    public required Func<ProxmoxTrust?, HttpMessageHandler> ProxmoxWire { get; init; }

    public required IKeyMaker Keys { get; init; }

    /// <summary>The declaration's folder, where keys are kept encrypted and people commit them.</summary>
    public required IStateFiles Declaration { get; init; }

    /// <summary>Full path of a folder for caches; whatever is in it may be deleted at any time.</summary>
    public required string CacheFolder { get; init; }

    /// <summary>The platform's recovery recipients. Never empty.</summary>
    public required IReadOnlyList<IRecipient> Recipients { get; init; }

    /// <summary>
    /// By what people themselves know machines that have no configuration yet, by cluster and node: base64 of SHA-256.
    /// </summary>
    public ValueMap<string> AcceptedFingerprints { get; init; } = ValueMap<string>.Empty;

    /// <summary>Our own recovery identity, asked for when the first file is opened.</summary>
    public required Func<IReadOnlyList<IIdentity>> Identities { get; init; }
}
