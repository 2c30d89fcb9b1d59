using System.Net;
using System.Net.Sockets;
using Orrery.Tests.Docs;
using Orrery.Tests.Programs;
using Orrery.Tests.Tidy;

namespace Orrery.Tests.Cli.Simulating;

/// <summary>What a new user types, in a real shell, and what he meets when something is wrong.</summary>
[Collection(nameof(MadePlatform))]
public sealed class SimulateGuideTests
{
    public const string Guide = "docs/guides/simulate.md";

    private readonly ServedPlatform _served;

    public SimulateGuideTests(MadePlatform made) => _served = made.Served;

    [ProgramFact("bash")]
    public async Task The_guide_starts_a_simulation_and_ends_it()
    {
        await using var fresh = new ServedPlatform();
        var shell = await fresh.ShellAsync(
            [.. Lines("Starting it"), "set +e", "orrery plan my-platform", "echo plan $?", "kill %1", "wait"]);
        shell.Output.ShouldContain("plan 3\n", Case.Sensitive, shell.Error);
        shell.Output.ShouldContain("28 to create");
    }

    [ProgramFact("kubectl")]
    public async Task The_guide_shows_what_can_be_done_in_it()
    {
        // The platform of these tests is made already, in a folder of another name.
        Directory.CreateSymbolicLink(Path.Combine(_served.Folder, "my-platform"), "site");
        await File.WriteAllTextAsync(
            Path.Combine(_served.Folder, "variables"), $"KUBECONFIG={_served.Variable("KUBECONFIG")}\n");
        var shell = await _served.ShellAsync(Lines("Using it"));
        shell.Code.ShouldBe(0, shell.Error);
        shell.Output.ShouldContain("nothing to do");
        shell.Output.ShouldContain("cosmos-prod-cosmos-0-g1");
        shell.Output.ShouldMatch("cosmos-0 +Ready");
        shell.Output.ShouldMatch("sealed-secrets +");
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var ended = await _served.OrreryAsync("simulate", "site", "--listen", $"{other.LocalEndpoint}");
        ended.Code.ShouldBe(1);
        ended.Output.ShouldBeEmpty();
        ended.Error.ShouldContain("[CLI019]");
        ended.Error.ShouldContain("--listen 127.0.0.1:0");
    }

    [Fact]
    public async Task A_declaration_with_mistakes_is_not_served()
    {
        await File.WriteAllTextAsync(Path.Combine(_served.Folder, "wrong.yaml"), "kind: Platform\n");
        var ended = await _served.OrreryAsync("simulate", "wrong.yaml");
        ended.Code.ShouldBe(2);
        ended.Output.ShouldBeEmpty();
        ended.Error.ShouldContain("wrong.yaml:1:1");
    }

    private static IReadOnlyList<string> Lines(string heading)
    {
        var guide = SourceTree.Read(Guide);
        var start = guide.IndexOf($"## {heading}\n", StringComparison.Ordinal);
        start.ShouldBeGreaterThan(0);
        var end = guide.IndexOf("\n## ", start, StringComparison.Ordinal);
        return ShellBlocks.Of(guide[start..end]);
    }
}
