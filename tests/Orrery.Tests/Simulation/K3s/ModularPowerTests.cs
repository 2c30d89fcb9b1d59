using System.Numerics;
using Orrery.Simulation.K3s.Sealing;

namespace Orrery.Tests.Simulation.K3s;

public sealed class ModularPowerTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(127)]
    [InlineData(128)]
    public void A_power_is_that_of_the_framework(int bytes)
    {
        var random = new Random(bytes);
        for (var run = 0; run < 50; run++)
        {
            // Also those whose words are all ones, where carries run farthest.
            var modulus = (run % 5 == 0 ? (BigInteger.One << (8 * bytes)) - 1 - (2 * run) : Draw(random, bytes)) | 1;
            var number = run % 7 == 0 ? modulus - 1 : Draw(random, bytes + 1);
            var exponent = run % 11 == 0 ? run / 11 : Draw(random, bytes);

            new ModularPower(modulus).Of(number, exponent).ShouldBe(BigInteger.ModPow(number, exponent, modulus));
        }
    }

    private static BigInteger Draw(Random random, int bytes)
    {
        var drawn = new byte[bytes];
        random.NextBytes(drawn);
        return new BigInteger(drawn, isUnsigned: true);
    }
}
