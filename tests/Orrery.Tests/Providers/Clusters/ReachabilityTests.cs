using Orrery.Model.Values;
using Orrery.Providers.Clusters.Probes;

namespace Orrery.Tests.Providers.Clusters;

/// <summary>What pods say of whom they reach becomes a diagnosis that names nodes.</summary>
public sealed class ReachabilityTests
{
    private const string Service = "10.96.0.9:80";

    private static readonly ValueMap<string> Targets = ValueMap.Of(
        ("a", "10.0.0.1:8080"), ("b", "10.0.1.1:8080"), ("c", "10.0.2.1:8080"), ("d", "[fd00::4]:8080"));

    [Fact]
    public void Where_no_pod_complains_the_network_is_whole() =>
        Read(("a", ""), ("b", ""), ("c", "\n"), ("d", "")).IsWhole.ShouldBeTrue();

    [Theory]
    [InlineData("a", "10.0.1.1:8080 wget: download timed out", "a does not reach b (10.0.1.1:8080): wget: download")]
    [InlineData("b", "[fd00::4]:8080 wget: no route", "b does not reach d ([fd00::4]:8080): wget: no route")]
    [InlineData("c", "10.96.0.9:80 wget: refused", "c does not reach services (10.96.0.9:80): wget: refused")]
    [InlineData("c", "10.0.0.1:8080", "c does not reach a (10.0.0.1:8080): it does not answer")]
    public void A_way_that_is_closed_is_named_with_both_ends(string from, string said, string told)
    {
        var seen = Read((from, said));

        seen.IsWhole.ShouldBeFalse();
        seen.Explain("cilium", isEncrypted: false).ShouldContain(told);
    }

    [Fact]
    public void What_a_shell_says_besides_is_nobodys_way() =>
        Read(("a", "sh: can't fork: try again\n10.9.9.9:8080 wget: bad address")).IsWhole.ShouldBeTrue();

    [Theory]
    [InlineData("a>b a>c a>d b>a c>a d>a", "a")]
    [InlineData("a>b", "a")]
    [InlineData("b>a c>a", "a")]
    [InlineData("a>b c>d", "a, c")]
    [InlineData("a>s", "a")]
    [InlineData("a>s b>s b>a c>a", "a")]
    [InlineData("a>b b>a c>s", "a, c")]
    public void The_fewest_nodes_that_explain_all_are_where_to_look(string closed, string suspects)
    {
        var said = closed.Split(' ').GroupBy(way => way[..1], way => way[2..])
            .Select(way => (way.Key, string.Join('\n', way.Select(to =>
                $"{(to == "s" ? Service : Targets[to])} wget: download timed out")))).ToArray();

        var seen = Read(said);

        string.Join(", ", seen.Suspects).ShouldBe(suspects);
        seen.Explain("cilium", isEncrypted: false).ShouldEndWith($"look at cilium in kube-system on {suspects}");
    }

    [Fact]
    public void A_pod_that_cannot_be_asked_is_named_with_the_reason()
    {
        var seen = Reachability.Read(Targets, Service, [("b", new PodAnswer("", "tls: internal error"))]);

        seen.IsWhole.ShouldBeFalse();
        seen.Summary.ShouldBe("b cannot be asked: tls: internal error");
        seen.Explain("flannel", isEncrypted: false).ShouldEndWith("look at flannel in kube-system on b");
    }

    [Fact]
    public void A_network_of_many_nodes_is_told_in_few_lines()
    {
        var many = ValueMap.From(Enumerable.Range(0, 40)
            .Select(i => KeyValuePair.Create($"node-{i:00}", $"10.0.{i}.1:8080")));
        var said = string.Join('\n', many.Values.Skip(1).Select(target => $"{target} wget: download timed out"));

        var seen = Reachability.Read(many, Service, [("node-00", new PodAnswer(said, null))]);

        seen.Explain("cilium", isEncrypted: true).Split('\n').Length.ShouldBe(15);
        seen.Explain("cilium", isEncrypted: true).ShouldContain("and 27 more");
        seen.Explain("cilium", isEncrypted: true).ShouldEndWith(
            "on node-00, and whether UDP 51820 is open between the nodes, for KubeSpan");
    }

    private static Reachability Read(params (string Node, string Said)[] answers) => Reachability.Read(
        Targets, Service, answers.Select(answer => (answer.Node, new PodAnswer(answer.Said, null))));
}
