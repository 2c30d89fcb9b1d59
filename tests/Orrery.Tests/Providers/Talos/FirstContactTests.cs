using Orrery.Engine.Ports;
using Orrery.Model.Values;
using Orrery.Providers.Talos;
using Orrery.Providers.Talos.Kinds;
using Orrery.Simulation.Talos;
using Orrery.Tests.Simulation.Talos;

namespace Orrery.Tests.Providers.Talos;

/// <summary>A machine without a configuration that a person recognises, where nobody reads its console.</summary>
public sealed class FirstContactTests
{
    private const string Other = "rMWhs9V9Y30sbs9W5KNCgVRReKGrfvV0FwMtqEX4OW8=";

    private readonly TalosMachineScene _scene = new();

    [Fact]
    public void The_machine_with_the_accepted_fingerprint_gets_its_configuration_and_is_not_restarted()
    {
        var node = Boot();

        Make(node, node.Fingerprint).IsReady.ShouldBeTrue();

        node.Stage.ShouldBe(TalosStage.Running);
    }

    [Fact]
    public void Another_machine_gets_nothing_and_both_values_are_told()
    {
        var node = Boot();

        var refusal = Should.Throw<ProviderException>(() => Make(node, Other));

        refusal.Code.ShouldBe(ProviderErrorCode.Foreign);
        refusal.Message.ShouldContain($"{node.Fingerprint}, and not {Other}");
        node.Stage.ShouldBe(TalosStage.Maintenance);
    }

    /// <summary>Repeating the command with the same words changes nothing.</summary>
    [Fact]
    public void A_machine_that_has_its_configuration_is_known_by_its_authority()
    {
        var node = Boot();
        Make(node, node.Fingerprint);

        Make(node, Other).IsReady.ShouldBeTrue();
    }

    private TalosNode Boot()
    {
        var node = _scene.Start("11", "10.0.0.11");
        _scene.Pass(TimeSpan.FromSeconds(25));
        return node;
    }

    private Observed Make(TalosNode node, string accepted)
    {
        var nodes = new TalosNodes(_scene.Environment, _scene);
        var handler = new MachineHandler(
            nodes, new NoConsole(), text => text.AsText() ?? "", new TalosFleet(nodes, []))
        {
            Accepted = ValueMap.Of(("prod/a", accepted)),
        };
        var address = ResourceAddress.Of("prod", handler.Kind.Type, "a");
        var operation = new OperationContext(address, static _ => { });
        var identity = _scene.Administrator;
        var desired = Value.MapOf(
            ("server", node.Id),
            ("address", node.Address!),
            ("configuration", new Value.Sensitive(_scene.Configuration("node-11"))),
            ("authority", _scene.OsAuthority.Certificate),
            ("clientCertificate", identity.Certificate),
            ("clientKey", new Value.Sensitive(identity.Key)));
        return _scene.Time.Run(async () =>
        {
            var made = await handler.CreateAsync(
                new CreateRequest(address, "a", new Owner("p", "h", 1), desired), operation, default);
            return await handler.AwaitReadyAsync(made.Id, operation, default);
        });
    }

    private sealed class NoConsole : IMachineConsole
    {
        public Task<string> ReadBootAsync(
            string server, Func<string, bool> isEnough, OperationContext operation, CancellationToken cancellation) =>
            throw new InvalidOperationException("nobody restarts a machine that a person has recognised");
    }
}
