using Orrery.Model.Values;

namespace Orrery.Tests.Model;

public sealed class AddressRangeTests
{
    [Theory]
    [InlineData("10.2.1.1", "10.2.1.1", 1)]
    [InlineData("10.2.1.1-10.2.1.3", "10.2.1.1-10.2.1.3", 3)]
    [InlineData("10.2.0.0/30", "10.2.0.0-10.2.0.3", 4)]
    [InlineData("10.2.0.7/32", "10.2.0.7", 1)]
    [InlineData("2001:db8::/126", "2001:db8::-2001:db8::3", 4)]
    public void A_range_is_read_with_its_first_and_last_address(string text, string shown, int count)
    {
        AddressRange.TryParse(text, out var range).ShouldBeTrue();
        range!.ToString().ShouldBe(shown);
        range.Count.ShouldBe(count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("10.2.1")]
    [InlineData("10.2.1.256")]
    [InlineData("10.2.1.01")]
    [InlineData("0x0a.2.1.1")]
    [InlineData("10.2.1.9-10.2.1.1")]
    [InlineData("10.2.1.1-2001:db8::1")]
    [InlineData("10.2.1.0/33")]
    [InlineData("10.2.1.7/24")]
    [InlineData("fe80::1%eth0")]
    public void What_is_no_range_is_refused(string text) => AddressRange.TryParse(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData("0.0.0.0/0")]
    [InlineData("10.2.0.0/16")]
    [InlineData("10.2.0.7/32")]
    [InlineData("::/0")]
    [InlineData("2001:db8::/32")]
    public void A_network_is_written_as_it_was_read(string text)
    {
        AddressRange.TryParseCidr(text, out var range).ShouldBeTrue();
        range!.ToCidr().ShouldBe(text);
    }

    [Fact]
    public void Ranges_of_different_families_never_meet()
    {
        AddressRange.TryParse("0.0.0.0/0", out var four).ShouldBeTrue();
        AddressRange.TryParse("::/0", out var six).ShouldBeTrue();
        four!.Overlaps(six!).ShouldBeFalse();
        six!.Contains(four).ShouldBeFalse();
    }
}
