using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Machines.Kinds;

namespace Orrery.Providers.Talos.Kinds;

/// <summary>
/// An administrator's kubeconfig of a cluster that has begun. A control plane makes another one each time that it is
/// asked, and each holds for a year; asking changes nothing.
/// </summary>
internal sealed class KubeconfigHandler(TalosNodes nodes) : RememberedHandler
{
    public static ResourceKind Definition { get; } = new()
    {
        Type = "talos/kubeconfig",
        Fields = ValueMap.Of(

            // The cluster that has begun: another one has other authorities, or shall be seen to have the same.
            ("cluster", FieldRule.Replaces),
            (TalosNodes.Address, FieldRule.CreateOnly),
            (TalosNodes.Authority, FieldRule.CreateOnly),
            (TalosNodes.ClientCertificate, FieldRule.CreateOnly),
            (TalosNodes.ClientKey, FieldRule.CreateOnly with { WriteOnly = true })),
        StableOutputs = ["id", "kubeconfig"],
        TypicalDuration = TimeSpan.FromSeconds(2),
    };

    public override ResourceKind Kind => Definition;

    public override async Task<Observed> CreateAsync(
        CreateRequest request, OperationContext operation, CancellationToken cancellation)
    {
        var desired = request.Desired;
        var client = nodes.Configured(desired, operation);
        var kubeconfig = await nodes.UntilAsync(
            "the control plane gives a kubeconfig",
            async () => (await client.KubeconfigAsync(cancellation), ""), operation, cancellation);
        var id = desired["cluster"].AsText() ?? "";
        return Remember(
            id, desired, Value.MapOf(("id", id), ("kubeconfig", new Value.Sensitive(kubeconfig))));
    }
}
