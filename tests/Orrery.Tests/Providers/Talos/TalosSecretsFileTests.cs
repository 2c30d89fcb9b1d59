using Orrery.Model.Documents;
using Orrery.Providers.Talos.Configuration;
using Orrery.Tests.Contracts;
using Orrery.Tests.Secrets;

namespace Orrery.Tests.Providers.Talos;

public class TalosSecretsFileTests
{
    [ContractTheory]
    [InlineData("generate/secrets/testdata/secrets.yaml")]
    [InlineData("types/v1alpha1/testdata/stability/secrets.yaml")]
    public void A_file_of_talosctl_is_read_and_written_as_it_was(string path)
    {
        var file = File.ReadAllText(TalosContract.Machinery("config", path));
        var secrets = TalosSecretsFile.Read(file);
        YamlDocuments.Read(TalosSecretsFile.Write(secrets).AsText()!).ShouldBe(YamlDocuments.Read(file));
        TalosSecretsFile.Of(TalosSecretsFile.TextsOf(secrets)).ShouldBe(secrets);
    }

    [Fact]
    public void Secrets_of_our_own_are_read_as_they_were_written()
    {
        var secrets = TalosSecretsTests.Make(1);
        TalosSecretsFile.Read(TalosSecretsFile.Write(secrets).AsText()!).ShouldBe(secrets);
        $"{TalosSecretsFile.Write(secrets)}".ShouldBe("(sensitive)");
    }

    [ContractFact]
    public void A_file_whose_certificates_are_none_is_refused_without_showing_it()
    {
        var file = File.ReadAllText(
            TalosContract.Machinery("config", "generate", "secrets", "testdata", "invalid-secrets.yaml"));
        Should.Throw<FormatException>(() => TalosSecretsFile.Read(file)).Message
            .ShouldStartWith("the secrets of Talos");
    }

    [Theory]
    [InlineData("cluster.id", "the secrets of Talos lack cluster.id")]
    [InlineData("certs.os.key", "the secrets of Talos lack certs.os.key")]
    [InlineData(
        "secrets.secretboxencryptionsecret",
        "the secrets of Talos must have either secrets.secretboxencryptionsecret or secrets.aescbcencryptionsecret")]
    public void What_lacks_something_is_refused(string path, string expected)
    {
        var texts = TalosSecretsFile.TextsOf(TalosSecretsTests.Make(1)).Without(path);
        Should.Throw<FormatException>(() => TalosSecretsFile.Of(texts)).Message.ShouldBe(expected);
    }

    [Theory]
    [InlineData("- a list")]
    [InlineData("certs: {os: {key: hunter2!}}")]
    [InlineData("a: [unclosed")]
    public void What_is_no_such_file_is_refused_without_quoting_it(string file) =>
        Should.Throw<FormatException>(() => TalosSecretsFile.Read(file)).Message
            .ShouldBe("the file is not what talosctl gen secrets writes");
}
