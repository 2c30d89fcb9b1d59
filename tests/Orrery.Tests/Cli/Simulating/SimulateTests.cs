using System.Text.RegularExpressions;
using Orrery.Tests.Programs;

namespace Orrery.Tests.Cli.Simulating;

/// <summary>
/// What people have installed works in the world that <c>simulate</c> serves, in which a platform was made.
/// </summary>
[Collection(nameof(MadePlatform))]
public sealed partial class SimulateTests
{
    private readonly ServedPlatform _served;

    public SimulateTests(MadePlatform made) => _served = made.Served;

    [ProgramFact("kubectl")]
    public async Task A_platform_made_over_sockets_is_the_same_as_one_made_in_process()
    {
        var state = await _served.OrreryAsync("state", "show", "site", "--output", "json");
        var status = await _served.OrreryAsync("status", "site", "--output", "json");
        var things = await _served.ThingsAsync();
        var here = await Transcript.PlayAsync(
            "orrery init site --recipient $RECIPIENT",
            "env HCLOUD_TOKEN=$TOKEN ORRERY_IDENTITY=$IDENTITY GH_PAT=$PAT ARIES_PUB=$SSHKEY ARIES=$SSHSECRET",
            "orrery up site --yes --output json",
            "orrery state show site --output json",
            "orrery status site --output json",
            "cloud shows");
        // What each command wrote, in turn.
        var outputs = Objects().Matches(here).Select(match => match.Value).ToArray();
        Same(state.Output, outputs[1]);
        Same(status.Output, outputs[2]);
        status.Output.Split("\"state\": \"ready\"").Length.ShouldBe(30);
        var expected = here[(here.LastIndexOf("\n}\n", StringComparison.Ordinal) + 3)..]
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith("warning:", StringComparison.Ordinal));
        // What other tests here make is in a namespace of its own.
        Same(string.Join('\n', Outside("default", things)), string.Join('\n', Outside("default", expected)));
    }

    [Fact]
    public async Task A_second_time_there_is_nothing_to_do() =>
        (await _served.OrreryAsync("up", "site", "--yes")).Output.ShouldBe("cosmos is as declared: nothing to do\n");

    [ProgramFact("hcloud")]
    public async Task Hcloud_lists_and_describes_what_was_made()
    {
        string[] only = ["-o", "noheader", "-o", "columns=name"];
        foreach (var (kind, name) in new[]
        {
            ("server", "cosmos-prod-cosmos-0-g1"), ("volume", "cosmos-prod-cosmos-0-data-volume-g1"),
            ("firewall", "cosmos-prod-nodes-g1"), ("floating-ip", "adopted-1"),
        })
        {
            (await _served.OutputAsync("hcloud", [kind, "list", .. only])).Trim().ShouldBe(name);
            (await _served.OutputAsync("hcloud", kind, "describe", name)).ShouldContain(name);
        }

        (await _served.RunAsync("hcloud", "", "server", "describe", "nobody")).Code.ShouldBe(1);
    }

    [ProgramFact("git")]
    public async Task Git_clones_and_pushes_where_the_declared_repository_is()
    {
        const string url = "https://github.com/example/moonrepo";
        await _served.OutputAsync("git", "clone", "--quiet", url, "clone");
        await File.WriteAllTextAsync(Path.Combine(_served.Folder, "clone", "notes.md"), "ours\n");
        await _served.OutputAsync("git", "-C", "clone", "add", ".");
        await _served.OutputAsync(
            "git", "-C", "clone", "-c", "user.name=Ada", "-c", "user.email=ada@example.org", "commit", "-qm", "Begin");
        await _served.OutputAsync("git", "-C", "clone", "push", "--quiet", "origin", "HEAD:main");
        var head = await _served.OutputAsync("git", "-C", "clone", "rev-parse", "HEAD");
        (await _served.OutputAsync("git", "ls-remote", url, "refs/heads/main")).ShouldStartWith(head.Trim());
    }

    /// <summary>What was drawn may differ, but must stand at the same places.</summary>
    private static void Same(string actual, string expected) =>
        Drawn.Numbered(actual.Trim()).Split('\n').ShouldBe(Drawn.Numbered(expected.Trim()).Split('\n'));

    private static IEnumerable<string> Outside(string ns, IEnumerable<string> things) =>
        things.Where(thing => !thing.Contains($" {ns} ", StringComparison.Ordinal));

    [GeneratedRegex(@"^\{\n[^\0]*?^\}\n", RegexOptions.Multiline)]
    private static partial Regex Objects();
}
