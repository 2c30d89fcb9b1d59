using System.Globalization;
using Orrery.Simulation.Faults;

namespace Orrery.Simulation.Kubernetes.Store;

/// <summary>Uids, name suffixes, addresses and ports: all chance of a cluster, drawn from its seed.</summary>
internal sealed class Identifiers(ulong seed)
{
    // The alphabet of generated names: without vowels and without what looks alike.
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";

    private ulong _count;

    public string Uid()
    {
        var high = Draw("uid");
        var low = Draw("uid");
        // Version 4 and the usual variant, as random uids have them.
        var variant = 0x8000 | ((low >> 48) & 0x3fff);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{high >> 32:x8}-{(high >> 16) & 0xffff:x4}-4{high & 0xfff:x3}-{variant:x4}-{low & 0xffffffffffff:x12}");
    }

    public string NameSuffix()
    {
        var value = Draw("name");
        return string.Create(5, value, static (text, rest) =>
        {
            for (var i = 0; i < text.Length; i++, rest /= (ulong)Alphabet.Length)
                text[i] = Alphabet[(int)(rest % (ulong)Alphabet.Length)];
        });
    }

    /// <summary>At least 0 and less than the limit.</summary>
    public int Below(int limit, string what) => (int)(Draw(what) % (ulong)limit);

    private ulong Draw(string what) => StableHash.Of(seed).And(what).And(_count++).Value;
}
