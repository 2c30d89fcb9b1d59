using Orrery.Model.Values;

namespace Orrery.Tests.Model;

public sealed class ResourceAddressTests
{
    [Theory]
    [InlineData("4711", "prod/hetzner/server/stray-4711")]
    [InlineData("57841ad0/v1/Namespace//argocd", "prod/hetzner/server/stray-57841ad0-v1-Namespace--argocd")]
    [InlineData("ümlaut id", "prod/hetzner/server/stray--mlaut-id")]
    public void A_thing_that_nobody_names_has_an_address_after_its_id_whatever_that_has(string id, string address) =>
        ResourceAddress.OfStray("prod", "hetzner/server", id).Text.ShouldBe(address);

    [Fact]
    public void Of_a_long_id_the_end_tells_it_from_others() =>
        ResourceAddress.OfStray("prod", "hetzner/server", new string('a', 400) + "/web").Name.ShouldEndWith("a-web");
}
