using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.Talos.Clusters;

/// <summary>
/// All that an etcd holds at one moment, as a file: every object of its cluster and the version of the last change.
/// Like a real one it is a whole number of blocks, and its SHA-256 stands behind them: etcdutl/snapshot/v3_snapshot.go
/// in etcd's source. What stands in the blocks is of this world alone.
/// </summary>
internal static class EtcdSnapshot
{
    private const int Block = 512;
    private const string Title = "simulated etcd ";

    public static byte[] Of(ClusterStore store)
    {
        var text = new StringBuilder(Title).Append(CultureInfo.InvariantCulture, $"{store.Version}\n");
        foreach (var kind in store.Kinds.Stored)
        {
            foreach (var item in store.Table.All(kind))
                text.Append(JsonText.Of(item)).Append('\n');
        }

        var content = Encoding.UTF8.GetBytes(text.ToString());
        var blocks = new byte[(content.Length + Block - 1) / Block * Block];
        content.CopyTo(blocks, 0);
        return [.. blocks, .. SHA256.HashData(blocks)];
    }

    /// <summary>
    /// The objects in it and the version of the last change; null for what was cut off or changed on its way.
    /// </summary>
    public static (IReadOnlyList<JsonObject> Objects, long Version)? Read(ReadOnlySpan<byte> file)
    {
        if (file.Length % Block != SHA256.HashSizeInBytes)
            return null;
        var blocks = file[..^SHA256.HashSizeInBytes];
        if (!SHA256.HashData(blocks).AsSpan().SequenceEqual(file[^SHA256.HashSizeInBytes..]))
            return null;
        var lines = Encoding.UTF8.GetString(blocks).TrimEnd('\0').Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines is [var title, ..] && title.StartsWith(Title, StringComparison.Ordinal)
            && long.TryParse(title[Title.Length..], CultureInfo.InvariantCulture, out var version)
            ? ([.. lines.Skip(1).Select(line => JsonNode.Parse(line)).OfType<JsonObject>()], version)
            : null;
    }
}
