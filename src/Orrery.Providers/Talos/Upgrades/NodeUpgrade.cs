using Orrery.Engine.Ports;
using Orrery.Model.Values;
using Orrery.Providers.Kubernetes;
using Orrery.Providers.Talos.Api;
using Orrery.Providers.Talos.Kinds;

namespace Orrery.Providers.Talos.Upgrades;

/// <summary>
/// One node's turn in an upgrade. It begins only when all others are well, and ends only when all are. Safe to repeat:
/// each step looks first whether it is done. See docs/decisions/0023.
/// </summary>
/// <param name="render">The text of a configuration as its resource has it. Secret.</param>
internal sealed class NodeUpgrade(TalosNodes nodes, TalosFleet fleet, Func<Value, string> render)
{
    public const string Talos = "talos";
    public const string ApiServer = "apiServer";
    public const string Controllers = "controllers";
    public const string Kubelet = "kubelet";

    /// <summary>How long a cluster that is not whole may take to become so by itself.</summary>
    private static readonly TimeSpan MendingMax = TimeSpan.FromMinutes(5);

    /// <summary>To load an installer over a slow line, write it and boot.</summary>
    private static readonly TimeSpan InstallMax = TimeSpan.FromMinutes(25);

    /// <summary>To load images and start what has changed.</summary>
    private static readonly TimeSpan StartMax = TimeSpan.FromMinutes(15);

    private const string Resume = "repair it ('up' makes anew what is gone), then run 'upgrade' again";

    /// <param name="node">Its name.</param>
    /// <param name="before">The fields of what ran before.</param>
    /// <param name="desired">The fields of its resource.</param>
    public async Task RunAsync(
        string node, Value.Map before, Value.Map desired, OperationContext operation, CancellationToken cancellation)
    {
        var client = nodes.Configured(desired, operation);
        using var access = await nodes.WithinAsync(
            new Patience(
                MendingMax, "a control plane names an administrator", $"nothing was changed on {node}; {Resume}"),
            async () => (await fleet.OpenAsync(desired, node, operation, cancellation), "none answers"),
            operation, cancellation);
        var turn = new Turn(node, desired, client, access, operation);
        await AwaitWholeAsync(turn, isOver: false, cancellation);
        if (await IsToInstallAsync(turn, cancellation))
        {
            await new NodeDrain(access, nodes, operation).RunAsync(node, isForGood: false, cancellation);
            await InstallAsync(turn, cancellation);
        }

        // What Kubernetes runs is exchanged while the machine goes on; a new Talos may read a document otherwise.
        var mode = before[Talos].Equals(desired[Talos]) ? ApplyMode.NoReboot : ApplyMode.Auto;
        await nodes.WithinAsync(
            new Patience(MendingMax, $"{node} takes its configuration", Resume),
            async () => (await client.ApplyAsync(
                render(desired["configuration"]), mode, isDryRun: false, null, cancellation), ""),
            operation, cancellation);
        await nodes.WithinAsync(
            new Patience(StartMax, $"{node} runs what it shall", Resume), () => LookAsync(turn, cancellation),
            operation, cancellation);
        if (node == fleet.ControlPlanes[^1].Node)
            await new ProxyImage(access, operation).SetAsync(desired[Controllers].AsText() ?? "", cancellation);
        await nodes.ReadAsync(
            async () =>
            {
                if ((await access.NodeAsync(node, cancellation))?.Json["spec"]?["unschedulable"] is not null)
                    await access.UncordonAsync(node, cancellation);
                return true;
            },
            operation, cancellation);
        await AwaitWholeAsync(turn, isOver: true, cancellation);
    }

    /// <summary>etcd and every node but, at the beginning, this one.</summary>
    private Task AwaitWholeAsync(Turn turn, bool isOver, CancellationToken cancellation)
    {
        var without = isOver ? null : turn.Node;
        return nodes.WithinAsync(
            new Patience(
                MendingMax, "the cluster is whole",
                isOver ? Resume : $"nothing was changed on {turn.Node}; {Resume}"),
            async () =>
            {
                var problems = (await fleet.EtcdProblemsAsync(
                    turn.Desired, without, turn.Operation, cancellation)).ToList();
                var known = (await turn.Access.NodesAsync(cancellation)).ToDictionary(item => item.Name);
                problems.AddRange(fleet.Machines.Where(place => place.Node != without).Select(place =>
                    !known.TryGetValue(place.Node, out var item) ? $"there is no node {place.Node}"
                    : item.Condition("Ready") is { IsTrue: true } ? null
                    : $"the node {place.Node} is not Ready: {item.Condition("Ready")}").OfType<string>());
                return (problems.Count == 0 ? (object)turn : null, string.Join("; ", problems));
            },
            turn.Operation, cancellation);
    }

    private async Task<bool> IsToInstallAsync(Turn turn, CancellationToken cancellation)
    {
        var running = await nodes.WithinAsync(
            new Patience(MendingMax, $"{turn.Node} says what it runs", $"nothing was changed on it; {Resume}"),
            async () => (await turn.Client.VersionAsync(cancellation), ""), turn.Operation, cancellation);
        return running.Tag != turn.Text(Talos);
    }

    /// <summary>Returns when it runs the version; a machine that came back with the old one has refused it.</summary>
    private Task InstallAsync(Turn turn, CancellationToken cancellation)
    {
        var (wasAsked, wasAway) = (false, false);
        return nodes.WithinAsync(
            new Patience(InstallMax, $"{turn.Node} runs Talos {turn.Text(Talos)}", Resume),
            async () =>
            {
                var seen = await SeenAsync(turn.Client, cancellation);
                wasAway |= wasAsked && seen.Stage != MachineStage.Running;
                if (seen.Stage != MachineStage.Running)
                    return (null, seen.Words);
                if (seen.Tag == turn.Text(Talos))
                    return ((object)turn, "");
                if (wasAway)
                {
                    throw new ProviderException(
                        ProviderErrorCode.ActionFailed,
                        $"{turn.Node} was to run Talos {turn.Text(Talos)} and came back with {seen.Tag}: what its "
                        + "installer or the new system said is on its console");
                }

                if (!wasAsked)
                {
                    await turn.Client.UpgradeAsync(turn.Text("installer"), cancellation);
                    wasAsked = true;
                }

                return (null, "it is about to restart");
            },
            turn.Operation, cancellation);
    }

    private static async Task<(MachineStage Stage, string Tag, string Words)> SeenAsync(
        TalosClient client, CancellationToken cancellation)
    {
        try
        {
            var version = await client.VersionAsync(cancellation);
            var condition = await client.ConditionAsync(cancellation);
            return (condition.Stage, version.Tag, condition.InWords());
        }
        catch (ProviderException refusal) when (refusal.IsTransient)
        {
            return (MachineStage.Unknown, "", refusal.Message);
        }
    }

    /// <summary>Whether the machine, its kubelet and its static pods are what they shall be.</summary>
    private async Task<(object? Answer, string Seen)> LookAsync(Turn turn, CancellationToken cancellation)
    {
        var version = await turn.Client.VersionAsync(cancellation);
        var condition = await turn.Client.ConditionAsync(cancellation);
        if (version.Tag != turn.Text(Talos) || condition is not { Stage: MachineStage.Running, IsReady: true })
            return (null, $"Talos {version.Tag}: {condition.InWords()}");
        if (await turn.Access.NodeAsync(turn.Node, cancellation) is not { } node)
            return (null, $"there is no node {turn.Node}");
        var info = node.Status?.Object("nodeInfo");
        if (info?.Text("kubeletVersion") != turn.Text(Kubelet)
            || info.Text("osImage")?.Contains(turn.Text(Talos), StringComparison.Ordinal) != true)
        {
            return (null, $"the node says {info?.Text("osImage")} with kubelet {info?.Text("kubeletVersion")}");
        }

        if (node.Condition("Ready") is not { IsTrue: true })
            return (null, $"the node is not Ready: {node.Condition("Ready")}");
        if (fleet.ControlPlanes.All(place => place.Node != turn.Node))
            return (turn, "");
        foreach (var (name, field) in StaticPods)
        {
            var pod = await turn.Access.PodAsync("kube-system", $"{name}-{turn.Node}", cancellation);
            var image = pod?.Json["spec"]?["containers"]?[0]?["image"].AsText() ?? "none";
            if (!image.EndsWith($":{turn.Text(field)}", StringComparison.Ordinal))
                return (null, $"{name} runs {image}");
            if (pod?.Condition("Ready") is not { IsTrue: true })
                return (null, $"{name} is not Ready");
        }

        return (turn, "");
    }

    private static readonly (string Name, string Field)[] StaticPods =
    [
        ("kube-apiserver", ApiServer), ("kube-controller-manager", Controllers), ("kube-scheduler", Controllers),
    ];

    /// <summary>What all of it is about.</summary>
    private sealed record Turn(
        string Node, Value.Map Desired, TalosClient Client, ClusterAccess Access, OperationContext Operation)
    {
        public string Text(string field) => Desired[field].AsText() ?? "";
    }
}
