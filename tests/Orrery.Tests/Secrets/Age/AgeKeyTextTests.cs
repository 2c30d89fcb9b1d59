using Orrery.Secrets.Age;

namespace Orrery.Tests.Secrets.Age;

public class AgeKeyTextTests
{
    // The example of the specification, c2sp.org/age.
    private const string Identity = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";
    private const string Recipient = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";

    [Fact]
    public void The_example_of_the_specification_is_read_and_written()
    {
        AgeIdentity.TryParse(Identity, out var identity).ShouldBeTrue();
        identity!.Export().ShouldBe(Identity);
        identity.Recipient.ToString().ShouldBe(Recipient);
        AgeRecipient.TryParse(Recipient, out var recipient).ShouldBeTrue();
        recipient.ShouldBe(identity.Recipient);
        recipient!.GetHashCode().ShouldBe(identity.Recipient.GetHashCode());
    }

    [Fact]
    public void An_identity_as_text_does_not_show_its_secret()
    {
        AgeIdentity.TryParse(Identity, out var identity).ShouldBeTrue();
        identity!.ToString().ShouldBe($"(identity of {Recipient})");
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("age1")]
    [InlineData("age1qqqqqq")]
    [InlineData("age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujw")]
    [InlineData("age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwq")]
    [InlineData("age1Zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj")]
    [InlineData("age1bvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj")]
    [InlineData(" age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj")]
    [InlineData(Identity)]
    public void What_is_no_recipient_is_refused(string text) =>
        AgeRecipient.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void A_recipient_is_no_identity() => AgeIdentity.TryParse(Recipient, out _).ShouldBeFalse();

    [Fact]
    public void An_identity_file_may_have_comments_and_several_identities()
    {
        var other = AgeIdentity.Generate(SeededRandom.From(4));
        var text = $"# public key: {Recipient}\n{Identity}\r\n\n{other.Export()}\n";
        IdentityFile.TryParse(text, out var identities, out var problem).ShouldBeTrue();
        problem.ShouldBeNull();
        identities.Select(identity => identity.Export()).ShouldBe([Identity, other.Export()]);
    }

    [Theory]
    [InlineData("", "it holds no age identity (AGE-SECRET-KEY-1…)")]
    [InlineData("# only a comment\n", "it holds no age identity (AGE-SECRET-KEY-1…)")]
    [InlineData(Identity + "\nAGE-SECRET-KEY-1ALMOST\n", "line 2 is not an age identity (AGE-SECRET-KEY-1…)")]
    public void An_identity_file_that_cannot_be_read_says_where_and_not_what(string text, string expected)
    {
        IdentityFile.TryParse(text, out _, out var problem).ShouldBeFalse();
        problem.ShouldBe(expected);
    }
}
