using Orrery.GitOps.Ordering;
using Orrery.GitOps.Trees;
using Orrery.Model.Values;

namespace Orrery.Tests.GitOps;

public sealed class TreeComparisonTests
{
    private static readonly RenderedTree Before =
        Tree(("a/kept.yaml", "1"), ("b/changed.yaml", "2"), ("gone.yaml", "3"));
    private static readonly RenderedTree After =
        Tree(("a/kept.yaml", "1"), ("b/changed.yaml", "two"), ("new.yaml", "4"));

    [Fact]
    public void Only_what_is_ours_and_unchanged_is_changed()
    {
        var files = OnDisk(Before).With("people.yaml", "theirs").With("overlays/prod/app/kustomization.yaml", "theirs");
        var comparison = TreeComparison.Of(After, Reader(files)).Value.ShouldNotBeNull();
        comparison.Missing.ShouldBe(["new.yaml"]);
        comparison.Differing.ShouldBe(["b/changed.yaml"]);
        comparison.Extra.ShouldBe(["gone.yaml"]);
        comparison.IsSame.ShouldBeFalse();
    }

    [Fact]
    public void A_tree_as_rendered_is_the_same() =>
        TreeComparison.Of(Before, Reader(OnDisk(Before))).Value.ShouldNotBeNull().IsSame.ShouldBeTrue();

    [Fact]
    public void A_run_that_died_between_two_files_is_finished()
    {
        var files = OnDisk(Before).With("new.yaml", "4").With("b/changed.yaml", "two").Without("gone.yaml");
        var comparison = TreeComparison.Of(After, Reader(files)).Value.ShouldNotBeNull();
        (comparison.Missing.Count, comparison.Differing.Count, comparison.Extra.Count).ShouldBe((0, 0, 0));
        comparison.ListIsRight.ShouldBeFalse();
    }

    [Theory]
    [InlineData("b/changed.yaml", "RENDER001")]
    [InlineData("gone.yaml", "RENDER001")]
    [InlineData("new.yaml", "RENDER002")]
    public void What_somebody_wrote_is_neither_overwritten_nor_removed(string path, string code)
    {
        var compared = TreeComparison.Of(After, Reader(OnDisk(Before).With(path, "by hand")));
        compared.Value.ShouldBeNull();
        var problem = compared.Diagnostics.ShouldHaveSingleItem();
        problem.Code.ShouldBe(code);
        problem.Detail.ShouldStartWith(path);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000  ../outside.yaml")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000  /etc/passwd")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000  a//b")]
    public void A_list_that_names_what_is_not_in_the_tree_is_refused(string line)
    {
        var files = OnDisk(Before).With(RenderedTree.ListName, line + "\n").Without("gone.yaml");
        TreeComparison.Of(Before, Reader(files)).Diagnostics.Select(d => d.Code).ShouldContain("RENDER003");
    }

    private static RenderedTree Tree(params ReadOnlySpan<(string, string)> files) =>
        new(ValueMap.Of(files), ValueMap<Order>.Empty);

    private static ValueMap<string> OnDisk(RenderedTree tree) => tree.Files.With(RenderedTree.ListName, tree.List);

    private static Func<string, string?> Reader(ValueMap<string> files) =>
        path => files.TryGetValue(path, out var text) ? text : null;
}
