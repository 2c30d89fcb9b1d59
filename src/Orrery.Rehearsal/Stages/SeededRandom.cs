using System.Buffers.Binary;
using Orrery.Engine.Ports;

namespace Orrery.Rehearsal.Stages;

/// <summary>Chance that repeats: SplitMix64 (Steele, Lea, Flood 2014), one stream per life.</summary>
internal sealed class SeededRandom(ulong seed) : IRandomSource
{
    private ulong _state = seed;

    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    public void Fill(Span<byte> bytes)
    {
        Span<byte> word = stackalloc byte[8];
        while (bytes.Length > 0)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(word, Next());
            var taken = Math.Min(bytes.Length, word.Length);
            word[..taken].CopyTo(bytes);
            bytes = bytes[taken..];
        }
    }

    private ulong Next()
    {
        _state += 0x9e3779b97f4a7c15;
        var mixed = _state;
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
        return mixed ^ (mixed >> 31);
    }
}
