using System.Text;
using Orrery.Engine.Ports;
using Orrery.Model.Plans;
using Orrery.Model.Values;

namespace Orrery.Tests.Providers.Edge;

/// <summary>Files of ours on a machine of people: made, compared, changed, taken back and taken away.</summary>
public sealed class EdgeFileHandlerTests
{
    private const string App = "app.test-cluster.example.org";
    private const string Wildcard = "*.test-cluster.example.org";
    private const string Key = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

    private readonly EdgeScene _scene = new();

    [Fact]
    public async Task Names_that_are_declared_reach_the_ingress_once_it_is_made()
    {
        var request = EdgeScene.Passthrough(Wildcard);
        var made = await CreateAsync(_scene.Nginx, request);

        _scene.Host.BackendOf(App).ShouldBe("10.2.3.2:443");
        _scene.Host.BackendOf("elsewhere.example.org").ShouldBeNull();
        FieldDifferences.Between(_scene.Nginx.Kind, made.Properties, null, request.Desired).Any.ShouldBeFalse();
        (await _scene.Nginx.ListOwnedAsync("behind-1", default)).ShouldHaveSingleItem().ShouldBe(made);
        (await _scene.Nginx.ListOwnedAsync("another", default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_change_counts_at_once_and_what_is_changed_by_hand_is_seen()
    {
        var made = await CreateAsync(_scene.Nginx, EdgeScene.Passthrough(Wildcard));
        var other = EdgeScene.Passthrough("one.example.org");
        await _scene.Nginx.UpdateAsync(
            new UpdateRequest(made.Id, other.Owner, made.Properties, other.Desired), EdgeScene.Silent(other), default);
        _scene.Host.BackendOf("one.example.org").ShouldBe("10.2.3.2:443");
        _scene.Host.BackendOf(App).ShouldBeNull();

        var text = Read(EdgeScene.NginxFile).ShouldNotBeNull();
        Write(EdgeScene.NginxFile, text.Replace("10.2.3.2", "10.9.9.9", StringComparison.Ordinal));
        var seen = (await _scene.Nginx.ReadAsync(made.Id, default)).ShouldNotBeNull();
        FieldDifferences.Between(_scene.Nginx.Kind, seen.Properties, null, other.Desired).Any.ShouldBeTrue();
    }

    [Fact]
    public async Task What_nginx_refuses_is_taken_back_and_it_goes_on_as_it_was()
    {
        var made = await CreateAsync(_scene.Nginx, EdgeScene.Passthrough(Wildcard));
        var before = Read(EdgeScene.NginxFile);
        var broken = EdgeScene.Passthrough("one.example.org");
        var text = broken.Desired["text"].AsText().ShouldNotBeNull();
        var desired = new Value.Map(broken.Desired.Fields.With(
            "text", text.Replace("preread on", "preread so", StringComparison.Ordinal)));

        var refusal = await Should.ThrowAsync<ProviderException>(() => _scene.Nginx.UpdateAsync(
            new UpdateRequest(made.Id, broken.Owner, made.Properties, desired), EdgeScene.Silent(broken), default));

        refusal.Message.ShouldContain("invalid value \"so\" in \"ssl_preread\" directive");
        Read(EdgeScene.NginxFile).ShouldBe(before);
        _scene.Host.BackendOf(App).ShouldBe("10.2.3.2:443");
        (await _scene.Nginx.ReadAsync(made.Id, default)).ShouldBe(made);
    }

    [Fact]
    public async Task A_stream_block_of_people_is_left_as_it_is()
    {
        const string Theirs = "/etc/nginx/modules-enabled/60-theirs.conf";
        Write(Theirs, "stream { server { listen 25; proxy_pass 10.0.0.1:25; } }\n");

        var refusal = await Should.ThrowAsync<ProviderException>(
            () => CreateAsync(_scene.Nginx, EdgeScene.Passthrough(Wildcard)));

        refusal.Message.ShouldContain("\"stream\" directive is duplicate");
        Read(EdgeScene.NginxFile).ShouldBeNull();
        Read(Theirs).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_file_that_others_wrote_there_is_refused()
    {
        Write(EdgeScene.NginxFile, "# mine\n");
        (await Should.ThrowAsync<ProviderException>(() => CreateAsync(_scene.Nginx, EdgeScene.Passthrough(Wildcard))))
            .Code.ShouldBe(ProviderErrorCode.Conflict);
        await Should.ThrowAsync<ProviderException>(() => _scene.Nginx.DeleteAsync(
            new DeleteRequest("root@example.org behind-talos", null, Value.Map.Empty),
            EdgeScene.Silent(EdgeScene.Passthrough()), default));
        Read(EdgeScene.NginxFile).ShouldBe("# mine\n");
    }

    [Fact]
    public async Task What_was_only_written_and_not_taken_over_is_finished_by_the_next_run()
    {
        var request = EdgeScene.Passthrough(Wildcard);
        await CreateAsync(_scene.Nginx, request);
        Write("/var/lib/orrery/nginx-behind-talos", "something else\n");

        var seen = (await _scene.Nginx.FindExistingAsync(request, default)).ShouldNotBeNull();
        FieldDifferences.Between(_scene.Nginx.Kind, seen.Properties, null, request.Desired).Any.ShouldBeTrue();
        await CreateAsync(_scene.Nginx, request);
        _scene.Host.BackendOf(App).ShouldBe("10.2.3.2:443");
    }

    [Fact]
    public async Task Deleting_takes_ours_and_nothing_else()
    {
        const string Theirs = "/etc/nginx/modules-enabled/50-mod-stream.conf";
        var request = EdgeScene.Passthrough(Wildcard);
        var made = await CreateAsync(_scene.Nginx, request);
        for (var times = 0; times < 2; times++)
        {
            await _scene.Nginx.DeleteAsync(
                new DeleteRequest(made.Id, request.Owner, made.Properties), EdgeScene.Silent(request), default);
        }

        _scene.Host.BackendOf(App).ShouldBeNull();
        _scene.Host.Ours.ShouldBeEmpty();
        Read(Theirs).ShouldNotBeNull();
        (await _scene.Nginx.ReadAsync(made.Id, default)).ShouldBeNull();
    }

    [Fact]
    public async Task The_key_of_transfers_goes_through_standard_input_alone_and_only_nsd_reads_it()
    {
        var request = EdgeScene.Secondary(Key);
        var made = await CreateAsync(_scene.Nsd, request);

        _scene.Host.TransferOf(EdgeScene.Zone).ShouldBe(("10.2.3.3", Key));
        _scene.Host.Machine.PermissionsOf(EdgeScene.NsdFile).ShouldNotBeNull().Mode.ShouldBe(0x1A0, "0640");
        _scene.Calls.ShouldAllBe(call => !call.Contains(Key, StringComparison.Ordinal));
        $"{made}".ShouldNotContain(Key);
        FieldDifferences.Between(_scene.Nsd.Kind, made.Properties, null, request.Desired).Any.ShouldBeFalse();
        FieldDifferences.Between(
            _scene.Nsd.Kind, made.Properties, null, EdgeScene.Secondary("b3RoZXI=").Desired).Any.ShouldBeTrue();
    }

    [Fact]
    public async Task A_machine_whose_key_people_never_accepted_is_not_spoken_to()
    {
        Write("/etc/ssh/ssh_host_ed25519_key.pub", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIElu\n");
        (await Should.ThrowAsync<ProviderException>(() => CreateAsync(_scene.Nginx, EdgeScene.Passthrough(Wildcard))))
            .CloudCode.ShouldBe("host_key");
        Read(EdgeScene.NginxFile).ShouldBeNull();
    }

    private static Task<Observed> CreateAsync(IResourceHandler handler, CreateRequest request) =>
        handler.CreateAsync(request, EdgeScene.Silent(request), default);

    private string? Read(string path) =>
        _scene.Host.Machine.ReadFile(path) is { } content ? Encoding.UTF8.GetString(content.Span) : null;

    private void Write(string path, string text) =>
        _scene.Host.Machine.WriteFile(path, Encoding.UTF8.GetBytes(text), 0x1A4, 0);
}
