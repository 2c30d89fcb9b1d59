using Orrery.Engine.Ports;
using Orrery.Model.Values;
using Orrery.Providers.Talos.Kinds;

namespace Orrery.Providers.Talos.Upgrades;

/// <summary>
/// A node that is no longer declared leaves a cluster that stays: emptied, out of etcd, and forgotten. Safe to repeat,
/// also where its machine is gone already.
/// </summary>
/// <param name="end">The machine's own end: it leaves etcd, wipes itself and goes off, as far as it is there.</param>
internal sealed class NodeDeparture(TalosNodes nodes, TalosFleet fleet, Func<CancellationToken, Task> end)
{
    private static readonly TimeSpan MendingMax = TimeSpan.FromMinutes(5);

    /// <param name="node">Its name.</param>
    /// <param name="fields">Who we are to the machines, and the address of this one.</param>
    public async Task RunAsync(
        string node, Value.Map fields, OperationContext operation, CancellationToken cancellation)
    {
        using var access = await nodes.WithinAsync(
            new Patience(MendingMax, "a control plane names an administrator", $"{node} stays"),
            async () => (await fleet.OpenAsync(fields, node, operation, cancellation), "none answers"),
            operation, cancellation);
        var client = nodes.Configured(fields, operation);
        if (await TalosNodes.TryAsync(() => client.VersionAsync(cancellation)) is not null
            && await nodes.ReadAsync(() => access.NodeAsync(node, cancellation), operation, cancellation) is not null)
        {
            await new NodeDrain(access, nodes, operation).RunAsync(node, isForGood: true, cancellation);
        }

        // etcd changes by one member at a time, and only while all others are well.
        await fleet.Leaving.WaitAsync(cancellation);
        try
        {
            await AwaitOthersAsync(node, fields, operation, cancellation);
            await end(cancellation);
            await fleet.ForgetMemberAsync(node, fields, operation, cancellation);
        }
        finally
        {
            fleet.Leaving.Release();
        }

        await nodes.ReadAsync(
            async () =>
            {
                await access.DeleteNodeAsync(node, cancellation);
                return true;
            },
            operation, cancellation);
    }

    private Task AwaitOthersAsync(
        string node, Value.Map fields, OperationContext operation, CancellationToken cancellation) =>
        nodes.WithinAsync(
            new Patience(MendingMax, "etcd is well without it", $"{node} stays a member"),
            async () =>
            {
                var members = await fleet.MembersAsync(fields, operation, cancellation);
                if (members is not null && members.All(member => member.Hostname != node))
                    return (node, "");
                var problems = await fleet.EtcdProblemsAsync(fields, node, operation, cancellation);
                return (problems.Count == 0 ? node : null, string.Join("; ", problems));
            },
            operation, cancellation);
}
