using Orrery.Model.Documents;
using Orrery.Model.Spec.Schema;
using Orrery.Model.Spec.Yaml;

namespace Orrery.Tests.Model;

public sealed class FormsTests
{
    [Theory]
    [InlineData("", nameof(ScalarKind.Empty))]
    [InlineData("~", nameof(ScalarKind.Empty))]
    [InlineData("null", nameof(ScalarKind.Empty))]
    [InlineData("true", nameof(ScalarKind.Boolean))]
    [InlineData("yes", nameof(ScalarKind.Text))]
    [InlineData("off", nameof(ScalarKind.Text))]
    [InlineData("-12", nameof(ScalarKind.Integer))]
    [InlineData("0x1F", nameof(ScalarKind.Integer))]
    [InlineData("1.10", nameof(ScalarKind.Fraction))]
    [InlineData("1e3", nameof(ScalarKind.Fraction))]
    [InlineData("1e", nameof(ScalarKind.Text))]
    [InlineData(".", nameof(ScalarKind.Text))]
    [InlineData("-", nameof(ScalarKind.Text))]
    [InlineData("1.2.3", nameof(ScalarKind.Text))]
    [InlineData("50G", nameof(ScalarKind.Text))]
    public void A_plain_word_means_what_YAML_says(string text, string kind) =>
        ScalarKinds.Of(text).ToString().ShouldBe(kind);

    [Theory]
    [InlineData("v1.34.3+k3s3", true)]
    [InlineData("v1.35.0-rc.1+k3s1", true)]
    [InlineData("v1.34.3", false)]
    [InlineData("1.34.3+k3s3", false)]
    [InlineData("v1.34+k3s3", false)]
    [InlineData("v1.34.3+k3s", false)]
    [InlineData("v1.34.3-+k3s1", false)]
    public void A_K3s_version_names_its_revision(string text, bool valid) =>
        Versions.IsK3s(text, out _).ShouldBe(valid);

    [Theory]
    [InlineData("locaton", "location")]
    [InlineData("nodepools", "nodePools")]
    [InlineData("firewlal", "firewall")]
    [InlineData("x", null)]
    [InlineData("kubernetes", null)]
    public void The_closest_known_word_is_suggested(string written, string? expected) =>
        Suggestion.Find(written, ["location", "firewall", "nodePools"]).ShouldBe(expected);

    [Theory]
    [InlineData("ghp_0123456789abcdefghij", true)]
    [InlineData("AGE-SECRET-KEY-1QQQQQQQQQQQQ", true)]
    [InlineData("https://ops:hunter2@example.org/x", true)]
    [InlineData("https://ops@example.org/x", false)]
    [InlineData("git@github.com:example/x", false)]
    [InlineData("NqVwYS81VP7Hb1DX8pPd5khxE3pyIgKpaUnArl63XykWZeiNNCiia3anXn9k3ksu", true)]
    [InlineData("https://github.com/Example-Org/SomeLongRepositoryName2024-with-more", false)]
    [InlineData("sha1-of-a-commit-DA39A3EE5E6B4B0D3255BFEF95601890AFD80709", false)]
    [InlineData("age10nqexd2jhs7vgz0gj0f77c4kut6td6e5l83za4xfpelkam7y4qys22gxmm", false)]
    [InlineData("sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824", false)]
    [InlineData("AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11", false)]
    public void What_looks_like_a_secret_is_recognised(string text, bool secret) =>
        (SecretScan.Find(text) is not null).ShouldBe(secret);

    // The second is the recipient of the age specification's identity with its last letter changed.
    [Theory]
    [InlineData("age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj", true)]
    [InlineData("age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwk", false)]
    [InlineData("age1...", false)]
    [InlineData("AGE1ZVKYG2LQZRAA2LNJVQEJ32NKUU0UES2S82HZRYE869XEEXVN73EQUNUJWJ", false)]
    public void A_recipient_carries_a_checksum(string text, bool valid) =>
        AgeRecipient.TryParse(text, out _).ShouldBe(valid);

    [Theory]
    [InlineData("https://github.com/example/demo", true)]
    [InlineData("ssh://git@github.com:22/example/demo", true)]
    [InlineData("https://github.com", false)]
    [InlineData("https://github.com/", false)]
    [InlineData("http://github.com/example/demo", false)]
    [InlineData("git@github.com:example/demo", false)]
    [InlineData("https:///example", false)]
    [InlineData("https://github.com:no/example", false)]
    [InlineData("https://git hub.com/example", false)]
    public void A_repository_is_named_by_its_whole_URL(string text, bool valid) =>
        Forms.RepositoryUrl.Parse(text, out _).ShouldBe(valid);
}
