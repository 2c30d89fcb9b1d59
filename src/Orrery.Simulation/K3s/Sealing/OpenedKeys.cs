using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Orrery.Simulation.K3s.Sealing;

/// <summary>
/// Session keys that were unwrapped before in this process. The same key, wrapped text and label always give the same,
/// at the cost of two large powers; rehearsals of one seed seal the same values again and again.
/// </summary>
internal static class OpenedKeys
{
    /// <summary>A rehearsal seals some tens.</summary>
    private const int KnownMax = 1024;

    private static readonly ConcurrentDictionary<string, byte[]?> Known = new(StringComparer.Ordinal);

    /// <summary>Null when the padding or the label is another.</summary>
    public static byte[]? Of(RSA key, ReadOnlySpan<byte> wrapped, byte[] label)
    {
        var name = NameOf(key, wrapped, label);
        if (Known.TryGetValue(name, out var session))
            return session;
        if (Known.Count >= KnownMax)
            Known.Clear();
        return Known[name] = Oaep.Unwrap(key, wrapped, label);
    }

    private static string NameOf(RSA key, ReadOnlySpan<byte> wrapped, byte[] label)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(SHA256.HashData(key.ExportRSAPublicKey()));
        hash.AppendData(SHA256.HashData(wrapped));
        hash.AppendData(label);
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
