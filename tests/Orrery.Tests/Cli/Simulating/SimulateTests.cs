using System.Text.RegularExpressions;
using Orrery.Tests.Programs;

namespace Orrery.Tests.Cli.Simulating;

/// <summary>
/// What people have installed works in the world that <c>simulate</c> serves, in which a platform was made.
/// </summary>
public sealed partial class SimulateTests : IClassFixture<SimulateTests.Made>
{
    private const string Settings = """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: NAME, namespace: default}
        data: {colour: red}
        """;

    private readonly ServedPlatform _served;

    public SimulateTests(Made made) => _served = made.Served;

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
        status.Output.Split("\"state\": \"ready\"").Length.ShouldBe(29);
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

    [ProgramFact("kubectl")]
    public async Task Kubectl_sees_the_node_and_refuses_strangers()
    {
        (await _served.OutputAsync("kubectl", "get", "nodes")).ShouldContain("cosmos-0   Ready");
        // The certificate of the server is verified, and who shows none of his own is nobody.
        var server = await _served.OutputAsync(
            "kubectl", "config", "view", "-o", "jsonpath={.clusters[0].cluster.server}");
        var stranger = await _served.RunAsync(
            "kubectl", "", "get", "ns", "--kubeconfig=/dev/null", "--insecure-skip-tls-verify", $"--server={server}",
            "--token=guessed");
        stranger.Error.ShouldContain("You must be logged in to the server");
    }

    [ProgramFact("kubectl")]
    public async Task Kubectl_applies_tries_and_is_told_of_conflicts()
    {
        var red = Settings.Replace("NAME", "one", StringComparison.Ordinal);
        var blue = red.Replace("red", "blue", StringComparison.Ordinal);
        (await ApplyAsync(red)).Output.ShouldContain("configmap/one created");
        (await ApplyAsync(blue, "--dry-run=server")).Output.ShouldContain("configmap/one configured (server dry run)");
        (await _served.OutputAsync("kubectl", "get", "cm", "one", "-o", "jsonpath={.data.colour}")).ShouldBe("red");
        (await ApplyAsync(blue, "--server-side", "--field-manager=other")).Error.ShouldContain("conflict");
        (await ApplyAsync(blue, "--server-side", "--field-manager=other", "--force-conflicts")).Code.ShouldBe(0);
    }

    [ProgramFact("kubectl")]
    public async Task Kubectl_watches_and_waits()
    {
        var two = Settings.Replace("NAME", "two", StringComparison.Ordinal);
        (await ApplyAsync(two)).Code.ShouldBe(0);
        var watching = _served.RunAsync(
            "timeout", "", "4", "kubectl", "get", "cm", "--watch-only", "--output-watch-events");
        await Task.Delay(TimeSpan.FromSeconds(1.5), TimeProvider.System);
        var waiting = _served.RunAsync("kubectl", "", "wait", "cm/two", "--for=delete", "--timeout=20s");
        await _served.OutputAsync("kubectl", "delete", "cm", "two");
        (await waiting).Code.ShouldBe(0);
        (await watching).Output.ShouldMatch(@"DELETED +two");
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

    private Task<ServedPlatform.Ended> ApplyAsync(string text, params string[] options) =>
        _served.RunAsync("kubectl", text, ["apply", "-f", "-", .. options]);

    /// <summary>What was drawn may differ, but must stand at the same places.</summary>
    private static void Same(string actual, string expected) =>
        Drawn.Numbered(actual.Trim()).Split('\n').ShouldBe(Drawn.Numbered(expected.Trim()).Split('\n'));

    private static IEnumerable<string> Outside(string ns, IEnumerable<string> things) =>
        things.Where(thing => !thing.Contains($" {ns} ", StringComparison.Ordinal));

    [GeneratedRegex(@"^\{\n[^\0]*?^\}\n", RegexOptions.Multiline)]
    private static partial Regex Objects();

    /// <summary>A platform that <c>orrery up</c> made over the sockets.</summary>
    public sealed class Made : IAsyncLifetime
    {
        private ServedPlatform? _served;

        internal ServedPlatform Served => _served.ShouldNotBeNull();

        public async Task InitializeAsync()
        {
            _served = await ServedPlatform.StartAsync();
            var up = await _served.OrreryAsync("up", "site", "--yes");
            up.Code.ShouldBe(0, up.Error);
            await Eventually.HoldsAsync(() => _served.Variable("KUBECONFIG") is not null, "a cluster is told of");
        }

        public async Task DisposeAsync()
        {
            if (_served is not null)
                await _served.DisposeAsync();
        }
    }
}
