using System.Text;

namespace Orrery.Simulation.Faults;

/// <summary>
/// A 64-bit hash that is the same in every process and on every machine (FNV-1a with a finalizer), so that chance keyed
/// by a seed and a name repeats. Not for secrets.
/// </summary>
internal struct StableHash
{
    private const ulong Offset = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    // The record separator keeps ("ab", "c") apart from ("a", "bc").
    private const byte Separator = 0x1e;

    private ulong _state;

    public static StableHash Of(ulong seed)
    {
        var hash = new StableHash { _state = Offset };
        return hash.And(seed);
    }

    public StableHash And(ulong number)
    {
        for (var shift = 0; shift < 64; shift += 8)
            _state = (_state ^ (byte)(number >> shift)) * Prime;
        return this;
    }

    public StableHash And(string text)
    {
        Span<byte> bytes = stackalloc byte[256];
        if (Encoding.UTF8.TryGetBytes(text, bytes, out var written))
            return And(bytes[..written]);
        return And(Encoding.UTF8.GetBytes(text));
    }

    public StableHash And(ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
            _state = (_state ^ value) * Prime;
        _state = (_state ^ Separator) * Prime;
        return this;
    }

    /// <summary>The hash; the finalizer of SplitMix64 spreads it over all bits.</summary>
    public readonly ulong Value
    {
        get
        {
            var mixed = _state;
            mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
            return mixed ^ (mixed >> 31);
        }
    }

    /// <summary>The hash as a share: at least 0 and less than 1.</summary>
    public readonly double Share => (Value >> 11) * (1.0 / (1UL << 53));
}
