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
    private const int LengthMax = 250;
    private static readonly SearchValues<char> PartCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._");

    private readonly string? _text;

    private ResourceAddress(string text) => _text = text;

    public string Text => _text ?? "";

    /// <summary>The cluster, or <c>platform</c> for what belongs to none.</summary>
    public string Cluster => Text[..Math.Max(0, Text.IndexOf('/'))];

    /// <summary>The kind of resource with its provider, for example <c>hetzner/server</c>.</summary>
    public string Type => _text is null ? "" : _text[(_text.IndexOf('/') + 1).._text.LastIndexOf('/')];

    public string Name => Text[(Text.LastIndexOf('/') + 1)..];

    /// <summary>
    /// 32 hexadecimal characters that stand for this address where a cloud allows no slash and at most 63 characters
    /// (Hetzner's label values): the first 128 bits of its SHA-256.
    /// </summary>
    public string Hash
    {
        get
        {
            // All characters of an address are ASCII.
            Span<byte> text = stackalloc byte[Text.Length];
            Encoding.ASCII.GetBytes(Text, text);
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(text, hash);
            return Convert.ToHexStringLower(hash[..16]);
        }
    }

    public static ResourceAddress Of(string cluster, string type, string name)
    {
        Invariant.Check(TryParse($"{cluster}/{type}/{name}", out var address), $"bad address {cluster}/{type}/{name}");
        return address;
    }

    /// <summary>
    /// Of a thing that is ours and that no declaration and no state names: after its id, which may have any characters.
    /// </summary>
    public static ResourceAddress OfStray(string cluster, string type, string id)
    {
        const int longest = 120;
        var name = string.Concat(id.Select(character => PartCharacters.Contains(character) ? character : '-'));
        return Of(cluster, type, $"stray-{(name.Length > longest ? name[^longest..] : name)}");
    }

    public static bool TryParse(string? text, out ResourceAddress address)
    {
        address = default;
        if (text is null || text.Length > LengthMax)
            return false;
        var rest = text.AsSpan();
        for (var part = 1; part < PartsCount; part++)
        {
            var end = rest.IndexOf('/');
            if (end < 0 || !IsPart(rest[..end]))
                return false;
            rest = rest[(end + 1)..];
        }

        if (!IsPart(rest))
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

    private static bool IsPart(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExcept(PartCharacters);
}
