using Orrery.Engine.Ports;
using Orrery.Model.Values;
using Orrery.Providers.Hetzner;

namespace Orrery.Tests.Providers;

/// <summary>Whose a thing is, within what Hetzner allows in labels.</summary>
public class OwnerLabelsTests
{
    [Theory]
    [InlineData("cosmos", true)]
    [InlineData("a", true)]
    [InlineData("prod.hetzner.server.cosmos-0", true)]
    [InlineData("a_b", true)]
    [InlineData("", false)]
    [InlineData("a/b", false)]
    [InlineData("-a", false)]
    [InlineData("a-", false)]
    [InlineData("a.", false)]
    [InlineData("ä", false)]
    [InlineData("a b", false)]
    public void A_label_value_has_its_rules(string text, bool valid) => OwnerLabels.IsValue(text).ShouldBe(valid);

    [Theory]
    [InlineData(63, true)]
    [InlineData(64, false)]
    public void A_label_value_has_its_length(int length, bool valid) =>
        OwnerLabels.IsValue(new string('a', length)).ShouldBe(valid);

    [Fact]
    public void The_owner_is_written_and_read_back()
    {
        var address = ResourceAddress.Of("prod", "hetzner/server", "cosmos-0");
        var owner = new Owner("cosmos-0a1b2c3d", address.Hash, 3);

        var labels = OwnerLabels.Of(owner, address);

        labels["orrery.dev/name"].ShouldBe("prod.hetzner.server.cosmos-0");
        labels.Values.ShouldAllBe(value => OwnerLabels.IsValue(value));
        OwnerLabels.Read(labels).ShouldBe(owner);
    }

    [Fact]
    public void A_long_address_is_only_hashed()
    {
        var address = ResourceAddress.Of("prod", "hetzner/volume", new string('x', 60));

        OwnerLabels.Of(new Owner("p", address.Hash, 1), address).Keys.Order().ShouldBe(
            ["orrery.dev/address", "orrery.dev/generation", "orrery.dev/platform"]);
    }

    [Theory]
    [InlineData("orrery.dev/platform")]
    [InlineData("orrery.dev/address")]
    [InlineData("orrery.dev/generation")]
    public void Half_an_owner_is_none(string missing)
    {
        var address = ResourceAddress.Of("prod", "hetzner/server", "cosmos-0");
        var labels = OwnerLabels.Of(new Owner("p", address.Hash, 1), address);
        labels.Remove(missing);

        OwnerLabels.Read(labels).ShouldBeNull();
    }

    [Fact]
    public void The_list_asks_for_the_platform_alone() =>
        OwnerLabels.Selector("cosmos-0a1b2c3d").ShouldBe("label_selector=orrery.dev%2Fplatform%3D%3Dcosmos-0a1b2c3d");
}
