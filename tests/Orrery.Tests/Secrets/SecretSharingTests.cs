using Orrery.Secrets.Primitives;

namespace Orrery.Tests.Secrets;

public class SecretSharingTests
{
    [Theory]
    [InlineData(2, 2)]
    [InlineData(3, 2)]
    [InlineData(5, 3)]
    [InlineData(255, 255)]
    public void As_many_shares_as_are_needed_give_the_secret_and_fewer_do_not(int count, int threshold)
    {
        var secret = new byte[32];
        SeededRandom.From(count)(secret);
        var shares = SecretSharing.Split(secret, count, threshold, SeededRandom.From(1));
        shares.Count.ShouldBe(count);
        SecretSharing.Combine([.. shares.Take(threshold)]).ShouldBe(secret);
        SecretSharing.Combine([.. shares.Reverse().Take(threshold)]).ShouldBe(secret);
        SecretSharing.Combine([.. shares]).ShouldBe(secret);
        if (threshold > 2)
            SecretSharing.Combine([.. shares.Take(threshold - 1)]).ShouldNotBe(secret);
    }

    // By hand: the line 42 + 3x over GF(2^8) at 1 and 2 is 42^3 and 42^6.
    [Fact]
    public void A_share_is_the_value_and_then_the_place() =>
        SecretSharing.Combine([[42 ^ 3, 1], [42 ^ 6, 2]]).ShouldBe([(byte)42]);

    [Fact]
    public void What_are_no_shares_of_one_secret_give_nothing()
    {
        SecretSharing.Combine([[1, 1]]).ShouldBeNull();
        SecretSharing.Combine([[1, 1], [2, 1]]).ShouldBeNull("one place twice");
        SecretSharing.Combine([[1, 1], [2, 3, 2]]).ShouldBeNull("other lengths");
        SecretSharing.Combine([[1], [2]]).ShouldBeNull("nothing in them");
    }
}
