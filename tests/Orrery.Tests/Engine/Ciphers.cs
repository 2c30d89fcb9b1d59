using Orrery.Engine.State;
using Orrery.Secrets.Age;
using Orrery.Tests.Providers;
using Orrery.Tests.Secrets;

namespace Orrery.Tests.Engine;

/// <summary>Ciphers of the state as they are for real, but for chance and time.</summary>
internal static class Ciphers
{
    public static SopsStateCipher For(IIdentity identity, int seed) =>
        new([identity.Recipient], () => [identity], new VirtualTime(), SeededRandom.From(seed));
}
