using Orrery.Engine.Ports;

namespace Orrery.Providers.Vault;

/// <summary>The Vaults of clusters that are known only at run time.</summary>
public interface IVaults
{
    /// <summary>
    /// The Vault of a cluster, or null where that cannot be reached: with its machine all that it held for us is gone.
    /// </summary>
    /// <param name="cluster">The cluster's uid.</param>
    Task<VaultClient?> FindAsync(string cluster, CancellationToken cancellation);

    /// <summary>Returns once it serves; the caller's deadline bounds the wait.</summary>
    Task AwaitAsync(string cluster, OperationContext operation, CancellationToken cancellation);
}
