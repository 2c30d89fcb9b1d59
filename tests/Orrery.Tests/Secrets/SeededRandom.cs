using Orrery.Secrets;

namespace Orrery.Tests.Secrets;

/// <summary>Repeatable randomness: only for tests.</summary>
internal static class SeededRandom
{
    public static FillRandom From(int seed) => new Random(seed).NextBytes;
}
