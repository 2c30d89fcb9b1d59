using System.Text.Json.Nodes;
using Orrery.Engine.Ports;
using Orrery.Providers.Kubernetes;
using Orrery.Providers.Talos.Kinds;

namespace Orrery.Providers.Talos.Upgrades;

/// <summary>
/// Empties a node by the Eviction API: disruption budgets are respected, and who does not let go in time is named. Pods
/// of DaemonSets and static pods stay, and so does what nobody would make anew.
/// </summary>
internal sealed class NodeDrain(ClusterAccess access, TalosNodes nodes, OperationContext operation)
{
    /// <summary>A pod may take some minutes to end by itself; a budget that never lets go takes for ever.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly SortedDictionary<string, string> _held = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _refusals = new(StringComparer.Ordinal);
    private HashSet<string>? _asked;

    /// <summary>
    /// Cordons the node, and returns when its pods are gone. Where no other node could take them, they stay. When the
    /// time is over the node is as before, and <see cref="ProviderErrorCode.ActionFailed"/> names each pod that is left
    /// and its budget.
    /// </summary>
    /// <param name="isForGood">The node does not come back: a pod that would be lost is refused.</param>
    public async Task RunAsync(string node, bool isForGood, CancellationToken cancellation)
    {
        if (isForGood)
            await RefuseLossAsync(node, cancellation);
        await CordonAsync(node, cancellation);
        if (!await nodes.ReadAsync(() => HasOtherPlaceAsync(node, cancellation), operation, cancellation))
            return;
        using var limit = new CancellationTokenSource(Limit, nodes.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            while (await EvictAsync(node, either.Token) is { Length: > 0 } left)
            {
                operation.Waiting(new WaitState($"the pods of {node} have gone elsewhere", left));
                await Task.Delay(Interval, nodes.Time, either.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            await access.UncordonAsync(node, cancellation);
            throw new ProviderException(
                ProviderErrorCode.ActionFailed,
                $"{node} was not emptied within {Limit.TotalMinutes:0} min, and takes pods again; still there: "
                + string.Join("; ", _held.Select(pod => $"{pod.Key} ({pod.Value})")));
        }
    }

    private Task CordonAsync(string node, CancellationToken cancellation) => nodes.ReadAsync(
        async () =>
        {
            await access.CordonAsync(node, cancellation);
            return true;
        },
        operation, cancellation);

    /// <summary>A look at all pods, each of which is asked to go; what is left in words.</summary>
    private async Task<string> EvictAsync(string node, CancellationToken cancellation)
    {
        var pods = (await nodes.ReadAsync(() => access.PodsOnAsync(node, cancellation), operation, cancellation))
            .Where(Goes).OrderBy(pod => $"{pod.Reference}", StringComparer.Ordinal).ToList();
        // What tolerates every taint comes back to a cordoned node: only those go that were there at first.
        _asked ??= pods.Select(pod => pod.Uid).ToHashSet(StringComparer.Ordinal);
        pods.RemoveAll(pod => !_asked.Contains(pod.Uid));
        _held.Clear();
        foreach (var pod in pods)
        {
            var name = $"{pod.Namespace}/{pod.Name}";
            if (pod.IsTerminating)
            {
                _held[name] = "it ends";
                continue;
            }

            try
            {
                // The refusal of the last time, while it is asked again.
                _held[name] = _refusals.GetValueOrDefault(name, "asked to go");
                await access.EvictAsync(pod, cancellation);
            }
            catch (ProviderException refusal) when (refusal.IsTransient)
            {
                _held[name] = _refusals[name] = Reason(refusal);
            }
        }

        return string.Join("; ", _held.Select(pod => $"{pod.Key}: {pod.Value}"));
    }

    private async Task RefuseLossAsync(string node, CancellationToken cancellation)
    {
        var lost = (await nodes.ReadAsync(() => access.PodsOnAsync(node, cancellation), operation, cancellation))
            .Where(pod => !IsFixed(pod) && !IsOver(pod) && !IsMadeAnew(pod))
            .Select(pod => $"{pod.Namespace}/{pod.Name}").Order(StringComparer.Ordinal).ToList();
        if (lost.Count > 0)
        {
            throw new ProviderException(
                ProviderErrorCode.ActionFailed,
                $"{node} has pods that nobody makes anew elsewhere: {string.Join(", ", lost)}; delete them first");
        }
    }

    private async Task<bool> HasOtherPlaceAsync(string node, CancellationToken cancellation) =>
        (await access.NodesAsync(cancellation)).Any(other => other.Name != node
            && other.Condition("Ready") is { IsTrue: true }
            && other.Json["spec"]?["unschedulable"] is null
            && !(other.Json["spec"] as JsonObject).Array("taints").OfType<JsonObject>()
                .Any(taint => taint.Text("effect") is "NoSchedule" or "NoExecute"));

    private static bool Goes(KubernetesObject pod) => !IsFixed(pod) && !IsOver(pod) && IsMadeAnew(pod);

    private static bool IsFixed(KubernetesObject pod) => pod.Annotation("kubernetes.io/config.mirror") is not null
        || OwnerOf(pod)?.Text("kind") is "DaemonSet" or "Node";

    private static bool IsOver(KubernetesObject pod) => pod.Status?.Text("phase") is "Succeeded" or "Failed";

    private static bool IsMadeAnew(KubernetesObject pod) => OwnerOf(pod) is not null;

    private static JsonObject? OwnerOf(KubernetesObject pod) => pod.Metadata.Array("ownerReferences")
        .OfType<JsonObject>().FirstOrDefault(owner => owner.IsTrue("controller"));

    private static string Reason(ProviderException refusal) =>
        KubernetesErrors.StatusOf(refusal)?.Causes.Select(cause => cause.Message).FirstOrDefault() ?? refusal.Message;
}
