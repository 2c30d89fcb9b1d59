using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Machines.Kinds;
using Orrery.Providers.Talos.Api;

namespace Orrery.Providers.Talos.Kinds;

/// <summary>
/// What a machine without a configuration prints on its serial console: the fingerprint of the certificate that it
/// shows. Nobody else can write there, so whoever shows this certificate is the machine. It prints once in each boot;
/// one that printed before anybody read is started again. A machine that has its configuration has none.
/// </summary>
internal sealed class FingerprintHandler(TalosNodes nodes, IMachineConsole console) : RememberedHandler
{
    private const string Fingerprint = "fingerprint";

    /// <summary>How long a boot into maintenance mode may take.</summary>
    private static readonly TimeSpan BootMax = TimeSpan.FromMinutes(3);

    public static ResourceKind Definition { get; } = new()
    {
        Type = "talos/fingerprint",
        Fields = ValueMap.Of(
            ("server", FieldRule.Replaces),
            (TalosNodes.Address, FieldRule.CreateOnly),
            (TalosNodes.Authority, FieldRule.CreateOnly),
            (TalosNodes.ClientCertificate, FieldRule.CreateOnly),
            (TalosNodes.ClientKey, FieldRule.CreateOnly with { WriteOnly = true })),
        StableOutputs = ["id", Fingerprint],
        Ephemeral = true,
        TypicalDuration = TimeSpan.FromSeconds(25),
    };

    public override ResourceKind Kind => Definition;

    public override async Task<Observed> CreateAsync(
        CreateRequest request, OperationContext operation, CancellationToken cancellation)
    {
        var desired = request.Desired;
        var server = desired["server"].AsText() ?? "";
        var configured = nodes.Configured(desired, operation);
        while (true)
        {
            // It must never be started again once it works.
            if (await TalosNodes.TryAsync(() => configured.VersionAsync(cancellation)) is not null)
                return Remember(server, desired, OutputsOf(server, ""));
            operation.Waiting(new WaitState("the machine prints its fingerprint", "it boots"));
            var found = await console.FindAsync(server, ConsoleFingerprint.Find, BootMax, operation, cancellation);
            if (found is not null)
                return Remember(server, desired, OutputsOf(server, found));
            operation.Waiting(new WaitState(
                "the machine prints its fingerprint", "it did so before anybody read: it is started again"));
            await console.RestartAsync(server, operation, cancellation);
        }
    }

    private static Value.Map OutputsOf(string server, string fingerprint) =>
        Value.MapOf(("id", server), (Fingerprint, fingerprint));
}
