using System.Security.Cryptography;
using Orrery.Engine.Ports;

namespace Orrery.Providers.Keys;

/// <summary>Real keys, of the operating system's randomness.</summary>
public sealed class FrameworkKeys : IKeyMaker
{
    public IKeyMaker For(string name) => this;

    public RSA RsaKey(int bits) => RSA.Create(bits);

    public ECDsa EcdsaKey() => ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public void Fill(Span<byte> bytes) => RandomNumberGenerator.Fill(bytes);
}
