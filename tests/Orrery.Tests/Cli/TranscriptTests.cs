using Orrery.Cli;
using Orrery.Cli.Guard;
using Orrery.Cli.Secrets;
using Orrery.Cli.Secrets.Sealing;
using Orrery.Tests.Tidy;

namespace Orrery.Tests.Cli;

public sealed class TranscriptTests
{
    public static TheoryData<string> Names => [.. ScriptFiles.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_script_goes_as_it_is_written(string name)
    {
        var said = await Transcript.PlayScriptAsync(name);
        said.ShouldNotContain(SimulatedCloud.Token);
        said.ShouldNotContain(SimulatedCloud.GitHubToken);
        said.ShouldNotMatch("AGE-SECRET-KEY-1[A-Z0-9]{8}");
    }

    [Fact]
    public void Every_code_of_the_command_line_is_provoked_by_some_script()
    {
        // Those of forwards need real machines and stand in tests of their own.
        var forwards = SourceTree.Read("tests/Orrery.Tests/Cli/Access/SshAndTunnelTests.cs");
        // So do repositories and keys.
        var others = string.Concat(SourceTree.Files("tests/Orrery.Tests/Cli/Guard", ".cs")
            .Concat(SourceTree.Files("tests/Orrery.Tests/Cli/Sealing", ".cs")).Select(SourceTree.Read));
        var scripts = string.Concat(ScriptFiles.Names.SelectMany(name => ScriptFiles.Read(name).Lines))
            + forwards + others;
        // A bug of ours cannot be provoked from outside; FailuresTests makes one.
        new[] { CliCodes.Family, SecretCodes.Family, SealCodes.Family, GuardCodes.Family }
            .SelectMany(family => family.Codes).Select(code => code.Code)
            .Where(code => code != CliCodes.Bug.Code)
            .Where(code => !scripts.Contains(code, StringComparison.Ordinal)).ShouldBeEmpty();
    }
}
