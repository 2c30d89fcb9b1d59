using System.Text;
using Orrery.Engine.State;

namespace Orrery.Tests.Engine;

/// <summary>Hides nothing, only changes the form: for tests that ask about files, not about secrets.</summary>
internal sealed class PlainCipher : IStateCipher
{
    public byte[] Seal(ReadOnlySpan<byte> plain) => Encoding.ASCII.GetBytes(Convert.ToHexStringLower(plain));

    public byte[] Open(ReadOnlySpan<byte> sealedBytes) => Convert.FromHexString(Encoding.ASCII.GetString(sealedBytes));
}
