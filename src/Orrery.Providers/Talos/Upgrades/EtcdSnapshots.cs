using System.Security.Cryptography;
using Orrery.Engine.Ports;
using Orrery.Model.Plans;
using Orrery.Model.Platforms;
using Orrery.Providers.Talos.Kinds;

namespace Orrery.Providers.Talos.Upgrades;

/// <summary>What the etcd of one cluster holds, as a file that only the platform's recovery opens.</summary>
/// <param name="seal">Encrypts to the platform's recovery.</param>
/// <param name="open">Decrypts with our identity; throws <see cref="ProviderException"/> where it cannot.</param>
internal sealed class EtcdSnapshots(
    TalosNodes nodes, TalosFleet fleet, Func<byte[], byte[]> seal, Func<ReadOnlyMemory<byte>, byte[]> open)
{
    /// <summary>
    /// A database is a whole number of blocks, and its SHA-256 stands behind them: etcdutl/snapshot/v3_snapshot.go in
    /// etcd's source, which refuses to restore what is otherwise.
    /// </summary>
    private const int Block = 512;

    /// <summary>What an etcd that begins in this run shall hold; null for nothing. Secret.</summary>
    public ReadOnlyMemory<byte>? Beginning { get; private set; }

    /// <summary>By the first control plane that has a whole one.</summary>
    public async Task<ClusterSnapshot> TakeAsync(
        Cluster running, Recorded recorded, CancellationToken cancellation)
    {
        using var content = new MemoryStream();
        var refusals = new List<string>();
        foreach (var place in fleet.ControlPlanes)
        {
            if (TalosFleet.RecordOf(running, recorded, place) is not { } record)
                continue;
            try
            {
                content.SetLength(0);
                var client = nodes.Configured(record.Outputs, OperationContext.Silent(record.Address));
                var bytes = await client.EtcdSnapshotAsync(content, cancellation);
                var plain = content.ToArray();
                if (ProblemOf(plain) is { } problem)
                    throw new ProviderException(ProviderErrorCode.Unavailable, $"its snapshot {problem}");
                var moment = nodes.Time.GetUtcNow().UtcDateTime;
                return new ClusterSnapshot(
                    $"etcd/{running.Name}-{moment:yyyyMMdd'T'HHmmss'Z'}.snapshot.age", seal(plain), bytes);
            }
            catch (ProviderException refusal) when (refusal.Code != ProviderErrorCode.NotWriter)
            {
                refusals.Add($"{place.Node}: {refusal.Message}");
            }
        }

        throw new ProviderException(
            ProviderErrorCode.Unavailable, $"no snapshot of etcd could be taken: {string.Join("; ", refusals)}");
    }

    /// <summary>See <see cref="ICarriesClusters.BeginWith"/>.</summary>
    public void BeginWith(ReadOnlyMemory<byte> content)
    {
        var plain = open(content);
        Beginning = ProblemOf(plain) is not { } problem
            ? plain
            : throw new ProviderException(ProviderErrorCode.Invalid, $"the snapshot of etcd that was kept {problem}");
    }

    /// <summary>Null for what etcd restores.</summary>
    private static string? ProblemOf(ReadOnlySpan<byte> plain)
    {
        if (plain.Length <= SHA256.HashSizeInBytes || plain.Length % Block != SHA256.HashSizeInBytes)
            return $"has {plain.Length} bytes, and that is not whole blocks with their hash";
        var blocks = plain[..^SHA256.HashSizeInBytes];
        return SHA256.HashData(blocks).AsSpan().SequenceEqual(plain[^SHA256.HashSizeInBytes..])
            ? null
            : "has another hash than it says";
    }
}
