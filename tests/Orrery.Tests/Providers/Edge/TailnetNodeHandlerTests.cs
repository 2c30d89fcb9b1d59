using Orrery.Engine.Ports;
using Orrery.Model.Plans;
using Orrery.Model.Values;
using Orrery.Providers.Ssh;

namespace Orrery.Tests.Providers.Edge;

/// <summary>A machine of people on its way into a tailnet, and out of it.</summary>
public sealed class TailnetNodeHandlerTests
{
    private readonly EdgeScene _scene = new();

    [Fact]
    public async Task It_joins_by_a_key_of_its_own_that_nobody_sees_and_nobody_can_use_again()
    {
        var request = EdgeScene.Joining();
        var made = await CreateAsync(request);

        var member = _scene.Tailnet.Members.ShouldHaveSingleItem();
        (member.Name, member.User, member.Host).ShouldBe(("behind-edge", "behind", "example.org"));
        _scene.Tailnet.OpenKeys.ShouldBeEmpty();
        _scene.Host.Machine.ReadFile("/run/orrery-tailnet-key").ShouldBeNull();
        made.Owner.ShouldBe(request.Owner);
        FieldDifferences.Between(_scene.Member.Kind, made.Properties, null, request.Desired).Any.ShouldBeFalse();
        FieldDifferences.Between(
            _scene.Member.Kind, made.Properties, null, EdgeScene.Joining("https://other.example.org").Desired)
            .Any.ShouldBeTrue();
    }

    [Fact]
    public async Task A_key_that_nobody_used_is_over_after_minutes()
    {
        await RunAsync("headscale users create x; headscale preauthkeys create -u 1 -e 10m");
        var key = _scene.Tailnet.OpenKeys.ShouldHaveSingleItem();
        _scene.Pass(TimeSpan.FromMinutes(11));

        _scene.Tailnet.OpenKeys.ShouldBeEmpty();
        (await UpAsync(key)).Error.ShouldContain("authkey expired");
        (await UpAsync("nobodys")).Error.ShouldContain("AuthKey not found");
    }

    [Fact]
    public async Task One_that_people_let_in_is_used_and_never_taken_out()
    {
        await RunAsync("headscale users create x; headscale preauthkeys create -u 1 -e 10m");
        (await UpAsync(_scene.Tailnet.OpenKeys.Single())).ExitCode.ShouldBe(0);

        var request = EdgeScene.Joining();
        var there = (await _scene.Member.FindExistingAsync(request, default)).ShouldNotBeNull();
        there.Owner.ShouldBeNull();
        FieldDifferences.Between(_scene.Member.Kind, there.Properties, null, request.Desired).Any.ShouldBeFalse();
        (await Should.ThrowAsync<ProviderException>(() => CreateAsync(request))).Code
            .ShouldBe(ProviderErrorCode.Conflict);
        (await Should.ThrowAsync<ProviderException>(() => DeleteAsync(there.Id, null))).Code
            .ShouldBe(ProviderErrorCode.Foreign);
        _scene.Tailnet.Members.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task One_that_we_let_in_leaves_and_is_forgotten()
    {
        var request = EdgeScene.Joining();
        var made = await CreateAsync(request);
        await DeleteAsync(made.Id, request.Owner);
        await DeleteAsync(made.Id, request.Owner);

        _scene.Tailnet.Members.ShouldBeEmpty();
        (await _scene.Member.ReadAsync(made.Id, default)).ShouldBeNull();
        (await CreateAsync(request)).Id.ShouldBe(made.Id);
    }

    [Fact]
    public async Task No_key_stands_in_any_argument()
    {
        await CreateAsync(EdgeScene.Joining());
        var keys = _scene.Printed.Where(text => text.Contains("\"key\":", StringComparison.Ordinal)).ToArray();
        var key = keys.ShouldHaveSingleItem().Split("\"key\":\"")[1].Split('"')[0];
        key.Length.ShouldBe(48);
        _scene.Calls.ShouldAllBe(call => !call.Contains(key, StringComparison.Ordinal));
    }

    private Task<ProcessResult> UpAsync(string key) => RunAsync($"tailscale up --auth-key {key} --hostname theirs");

    private Task<ProcessResult> RunAsync(string command) => _scene.Shell.TryAsync(
        SshHost.OfUser("root@example.org"), new SshCommand(command), EdgeScene.Silent(EdgeScene.Joining()), default);

    private Task<Observed> CreateAsync(CreateRequest request) =>
        _scene.Member.CreateAsync(request, EdgeScene.Silent(request), default);

    private Task DeleteAsync(string id, Owner? owner) => _scene.Member.DeleteAsync(
        new DeleteRequest(id, owner, Value.Map.Empty), EdgeScene.Silent(EdgeScene.Joining()), default);
}
