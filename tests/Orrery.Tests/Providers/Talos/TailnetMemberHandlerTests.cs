using Orrery.Engine.Ports;
using Orrery.Model.Plans;
using Orrery.Model.Values;
using Orrery.Providers.Edge;
using Orrery.Providers.Ssh;
using Orrery.Providers.Talos.Api;
using Orrery.Providers.Talos.Kinds;
using Orrery.Simulation.Talos;
using Orrery.Tests.Providers.Edge;
using Orrery.Tests.Simulation.Talos;

namespace Orrery.Tests.Providers.Talos;

/// <summary>A node on its way into a tailnet, over its machine API and the shell of Headscale.</summary>
public sealed class TailnetMemberHandlerTests
{
    private const string Headscale = "root@example.org";
    private const string Vip = "10.0.0.80/32";

    private readonly TalosMachineScene _scene = new();
    private readonly List<WaitState> _waits = [];
    private readonly EdgeScene _edge;
    private readonly TailnetMemberHandler _members;

    public TailnetMemberHandlerTests()
    {
        _edge = new EdgeScene(_scene.Tailnet);
        _members = new TailnetMemberHandler(
            new TalosNodes(_scene.Environment, _scene), _edge.Shell,
            (configuration, key) => TextOf(configuration, key), new TailnetUser(Headscale, "home"));
    }

    [Fact]
    public void A_node_joins_by_a_key_that_nobody_can_use_again_and_nothing_keeps()
    {
        var node = Boot("11");
        var made = Make("11", Vip);

        var member = _scene.Tailnet.Members.ShouldHaveSingleItem();
        (member.Name, member.User, member.IsOnline).ShouldBe(("talos-node-11", "home", true));
        member.Approved.ShouldBe([Vip]);
        _scene.Tailnet.OpenKeys.ShouldBeEmpty();
        node.Settings!.Text.ShouldNotContain("TS_AUTHKEY");
        node.Installation!.Configuration!.ShouldNotContain("TS_AUTHKEY");
        FieldDifferences.Between(_members.Kind, made.Properties, null, Desired("11", Vip)).Any.ShouldBeFalse();
        var key = _edge.Printed.Single(text => text.Contains("\"key\":", StringComparison.Ordinal))
            .Split("\"key\":\"")[1].Split('"')[0];
        _edge.Calls.ShouldAllBe(call => !call.Contains(key, StringComparison.Ordinal));
    }

    [Fact]
    public void It_stays_when_the_node_boots_again_and_is_another_one_when_its_disk_is_new()
    {
        var node = Boot("11");
        Make("11", Vip);
        node.PowerOff();
        _scene.Tailnet.Members.ShouldHaveSingleItem().IsOnline.ShouldBeFalse();
        node.PowerOn();
        _scene.Pass(TimeSpan.FromMinutes(2));
        _scene.Tailnet.Members.ShouldHaveSingleItem().IsOnline.ShouldBeTrue();

        // The document is there, and who it was is not: it waits to be let in.
        node.PowerOff();
        node.Installation!.TailnetIdentity = null;
        node.PowerOn();
        _scene.Pass(TimeSpan.FromMinutes(2));
        _scene.Tailnet.Members.ShouldHaveSingleItem().IsOnline.ShouldBeFalse();
        Make("11", Vip);
        _scene.Tailnet.Members.ShouldHaveSingleItem().Id.ShouldBe(2, "the one before is forgotten");
    }

    [Fact]
    public void One_that_a_dead_run_has_let_in_half_way_is_found_and_finished()
    {
        var node = Boot("11");
        Run("headscale users create home; headscale preauthkeys create -u 1 -e 10m");
        Apply("11", Vip, _scene.Tailnet.OpenKeys.Single());
        _scene.Pass(TimeSpan.FromMinutes(1));

        var found = List().ShouldHaveSingleItem();
        found.Id.ShouldBe(_members.IdOf(Desired("11", Vip)));
        var differences = FieldDifferences.Between(_members.Kind, found.Properties, null, Desired("11", Vip));
        (differences.Any, differences.Replaces).ShouldBe((true, false));
        _scene.Time.Run(() => _members.UpdateAsync(
            new UpdateRequest(found.Id, null, found.Properties, Desired("11", Vip)), Operation, default));

        List().Single().Properties["routes"].ShouldBe(Desired("11", Vip)["routes"]);
        node.Settings!.Text.ShouldNotContain("TS_AUTHKEY");
        _scene.Tailnet.Members.ShouldHaveSingleItem();
    }

    [Fact]
    public void One_that_nobody_lets_in_is_waited_for_and_what_was_seen_is_told()
    {
        Boot("11");
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20), _scene.Time);
        Should.Throw<OperationCanceledException>(() => _scene.Time.Run(() => _members.CreateAsync(
            new CreateRequest(Address, "any", new Owner("p", "h", 1), Desired("11", Vip, "https://elsewhere.org")),
            Operation, deadline.Token)));

        _waits[^1].Condition.ShouldBe("the node is in its tailnet with its routes");
        _waits[^1].LastSeen.ShouldBe("Headscale does not know it");
    }

    [Fact]
    public void It_leaves_without_the_machine_and_others_stay()
    {
        var (first, _) = (Boot("11"), Boot("12"));
        var made = Make("11", Vip);
        Make("12", Vip);
        first.PowerOff();

        Delete(made.Id);
        Delete(made.Id);

        _scene.Tailnet.Members.ShouldHaveSingleItem().Name.ShouldBe("talos-node-12");
        _scene.Time.Run(() => _members.ReadAsync(made.Id, default)).ShouldBeNull();
    }

    [Fact]
    public void Only_what_is_offered_and_approved_is_reached_and_only_by_those_who_accept_it()
    {
        Boot("11");
        Make("11", Vip);
        Run("headscale preauthkeys create -u 1 -e 10m");
        Run($"tailscale up --login-server {TalosMachineScene.TailnetUrl} --accept-routes --auth-key "
            + _scene.Tailnet.OpenKeys.Single());

        _scene.Tailnet.Reaches("example.org", "10.0.0.80").ShouldBeTrue();
        _scene.Tailnet.Reaches("example.org", "10.0.0.11").ShouldBeFalse("nobody offers the node itself");
        _scene.Tailnet.Reaches("talos", "10.0.0.80").ShouldBeFalse("nobody of that name is in it");
        _scene.Park.Get("11")!.PowerOff();
        _scene.Tailnet.Reaches("example.org", "10.0.0.80").ShouldBeFalse();
    }

    private static ResourceAddress Address =>
        ResourceAddress.Of("talos", TailnetMemberHandler.Definition.Type, "node-11");

    private OperationContext Operation => new(Address, _waits.Add);

    private TalosNode Boot(string id) => _scene.Configured(id, $"10.0.0.{id}");

    private Observed Make(string id, params string[] routes) => _scene.Time.Run(() => _members.CreateAsync(
        new CreateRequest(Address, "any", new Owner("p", "h", 1), Desired(id, routes[0])), Operation, default));

    private void Delete(string id) => _scene.Time.Run(
        () => _members.DeleteAsync(new DeleteRequest(id, null, Value.Map.Empty), Operation, default));

    private IReadOnlyList<Observed> List() => _scene.Time.Run(() => _members.ListOwnedAsync("p", default));

    private void Run(string command) => _edge.Shell.TryAsync(
        SshHost.OfUser(Headscale), new SshCommand(command), Operation, default)
        .GetAwaiter().GetResult().ExitCode.ShouldBe(0);

    private void Apply(string id, string route, string key) => _scene.Time.Run(() => _scene.Client($"10.0.0.{id}")
        .ApplyAsync(
            TextOf(Desired(id, route)["configuration"], key), ApplyMode.NoReboot, false,
            null, default));

    private Value.Map Desired(string id, string route, string url = TalosMachineScene.TailnetUrl)
    {
        var identity = _scene.Administrator;
        return Value.MapOf(
            ("machine", id),
            ("name", $"talos-node-{id}"),
            ("headscale", Headscale),
            ("url", url),
            ("user", "home"),
            ("routes", Value.ListOf([(Value)route])),
            ("configuration", new Value.Sensitive(_scene.Configuration($"node-{id}") + $"""
                ---
                apiVersion: v1alpha1
                kind: ExtensionServiceConfig
                name: tailscale
                environment:
                    - TS_AUTH_ONCE=true
                    - TS_EXTRA_ARGS=--login-server={url}
                    - TS_HOSTNAME=talos-node-{id}
                    - TS_ROUTES={route}

                """)),
            (TalosNodes.Address, $"10.0.0.{id}"),
            (TalosNodes.Authority, _scene.OsAuthority.Certificate),
            (TalosNodes.ClientCertificate, identity.Certificate),
            (TalosNodes.ClientKey, new Value.Sensitive(identity.Key)));
    }

    private static string TextOf(Value configuration, string? key)
    {
        var text = ((Value.Sensitive)configuration).Of.AsText()!;
        return key is null
            ? text
            : text.Replace("environment:\n", $"environment:\n    - TS_AUTHKEY={key}\n", StringComparison.Ordinal);
    }
}
