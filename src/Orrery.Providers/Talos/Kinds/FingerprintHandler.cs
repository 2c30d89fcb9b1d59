using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Machines.Kinds;
using Orrery.Providers.Talos.Api;

namespace Orrery.Providers.Talos.Kinds;

/// <summary>
/// What a machine without a configuration prints on its serial console: the fingerprint of the certificate that it
/// shows. Nobody else can write there, so whoever shows this certificate is the machine. It prints once in each boot, so
/// it is started again once somebody reads. A machine that has its configuration has none.
/// </summary>
internal sealed class FingerprintHandler(TalosNodes nodes, IMachineConsole console) : RememberedHandler
{
    private const string Fingerprint = "fingerprint";

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
        // It must never be started again once it works.
        if (await TalosNodes.TryAsync(() => configured.VersionAsync(cancellation)) is not null)
            return Remember(server, desired, OutputsOf(server, ""));
        var text = await nodes.UntilAsync(
            "the machine prints its fingerprint",
            async () => (await console.ReadBootAsync(server, HasFingerprint, operation, cancellation), ""),
            operation, cancellation);
        return Remember(server, desired, OutputsOf(server, ConsoleFingerprint.Find(text) ?? ""));
    }

    private static bool HasFingerprint(string text) => ConsoleFingerprint.Find(text) is not null;

    private static Value.Map OutputsOf(string server, string fingerprint) =>
        Value.MapOf(("id", server), (Fingerprint, fingerprint));
}
