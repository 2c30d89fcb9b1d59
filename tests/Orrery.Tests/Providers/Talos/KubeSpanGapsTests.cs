using Orrery.Providers.Talos;
using Orrery.Providers.Talos.Api;

namespace Orrery.Tests.Providers.Talos;

public sealed class KubeSpanGapsTests
{
    [Fact]
    public void Machines_that_are_all_up_to_each_other_lack_nothing() =>
        KubeSpanGaps.Of([Said("a", Up("b"), Up("c")), Said("b", Up("a"), Up("c")), Said("c", Up("a"), Up("b"))])
            .IsWhole.ShouldBeTrue();

    [Fact]
    public void Who_is_missing_silent_or_cannot_be_asked_is_named_with_what_to_look_at()
    {
        var gaps = KubeSpanGaps.Of(
        [
            new MachinePeers("c", [], "connection refused"),
            Said("b", new KubeSpanPeer("a", KubeSpanState.Unknown, ""), Up("c")),
            Said("a", new KubeSpanPeer("b", KubeSpanState.Down, "10.0.0.2:51820")),
        ]);

        gaps.IsWhole.ShouldBeFalse();
        gaps.Summary.ShouldBe("missing: 4; a has its peer b (10.0.0.2:51820) in the state down");
        gaps.Explain().ShouldBe("""
            KubeSpan does not connect all machines
            a has its peer b (10.0.0.2:51820) in the state down
            a does not know its peer c
            b has its peer a in the state unknown
            c cannot be asked: connection refused
            look whether UDP 51820 is open between these machines, both ways
            look whether cluster.discovery is enabled there, and TCP 443 open to discovery.talos.dev
            """);
    }

    /// <summary>Discovery remembers for half an hour whoever went without a word.</summary>
    [Fact]
    public void Machines_that_are_gone_and_keys_of_before_do_not_count() =>
        KubeSpanGaps.Of(
        [
            Said("a", Down("b"), Up("b"), Down("gone")),
            Said("b", Up("a"), Down("a")),
        ]).IsWhole.ShouldBeTrue();

    [Fact]
    public void Many_gaps_are_told_in_few_lines()
    {
        var nodes = Enumerable.Range(0, 6).Select(number => $"node-{number}").ToArray();

        var lines = KubeSpanGaps.Of(nodes.Select(node => Said(node))).Explain().Split('\n');

        lines.Length.ShouldBe(15);
        lines[13].ShouldBe("and 18 more");
    }

    private static MachinePeers Said(string node, params KubeSpanPeer[] peers) => new(node, [.. peers], null);

    private static KubeSpanPeer Up(string label) => new(label, KubeSpanState.Up, "10.0.0.1:51820");

    private static KubeSpanPeer Down(string label) => new(label, KubeSpanState.Down, "10.0.0.1:51820");
}
