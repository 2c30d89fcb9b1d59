using Orrery.Engine.Ports;
using Orrery.Model.Platforms;
using Orrery.Model.Values;
using Orrery.Providers.Hetzner.Kinds;
using Orrery.Providers.Machines;

namespace Orrery.Providers.Hetzner;

/// <summary>What machines of Hetzner boot from, to look at. Needs no account.</summary>
public static class HetznerBoot
{
    /// <summary>
    /// The user data of one node, or null where the cluster has no such node that boots K3s. What is not known yet, and
    /// what is sensitive unless it is asked for, is named instead of shown.
    /// </summary>
    /// <param name="cluster">Whose node it is.</param>
    /// <param name="boot">How its K3s boots.</param>
    /// <param name="node">For example <c>cosmos-0</c>.</param>
    /// <param name="known">The outputs that are known, of the state.</param>
    /// <param name="showsSensitive">Shows the one-time host key.</param>
    public static string? UserDataOf(
        Cluster cluster, K3sBoot boot, string node, Func<OutputReference, Value?> known, bool showsSensitive)
    {
        if (cluster.Infrastructure is not Infrastructure.Hetzner settings)
            return null;
        var server = HetznerGraph.Of(cluster, settings, NoSecrets.Instance, boot).FirstOrDefault(resource =>
            resource.Type == ServerHandler.Definition.Type && resource.Address.Name == node);
        return server?.Desired["userData"] is Value.Sensitive { Of: Value.Map specification }
            ? UserData.Show((Value.Map)specification.Resolve(known), showsSensitive)
            : null;
    }

    /// <summary>No secret of the declaration stands in user data.</summary>
    private sealed class NoSecrets : ISecretValues
    {
        public static NoSecrets Instance { get; } = new();

        public string? Find(SecretReference reference) => null;
    }
}
