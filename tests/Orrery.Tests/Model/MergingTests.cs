using Orrery.Model.Platforms;
using Orrery.Model.Spec;

namespace Orrery.Tests.Model;

public sealed class MergingTests
{
    private const string Platform = """
        apiVersion: orrery.dev/v1
        kind: Platform
        metadata: { name: demo }
        spec:
          repository: { url: https://github.com/example/demo }
          recovery:
            recipients: [age10nqexd2jhs7vgz0gj0f77c4kut6td6e5l83za4xfpelkam7y4qys22gxmm]
            identity: { env: ORRERY_IDENTITY }
          infrastructure: { hetzner: { token: { env: SHARED_TOKEN }, location: fsn1 } }
        ---
        apiVersion: orrery.dev/v1
        kind: Cluster
        metadata: { name: base }
        spec:
          distribution: { k3s: { kubernetes: v1.34.3+k3s3 } }
          nodePools:
            main: { role: control-plane, count: 1, type: cx33, alternatives: { types: [cx43, cpx32] } }
            work: { role: worker, count: 2, type: cx23 }
          profiles:
            large: { nodePools: { work: { count: 5 } } }

        """;

    [Fact]
    public void A_cluster_takes_over_what_it_does_not_say()
    {
        const string More = "{ role: worker, count: 1, type: cax11 }";
        var clusters = Read(Inheriting($"{{ inherits: base, nodePools: {{ work: {{ count: 3 }}, more: {More} }} }}"));
        clusters["next"].NodePools.Keys.ShouldBe(["main", "more", "work"]);
        clusters["next"].NodePools["work"].Count.ShouldBe(3);
        clusters["next"].NodePools["work"].Types.ShouldBe(["cx23"]);
        clusters["base"].NodePools["work"].Count.ShouldBe(2);
    }

    [Fact]
    public void A_list_replaces_the_inherited_list()
    {
        const string Pool = "main: { alternatives: { types: [cx53] } }";
        var next = Read(Inheriting($"{{ inherits: base, nodePools: {{ {Pool} }} }}"))["next"];
        next.NodePools["main"].Types.ShouldBe(["cx33", "cx53"]);
    }

    [Fact]
    public void A_choice_replaces_the_inherited_choice_whole()
    {
        const string Other = "{ hetzner: { token: { env: OTHER }, location: nbg1 } }";
        var basis = Inheriting($"{{ inherits: base, infrastructure: {Other} }}");
        var text = basis + "---\napiVersion: orrery.dev/v1\nkind: Cluster\nmetadata: { name: third }\n"
            + "spec: { inherits: next, infrastructure: { hetzner: { location: hel1 } } }\n";
        var read = Declaration.Read([new SourceFile("platform.yaml", text)], profile: null);
        read.Diagnostics.Where(d => d.Code == "SPEC014").ShouldHaveSingleItem().Detail.ShouldContain("`token`");
    }

    [Fact]
    public void An_empty_value_changes_nothing_that_is_inherited() =>
        Read(Inheriting("{ inherits: base, nodePools: { work: } }"))["next"].NodePools["work"].Count.ShouldBe(2);

    [Fact]
    public void The_infrastructure_of_the_platform_is_that_of_clusters_without_one()
    {
        var hetzner = Read(Platform)["base"].Infrastructure.ShouldBeOfType<Infrastructure.Hetzner>();
        hetzner.Token.ShouldBe(new SecretReference.Env("SHARED_TOKEN"));
    }

    [Fact]
    public void A_profile_is_laid_over_each_cluster_that_has_it()
    {
        var clusters = Read(Inheriting("{ inherits: base, nodePools: { work: { count: 3 } } }"), "large");
        clusters["base"].NodePools["work"].Count.ShouldBe(5);
        clusters["next"].NodePools["work"].Count.ShouldBe(5);
    }

    [Fact]
    public void Documents_of_several_files_are_one_declaration()
    {
        var parts = Platform.Split("---\n");
        var files = new[] { new SourceFile("a.yaml", parts[0]), new SourceFile("b.yaml", parts[1]) };
        Declaration.Read(files, profile: null).Value.ShouldNotBeNull().Clusters.Keys.ShouldBe(["base"]);
    }

    private static string Inheriting(string spec) =>
        $"{Platform}---\napiVersion: orrery.dev/v1\nkind: Cluster\nmetadata: {{ name: next }}\nspec: {spec}\n";

    private static Orrery.Model.Values.ValueMap<Cluster> Read(string text, string? profile = null) =>
        Declaration.Read([new SourceFile("platform.yaml", text)], profile).Value.ShouldNotBeNull().Clusters;
}
