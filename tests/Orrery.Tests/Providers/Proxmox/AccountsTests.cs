using System.Text;
using Orrery.Engine.Ports;
using Orrery.Providers.Proxmox.Accounts;
using Orrery.Providers.Ssh;

namespace Orrery.Tests.Providers.Proxmox;

/// <summary>The users and tokens of the API, made over SSH.</summary>
public sealed class AccountsTests
{
    private const string Id = "provisioner@pve!ducktape-0a1b.talos";

    [Fact]
    public async Task A_token_comes_with_its_user_its_role_and_rights_of_its_own()
    {
        var scene = new NodeScene();

        var token = await scene.IssueAsync();

        token.Id.ShouldBe(Id);
        $"{token}".ShouldNotContain(token.Secret);
        scene.StatusWith($"{token.Id}={token.Secret}").ShouldBe(200);
        scene.Ids("user").ShouldBe(["provisioner@pve"]);
        scene.Ids("role").ShouldBe(["OrreryProvisioner"]);
        scene.Ids("acl").Count(rule => rule.Contains($" token {Id} ")).ShouldBe(5, "privilege separation");
        scene.Ids("acl").Count(rule => rule.Contains(" user provisioner@pve ")).ShouldBe(5);
        scene.Ids("acl").ShouldAllBe(rule => !rule.StartsWith("/ "), "never on everything");
    }

    [Fact]
    public async Task The_csi_role_has_what_its_plugin_documents_and_no_more()
    {
        var scene = new NodeScene();

        var token = await scene.IssueAsync(NodeScene.Request("csi"));

        AccountRights.Of("csi", NodeScene.Settings).Privileges.ShouldBe(
            ["Datastore.Allocate", "Datastore.AllocateSpace", "Datastore.Audit", "VM.Audit", "VM.Config.Disk"]);
        scene.StatusWith($"{token.Id}={token.Secret}", "/nodes/pve/status").ShouldBe(403);
    }

    [Fact]
    public void No_role_has_a_privilege_that_is_gone_in_Proxmox_9()
    {
        foreach (var role in (string[])["provisioner", "csi"])
            AccountRights.Of(role, NodeScene.Settings).Privileges.ShouldNotContain("VM.Monitor");
    }

    [Fact]
    public async Task The_secret_stands_in_no_argument()
    {
        var scene = new NodeScene();

        var token = await scene.IssueAsync();
        await scene.Accounts.RevokeAsync(token.Id, NodeScene.Operation, default);

        scene.Commands.ShouldAllBe(command => !command.Contains(token.Secret));
    }

    [Fact]
    public async Task What_an_earlier_run_did_not_keep_is_made_anew_beside_nothing_else()
    {
        var scene = new NodeScene();
        var lost = await scene.IssueAsync();

        var kept = await scene.IssueAsync();

        scene.Ids("token").ShouldBe([Id]);
        scene.StatusWith($"{lost.Id}={lost.Secret}").ShouldBe(401);
        scene.StatusWith($"{kept.Id}={kept.Secret}").ShouldBe(200);
    }

    /// <summary>A run dies, its last call is still on the way, and the next run is faster.</summary>
    [Fact]
    public async Task A_call_that_arrives_late_takes_no_token_away()
    {
        var scene = new NodeScene();
        await scene.IssueAsync();
        await scene.IssueAsync();
        var late = scene.Commands[^1];
        var kept = await scene.IssueAsync();

        (await scene.TypeAsync(late)).ExitCode.ShouldBe(1);

        scene.StatusWith($"{kept.Id}={kept.Secret}").ShouldBe(200);
        scene.Ids("token").ShouldBe([Id]);
    }

    [Fact]
    public async Task A_token_of_this_name_that_people_made_is_not_taken()
    {
        var scene = new NodeScene();
        await scene.TypeAsync("pveum user add provisioner@pve");
        await scene.TypeAsync("pveum user token add provisioner@pve ducktape-0a1b.talos --output-format json");

        var refusal = await Should.ThrowAsync<ProviderException>(() => scene.IssueAsync());

        refusal.Code.ShouldBe(ProviderErrorCode.Foreign);
        refusal.Message.ShouldContain("is there and not ours");
    }

    /// <summary>The token's own rights are the limit.</summary>
    [Fact]
    public async Task A_user_that_was_there_before_lends_the_token_none_of_its_rights()
    {
        var scene = new NodeScene();
        await scene.TypeAsync("pveum user add csi@pve");
        await scene.TypeAsync("pveum acl modify / --users csi@pve --roles Administrator");

        var token = await scene.IssueAsync(NodeScene.Request("csi"));

        scene.StatusWith($"{token.Id}={token.Secret}", "/nodes/pve/status").ShouldBe(403);
    }

    [Fact]
    public async Task Revoking_takes_one_token_and_can_be_repeated()
    {
        var scene = new NodeScene();
        var before = await scene.IssueAsync();
        var after = await scene.IssueAsync(NodeScene.Request(name: "ducktape-0a1b.talos.2"));

        await scene.Accounts.RevokeAsync(before.Id, NodeScene.Operation, default);
        await scene.Accounts.RevokeAsync(before.Id, NodeScene.Operation, default);

        scene.StatusWith($"{before.Id}={before.Secret}").ShouldBe(401);
        scene.StatusWith($"{after.Id}={after.Secret}").ShouldBe(200);
        scene.Ids("acl").ShouldAllBe(rule => !rule.Contains($"{before.Id} "));
    }

    [Fact]
    public async Task An_answer_that_is_no_JSON_is_told_without_its_words()
    {
        var scene = new NodeScene
        {
            Answer = static (command, result) => command.Contains("token add", StringComparison.Ordinal)
                ? result with { Output = Encoding.UTF8.GetBytes("value: 7f3c1e54-secret") }
                : result,
        };

        var refusal = await Should.ThrowAsync<ProviderException>(() => scene.IssueAsync());

        refusal.Message.ShouldBe("pveum gave an unreadable answer");
    }

    [Fact]
    public async Task A_node_that_nobody_accepted_is_not_spoken_to()
    {
        var scene = new NodeScene();

        var refusal = await Should.ThrowAsync<ProviderException>(() => scene.Ssh.RunAsync(
            new SshHost("pve.test", 22, "root", ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAnother"]),
            new SshCommand("true"), NodeScene.Operation, default));

        refusal.CloudCode.ShouldBe("host_key");
    }

    [Fact]
    public async Task A_node_whose_key_has_changed_is_not_spoken_to_and_its_owner_is_told_what_to_do()
    {
        var scene = new NodeScene();
        scene.Reinstall();

        var refusal = await Should.ThrowAsync<ProviderException>(() => scene.IssueAsync());

        refusal.Code.ShouldBe(ProviderErrorCode.Invalid);
        refusal.Message.ShouldContain("your known_hosts does not have the host key");
        scene.Ids("token").ShouldBeEmpty();
    }

    /// <summary>pveum.1 and pve-access-control; it ends with 255, which ssh uses for itself.</summary>
    [Theory]
    [InlineData("pveum role add R --privs VM.Audit", "create role failed: role 'R' already exists")]
    [InlineData("pveum role add S --privs VM.Monitor", "invalid format - invalid privilege 'VM.Monitor'")]
    [InlineData("pveum user add u@pve", "create user failed: user 'u@pve' already exists")]
    [InlineData("pveum user token add u@pve t", "Token already exists.")]
    [InlineData("pveum user token add nobody@pve t", "no such user ('nobody@pve')")]
    [InlineData("pveum user token remove u@pve other", "no such token 'other' for user 'u@pve'")]
    [InlineData("pveum acl modify / --roles None --users u@pve", "role 'None' does not exist")]
    [InlineData("pveum acl modify / --roles R --users nobody@pve", "user 'nobody@pve' does not exist")]
    [InlineData("pveum user add", "not enough arguments")]
    [InlineData("pveum user add v@pve --passwort x", "Unknown option: passwort")]
    [InlineData("pveum realm add x", "unknown command")]
    [InlineData("pvesh get /nodes/other/status --output-format json", "other")]
    public async Task The_simulated_node_refuses_what_a_real_one_refuses(string command, string expected)
    {
        var scene = new NodeScene();
        await scene.TypeAsync("pveum role add R --privs VM.Audit");
        await scene.TypeAsync("pveum user add u@pve");
        await scene.TypeAsync("pveum user token add u@pve t --output-format json");

        var refused = await scene.TypeAsync($"{command}; test $? = 255 && exit 7");

        refused.ExitCode.ShouldBe(7);
        refused.Error.ShouldContain(expected);
    }
}
