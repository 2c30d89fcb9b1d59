using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Orrery.Model.Values;

/// <summary>
/// Where a resource stands in its platform: <c>cluster/provider/kind/name</c>, for example
/// <c>prod/hetzner/server/cosmos-0</c>. Stable over the resource's whole life.
/// </summary>
public readonly record struct ResourceAddress : IComparable<ResourceAddress>
{
    private const int PartsCount = 4;
    private static readonly SearchValues<char> PartCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._");

    private readonly string? _text;

    private ResourceAddress(string text) => _text = text;

    public string Text => _text ?? "";

    /// <summary>The cluster, or <c>platform</c> for what belongs to none.</summary>
    public string Cluster => Part(0);

    /// <summary>The kind of resource with its provider, for example <c>hetzner/server</c>.</summary>
    public string Type => $"{Part(1)}/{Part(2)}";

    public string Name => Part(3);

    /// <summary>
    /// 32 hexadecimal characters that stand for this address where a cloud allows no slash and at most 63 characters
    /// (Hetzner's label values): the first 128 bits of its SHA-256.
    /// </summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text)).AsSpan(0, 16));

    public static ResourceAddress Of(string cluster, string type, string name)
    {
        Invariant.Check(TryParse($"{cluster}/{type}/{name}", out var address), $"bad address {cluster}/{type}/{name}");
        return address;
    }

    public static bool TryParse(string? text, out ResourceAddress address)
    {
        address = default;
        if (text is null || text.Length > 250)
            return false;
        var parts = text.Split('/');
        if (parts.Length != PartsCount || parts.Any(p => p.Length == 0 || p.AsSpan().ContainsAnyExcept(PartCharacters)))
            return false;
        address = new ResourceAddress(text);
        return true;
    }

    public OutputReference Output(string name) => new(this, name);

    public int CompareTo(ResourceAddress other) => string.CompareOrdinal(Text, other.Text);

    public bool Equals(ResourceAddress other) => string.Equals(Text, other.Text, StringComparison.Ordinal);

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Text);

    public override string ToString() => Text;

    public static bool operator <(ResourceAddress left, ResourceAddress right) => left.CompareTo(right) < 0;

    public static bool operator >(ResourceAddress left, ResourceAddress right) => left.CompareTo(right) > 0;

    public static bool operator <=(ResourceAddress left, ResourceAddress right) => left.CompareTo(right) <= 0;

    public static bool operator >=(ResourceAddress left, ResourceAddress right) => left.CompareTo(right) >= 0;

    private string Part(int index) => Text.Split('/') is { Length: PartsCount } parts ? parts[index] : "";
}
