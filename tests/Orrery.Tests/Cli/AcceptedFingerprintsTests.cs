using Orrery.Cli.Invocation;
using Orrery.Model.Diagnostics;
using Orrery.Model.Spec;
using Orrery.Model.Values;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Cli;

public sealed class AcceptedFingerprintsTests
{
    private const string Given = "rMWhs9V9Y30sbs9W5KNCgVRReKGrfvV0FwMtqEX4OW8=";

    [Theory]
    [InlineData("controlplane-0")]
    [InlineData("talos/controlplane-0")]
    public void A_machine_is_named_with_or_without_its_cluster(string node) =>
        Read($"{node}={Given}").Value.ShouldNotBeNull()["talos/controlplane-0"].ShouldBe(Given);

    [Theory]
    [InlineData($"controlplane-9={Given}", "No machine that runs Talos is called 'controlplane-9'.")]
    [InlineData("controlplane-0", "'' is no fingerprint of 'controlplane-0'.")]
    [InlineData("controlplane-0=SHA256:abc", "'SHA256:abc' is no fingerprint of 'controlplane-0'.")]
    [InlineData("controlplane-0=AAAA", "'AAAA' is no fingerprint of 'controlplane-0'.")]
    public void What_is_no_machine_or_no_fingerprint_is_refused(string word, string expected)
    {
        var read = Read(word);

        read.Value.ShouldBeNull();
        read.Diagnostics.ShouldHaveSingleItem().Detail.ShouldBe(expected);
    }

    private static Diagnosed<ValueMap<string>> Read(string word)
    {
        var path = Path.Combine(
            ContractFolder.RepositoryRoot, "tests/Orrery.Tests/Rehearsal/Talos/platform.yaml");
        var platform = Declaration.Read([new SourceFile("platform.yaml", File.ReadAllText(path))], profile: null);
        return AcceptedFingerprints.Read(platform.Value.ShouldNotBeNull(), [word]);
    }
}
