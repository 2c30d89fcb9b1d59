using Orrery.Model.Values;
using Orrery.Simulation.Kubernetes;
using Orrery.Simulation.Vault;

namespace Orrery.Simulation.K3s.Vaults;

/// <summary>
/// What a Vault has written to its volume: it goes on where the volume is found again, whichever cluster then mounts
/// it, if the seal key is the same.
/// </summary>
internal sealed class StoredVault : ITokenReviewer
{
    public StoredVault(string id, string sealKey, DateTimeOffset epoch, ulong seed)
    {
        (Id, SealKey) = (id, sealKey);
        World = new VaultWorld(new VaultWorldOptions { Epoch = epoch, Seed = seed, Reviewer = this });
    }

    /// <summary>Stands in the file on the volume.</summary>
    public string Id { get; }

    /// <summary>What it was sealed with. Secret.</summary>
    public string SealKey { get; }

    public VaultWorld World { get; }

    /// <summary>The API server that it asks whose a token is; null where it runs nowhere.</summary>
    public KubernetesApi? Api { get; set; }

    public ReviewedAccount? Review(string token)
    {
        if (Api?.Tokens.Find(token) is not { } issued || issued.Expires <= Api.Store.Clock
            || Api.Store.Get("v1", "ServiceAccount", issued.Namespace, issued.Account) is not { } account
            || account["metadata"]?["uid"]?.ToString() != issued.Uid)
        {
            return null;
        }

        return new ReviewedAccount(issued.Namespace, issued.Account, issued.Uid, issued.Audiences.ToValueList());
    }
}

/// <summary>All that Vaults have written to volumes of a world, by what stands in the file there.</summary>
public sealed class VaultStorage
{
    private readonly SortedDictionary<string, StoredVault> _stored = new(StringComparer.Ordinal);

    internal StoredVault? Find(string id) => _stored.GetValueOrDefault(id);

    internal StoredVault Make(string sealKey, DateTimeOffset epoch, ulong seed)
    {
        var made = new StoredVault($"raft-{_stored.Count + 1}", sealKey, epoch, seed);
        _stored.Add(made.Id, made);
        return made;
    }
}
