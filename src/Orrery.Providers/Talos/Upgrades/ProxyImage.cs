using System.Text.Json.Nodes;
using Orrery.Engine.Ports;
using Orrery.Providers.Kubernetes;

namespace Orrery.Providers.Talos.Upgrades;

/// <summary>
/// kube-proxy of a cluster that has one: Talos makes its DaemonSet when the cluster begins, and never changes it.
/// </summary>
internal sealed class ProxyImage(ClusterAccess access, OperationContext operation)
{
    private const string Name = "kube-proxy";

    /// <param name="version">For example <c>v1.35.1</c>.</param>
    public async Task SetAsync(string version, CancellationToken cancellation)
    {
        var reference = new ObjectReference(ApiKind.Of("apps/v1", "DaemonSet"), "kube-system", Name);
        var image = $"registry.k8s.io/{Name}:{version}";
        if (await access.Client.FindAsync(reference, operation, cancellation) is not { } found
            || found.Json["spec"]?["template"]?["spec"]?["containers"]?[0]?["image"].AsText() == image)
        {
            return;
        }

        var container = new JsonObject { ["name"] = Name, ["image"] = image };
        var manifest = new JsonObject
        {
            ["apiVersion"] = "apps/v1",
            ["kind"] = "DaemonSet",
            ["metadata"] = new JsonObject { ["name"] = Name, ["namespace"] = "kube-system" },
            ["spec"] = new JsonObject
            {
                ["template"] = new JsonObject
                {
                    ["spec"] = new JsonObject { ["containers"] = new JsonArray(container) },
                },
            },
        };
        await access.Client.ApplyAsync(
            new ApplyRequest(manifest) { Manager = "orrery-upgrade", Force = true, Operation = operation },
            cancellation);
    }
}
