using Orrery.Cli.Commands;
using Orrery.Tests.Cli;
using Orrery.Tests.GitOps;
using Orrery.Tests.Tidy;

namespace Orrery.Tests.Docs;

/// <summary>What the documents tell a user to type works, line after line, in a folder of its own.</summary>
public sealed class DocumentCommandsTests
{
    /// <summary>What a guide builds upon: the lines of another one, up to and with the one named.</summary>
    private static readonly Dictionary<string, (string Document, string Until)> Begins = new()
    {
        ["docs/guides/edge.md"] = ("docs/guides/first-cluster.md", "orrery init my-platform --example cosmos"),
        ["docs/guides/flux.md"] = ("docs/guides/first-cluster.md", "orrery rehearse my-platform"),
        ["docs/guides/rehearse.md"] = ("docs/guides/first-cluster.md", "orrery init my-platform --example cosmos"),
        ["docs/guides/rebuild.md"] = ("docs/guides/first-cluster.md", "orrery up my-platform"),
        ["docs/guides/keys.md"] = ("docs/guides/first-cluster.md", "orrery up my-platform"),
        ["docs/guides/kubeconfigs.md"] = ("docs/guides/first-cluster.md", "orrery up my-platform"),
        ["docs/guides/recovery.md"] = ("docs/guides/first-cluster.md", "orrery up my-platform"),
        ["docs/guides/sealed-secrets.md"] = ("docs/guides/first-cluster.md", "orrery up my-platform"),
        ["docs/guides/state.md"] = ("docs/guides/first-cluster.md", "orrery up my-platform"),
    };

    /// <summary>How a guide tells to change the example.</summary>
    private static readonly Dictionary<string, Func<string, string>> Edits = new()
    {
        ["docs/guides/edge.md"] = _ => SourceTree.Read("tests/Orrery.Tests/Rehearsal/Edge/platform.yaml"),
        ["docs/guides/flux.md"] = FluxPlatform.Of,
        ["docs/guides/proxmox.md"] = static cloudlab => cloudlab.Replace(
            """token: { sops: "secrets/proxmox.sops.json#proxmox_api_token" }""",
            "bootstrap: { ssh: root@pve.home.arpa }\n"
            + "      users: { provisioner: { role: provisioner }, csi: { role: csi } }",
            StringComparison.Ordinal).Replace(
            cloudlab.Split('\n').Single(line => line.Contains("fingerprint: ", StringComparison.Ordinal)),
            "      tls: { ca: pve-root-ca.pem }", StringComparison.Ordinal),
    };

    /// <summary>
    /// All but what a real shell follows, in <see cref="Cli.Simulating.SimulateGuideTests"/>, and those that
    /// <see cref="LaterDocumentCommandsTests"/> follows beside.
    /// </summary>
    public static TheoryData<string> Documents => [.. Named(isLater: false), "README.md"];

    [Theory]
    [MemberData(nameof(Documents))]
    public Task Every_command_of_a_document_works(string path) => FollowAsync(path);

    /// <summary>The guides, in two halves of which each takes about as long.</summary>
    internal static IEnumerable<string> Named(bool isLater) => SourceTree.Files("docs/guides", ".md")
        .Where(path => path != Cli.Simulating.SimulateGuideTests.Guide)
        .Where(path => isLater == string.CompareOrdinal(path, "docs/guides/recovery.md") > 0);

    internal static async Task FollowAsync(string path)
    {
        var lines = ShellBlocks.Of(SourceTree.Read(path));
        lines.ShouldNotBeEmpty();
        await Transcript.FollowAsync(path, [.. Before(path), .. lines], Edits.GetValueOrDefault(path));
    }

    [Fact]
    public async Task A_command_that_does_not_work_is_found() =>
        (await Should.ThrowAsync<Exception>(() => Transcript.FollowAsync("none", ["orrery validate nowhere"])))
            .Message.ShouldContain("orrery validate nowhere");

    [Fact]
    public async Task What_no_test_can_run_is_found() =>
        (await Should.ThrowAsync<Exception>(() => Transcript.FollowAsync("none", ["curl example.org"])))
            .Message.ShouldContain("no such command");

    [Fact]
    public void Comments_and_other_blocks_are_no_commands() =>
        ShellBlocks.Of("```sh\n# first\norrery plan a  # look\n\norrery up \\\n  a\n```\n\n```\norrery x\n```\n")
            .ShouldBe(["orrery plan a", "orrery up    a"]);

    [Fact]
    public void Every_verb_stands_in_the_reference()
    {
        var reference = SourceTree.Read("docs/cli.md");
        foreach (var verb in Verbs.All)
            reference.ShouldContain($"## orrery {verb.Name}\n");
    }

    private static IEnumerable<string> Before(string path)
    {
        if (!Begins.TryGetValue(path, out var begin))
            return [];
        var lines = ShellBlocks.Of(SourceTree.Read(begin.Document)).ToList();
        lines.ShouldContain(begin.Until);
        return lines.Take(lines.LastIndexOf(begin.Until) + 1);
    }
}
