using System.Diagnostics.CodeAnalysis;
using Orrery.Secrets.Age.Encodings;
using Orrery.Secrets.Age.Kinds;
using Orrery.Secrets.Primitives;

namespace Orrery.Secrets.Age;

/// <summary>Makes identities, and reads those of every kind from their text.</summary>
public static class AgeIdentity
{
    public static IIdentity Generate(FillRandom random)
    {
        var secret = new byte[X25519.KeyBytes];
        random(secret);
        return new X25519Identity(secret);
    }

    /// <summary>One whose files no quantum computer will open; its recipient has about 1,960 characters.</summary>
    public static IIdentity GeneratePostQuantum(FillRandom random)
    {
        var seed = new byte[HybridKem.SeedBytes];
        random(seed);
        return new HybridIdentity(seed);
    }

    /// <summary>
    /// Reads <c>AGE-SECRET-KEY-1…</c> and <c>AGE-SECRET-KEY-PQ-1…</c>; false where it is no identity that we know.
    /// </summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out IIdentity? identity)
    {
        identity = Bech32.Decode(text) switch
        {
            (X25519Identity.Prefix, { Length: X25519.KeyBytes } secret) => new X25519Identity(secret),
            (HybridIdentity.Prefix, { Length: HybridKem.SeedBytes } seed) => new HybridIdentity(seed),
            _ => null,
        };
        return identity is not null;
    }
}
