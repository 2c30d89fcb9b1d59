using System.Security.Cryptography;

namespace Orrery.Engine.Ports;

/// <summary>
/// Makes keys that others rely on. In production they are the framework's, of its own randomness. A rehearsal hands out
/// ready-made ones: an RSA key of 4096 bits takes seconds, and equal rehearsals must give equal bytes.
/// </summary>
public interface IKeyMaker
{
    /// <summary>
    /// Who makes what is called so, for example <c>secrets/prod/k3s-token.age</c>. A rehearsal makes the same keys for
    /// the same name, however often it was interrupted before; for real keys the name means nothing.
    /// </summary>
    IKeyMaker For(string name);

    /// <summary>A fresh RSA key; the caller disposes it.</summary>
    RSA RsaKey(int bits);

    /// <summary>A fresh key on the curve P-256; the caller disposes it.</summary>
    ECDsa EcdsaKey();

    /// <summary>Randomness that tokens, serial numbers and wrapped keys may be made of.</summary>
    void Fill(Span<byte> bytes);
}
