using Orrery.Engine.Ports;
using Orrery.Model.Plans;
using Orrery.Model.Values;
using Orrery.Providers.Git;
using Orrery.Tests.Programs;

namespace Orrery.Tests.Providers.Git;

/// <summary>The kind <c>git/tree</c> against a real repository.</summary>
public class GitTreeHandlerTests
{
    private static readonly Owner Us = new("cosmos-1a2b3c4d", new string('0', 32), 1);

    [ProgramFact("git")]
    public async Task A_tree_is_made_found_changed_and_deleted()
    {
        using var scene = await GitScene.CreateAsync();
        await scene.TheyPushAsync("apps/theirs", "theirs");
        var handler = Handler(scene);
        var wanted = Desired(scene, ("clusters/prod/a.yaml", "a"), ("clusters/prod/b.yaml", "b"));
        var id = handler.IdOf(wanted).ShouldNotBeNull();
        (await handler.ReadAsync(id, default)).ShouldBeNull();

        var made = await handler.CreateAsync(Request(wanted), GitScene.Quiet, default);

        made.Id.ShouldBe(id);
        Differences(made, wanted).Any.ShouldBeFalse();
        made.Outputs["commit"].AsText().ShouldBe(await scene.SeeAsync("rev-parse", "main"));
        var read = (await handler.ReadAsync(id, default)).ShouldNotBeNull();
        read.ShouldBe(made);

        var changed = Desired(scene, ("clusters/prod/a.yaml", "A"));
        Differences(read, changed).Fields.ShouldBe(["files"]);
        await handler.UpdateAsync(new UpdateRequest(id, null, read.Properties, changed), GitScene.Quiet, default);
        (await scene.SeeAsync("ls-tree", "-r", "--name-only", "main")).ShouldBe("apps/theirs\nclusters/prod/a.yaml");

        await handler.DeleteAsync(new DeleteRequest(id, null, changed), GitScene.Quiet, default);
        await handler.DeleteAsync(new DeleteRequest(id, null, changed), GitScene.Quiet, default);
        (await handler.ReadAsync(id, default)).ShouldBeNull();
        (await scene.SeeAsync("ls-tree", "-r", "--name-only", "main")).ShouldBe("apps/theirs");
    }

    [ProgramFact("git")]
    public async Task A_foreign_file_in_a_folder_of_ours_is_a_difference()
    {
        using var scene = await GitScene.CreateAsync();
        var handler = Handler(scene);
        var wanted = Desired(scene, ("clusters/prod/a.yaml", "a"));
        var made = await handler.CreateAsync(Request(wanted), GitScene.Quiet, default);

        await scene.TheyPushAsync("clusters/prod/stray.yaml", "stray");

        var seen = (await handler.ReadAsync(made.Id, default)).ShouldNotBeNull();
        Differences(seen, wanted).Fields.ShouldBe(["files"]);
    }

    [ProgramFact("git")]
    public async Task Looking_changes_nothing_at_the_remote()
    {
        using var scene = await GitScene.CreateAsync();
        await scene.TheyPushAsync("clusters/prod/a.yaml", "a");
        var before = await scene.SeeAsync("for-each-ref");
        var handler = Handler(scene);

        await handler.FindExistingAsync(Request(Desired(scene, ("clusters/prod/b", "b"))), default);
        await handler.ListOwnedAsync("cosmos-1a2b3c4d", default);

        (await scene.SeeAsync("for-each-ref")).ShouldBe(before);
    }

    [ProgramFact("git")]
    public async Task A_proposal_is_pushed_and_announced()
    {
        using var scene = await GitScene.CreateAsync();
        await scene.TheyPushAsync("apps/theirs", "theirs");
        var proposals = new List<GitProposal>();
        var handler = Handler(scene, (proposal, _, _) =>
        {
            proposals.Add(proposal);
            return Task.CompletedTask;
        });
        var wanted = GitTree.Desired(
            scene.Remote, ["clusters/prod"], ValueMap.Of(("clusters/prod/a", "a")), "Render prod", "orrery/prod");

        await handler.CreateAsync(Request(wanted), GitScene.Quiet, default);

        proposals.ShouldBe([new GitProposal(scene.Remote, "orrery/prod", "Render prod")]);
        (await scene.SeeAsync("show", "orrery/prod:clusters/prod/a")).ShouldBe("a");
    }

    [Fact]
    public void A_plan_and_a_state_hold_digests_and_no_files()
    {
        const string content = "a whole manifest of many lines";
        var wanted = GitTree.Desired(
            new GitRemote("https://example.com/x", "main"), ["c"], ValueMap.Of(("c/a", content)), "m", null);

        $"{FieldDifferences.ForRecord(GitTreeHandler.Definition, wanted)}".ShouldNotContain(content);
        FieldDifferences.Between(GitTreeHandler.Definition, Value.Map.Empty, null, wanted).Reasons
            .ShouldAllBe(reason => !reason.Contains(content));
    }

    [Fact]
    public void A_file_beside_what_is_ours_is_our_mistake() =>
        Should.Throw<InvariantException>(() => GitTree.Desired(
            new GitRemote("https://example.com/x", "main"), ["c"], ValueMap.Of(("d/a", "")), "m", null));

    private static GitTreeHandler Handler(GitScene scene, Propose? propose = null)
    {
        var repository = scene.Open();
        return new GitTreeHandler(_ => repository, GitScene.Author, TimeProvider.System, propose);
    }

    private static Value.Map Desired(GitScene scene, params ReadOnlySpan<(string Path, string Content)> files) =>
        GitTree.Desired(scene.Remote, ["clusters/prod"], ValueMap.Of(files), "Render prod", null);

    private static CreateRequest Request(Value.Map desired) => new(GitScene.Quiet.Address, "prod", Us, desired);

    private static FieldDifferences Differences(Observed observed, Value.Map desired) =>
        FieldDifferences.Between(GitTreeHandler.Definition, observed.Properties, null, desired);
}
