using System.Text;
using System.Text.Json.Nodes;
using Orrery.Engine.Ports;
using Orrery.GitOps.Delivery;
using Orrery.Model.Values;
using Orrery.Providers.Kubernetes;
using Orrery.Providers.Kubernetes.Objects;
using Orrery.Providers.Kubernetes.Watching;

namespace Orrery.Providers.Clusters.Probes;

/// <summary>
/// Puts a pod on each node, lets each ask all the others and their service, until all are answered or it has been tried
/// for too long, and takes the pods away. What a run that died has left is used, or waited for until it is gone.
/// </summary>
/// <param name="nodes">Their names; pods on others are not asked.</param>
internal sealed class NetworkProbe(KubernetesClient client, ValueList<string> nodes, TimeProvider time)
{
    private const string Manager = "orrery-probe";

    /// <summary>So many pods ask at once: each command holds a connection through the API server.</summary>
    private const int AsksMax = 8;

    private static readonly ApiKind Pod = ApiKind.Of("v1", "Pod");
    private static readonly ObjectReference Space = new(ApiKind.Of("v1", "Namespace"), null, ProbeObjects.Namespace);
    private static readonly ObjectReference Service =
        new(ApiKind.Of("v1", "Service"), ProbeObjects.Namespace, ProbeObjects.Name);
    private static readonly ObjectReference DaemonSet =
        new(ApiKind.Of("apps/v1", "DaemonSet"), ProbeObjects.Namespace, ProbeObjects.Name);

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan AskInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan GoneMax = TimeSpan.FromMinutes(5);

    /// <summary>To start a command on a busy node, beside what it takes itself.</summary>
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(20);

    /// <summary>How long pods may take to be ready on all nodes; their image has 2 MB.</summary>
    public static TimeSpan PodsMax { get; } = TimeSpan.FromMinutes(5);

    /// <summary>How long packets may be lost: agents learn of each pod by and by.</summary>
    public static TimeSpan PassingMax { get; } = TimeSpan.FromMinutes(2);

    /// <summary>The pods of <c>kube-system</c> that carry packets, as a diagnosis names them.</summary>
    public required string Agent { get; init; }

    /// <summary>Nodes speak through KubeSpan.</summary>
    public bool IsEncrypted { get; init; }

    /// <summary>
    /// Throws <see cref="ProviderErrorCode.Stalled"/> naming which node does not reach which.
    /// </summary>
    public async Task RunAsync(OperationContext operation, CancellationToken cancellation)
    {
        var service = await ApplyAsync(operation, cancellation);
        Reachability seen;
        try
        {
            var pods = await AwaitPodsAsync(operation, cancellation);
            seen = await AwaitAnswersAsync(pods, service, operation, cancellation);
        }
        catch (ProviderException refusal) when (refusal.Code == ProviderErrorCode.Stalled)
        {
            await TryRemoveAsync(operation, cancellation);
            throw;
        }

        // It goes by itself from then on, and nobody waits for it.
        await client.DeleteAsync(new ObjectDeletion(Space) { Operation = operation }, cancellation);
        if (!seen.IsWhole)
            throw new ProviderException(ProviderErrorCode.Stalled, seen.Explain(Agent, IsEncrypted));
    }

    /// <summary>The service's address and port.</summary>
    private async Task<string> ApplyAsync(OperationContext operation, CancellationToken cancellation)
    {
        if (await client.FindAsync(Space, operation, cancellation) is { IsTerminating: true } going)
            await client.WaitForAsync(WaitFor.Absence(Space, going.Uid, GoneMax), operation, cancellation);
        var service = "";
        foreach (var manifest in ProbeObjects.All)
        {
            var json = (JsonObject)ManifestJson.ToJson(manifest)!;
            var applied = (await client.ApplyAsync(
                new ApplyRequest(json) { Manager = Manager, Operation = operation }, cancellation)).Object;
            if (applied.Reference == Service)
                service = applied.Json.Object("spec")?.Text("clusterIP") ?? "";
        }

        return Target(service, ProbeObjects.ServicePort);
    }

    /// <summary>A ready pod of each node.</summary>
    private async Task<ValueMap<KubernetesObject>> AwaitPodsAsync(
        OperationContext operation, CancellationToken cancellation)
    {
        var since = time.GetTimestamp();
        while (true)
        {
            var all = await client.ListAsync(
                Pod, new ListScope { Namespace = ProbeObjects.Namespace }, cancellation);
            var ready = all
                .Where(pod => !pod.IsTerminating && pod.Condition("Ready") is { IsTrue: true })
                .Where(pod => AddressOf(pod).Length > 0)
                .GroupBy(NodeOf, StringComparer.Ordinal).Where(group => nodes.Contains(group.Key))
                .ToValueMap(group => group.Key, group => group.First());
            if (ready.Count == nodes.Count)
                return ready;
            var missing = string.Join(", ", nodes.Where(node => !ready.ContainsKey(node)));
            if (time.GetElapsedTime(since) > PodsMax)
            {
                var set = await client.FindAsync(DaemonSet, operation, cancellation);
                throw new ProviderException(
                    ProviderErrorCode.Stalled,
                    $"a pod that asks others was not ready within {PodsMax.TotalMinutes:0} min on {missing}\n"
                    + await new Diagnosis(client).OfAsync(DaemonSet, set, cancellation));
            }

            operation.Waiting(new WaitState("a pod runs on each node", $"none yet on {missing}"));
            await Task.Delay(LookInterval, time, cancellation);
        }
    }

    /// <summary>Asks until all are answered, or for the last time.</summary>
    private async Task<Reachability> AwaitAnswersAsync(
        ValueMap<KubernetesObject> pods, string service, OperationContext operation, CancellationToken cancellation)
    {
        var targets = pods.Map((_, pod) => Target(AddressOf(pod), ProbeObjects.PodPort));
        var since = time.GetTimestamp();
        while (true)
        {
            using var free = new SemaphoreSlim(AsksMax);
            var said = await Task.WhenAll(pods.Select(async pod =>
            {
                await free.WaitAsync(cancellation);
                try
                {
                    var others = targets.Where(target => target.Key != pod.Key).Select(target => target.Value);
                    return (pod.Key, await AskAsync(pod.Value, [.. others, service], operation, cancellation));
                }
                finally
                {
                    free.Release();
                }
            }));
            var seen = Reachability.Read(targets, service, said);
            if (seen.IsWhole || time.GetElapsedTime(since) > PassingMax)
                return seen;
            operation.Waiting(new WaitState("every node reaches every other one", seen.Summary));
            await Task.Delay(AskInterval, time, cancellation);
        }
    }

    /// <summary>What a pod says; what stands in the way of asking it is told as its own answer.</summary>
    private async Task<PodAnswer> AskAsync(
        KubernetesObject pod, IEnumerable<string> targets, OperationContext operation, CancellationToken cancellation)
    {
        var command = new PodCommand(ProbeObjects.Namespace, pod.Name, ProbeObjects.Command(targets))
        {
            Timeout = ProbeObjects.Patience + StartMax,
            Changes = false,
            Operation = operation,
        };
        try
        {
            var result = await client.ExecuteAsync(command, cancellation);
            return result.ExitCode == 0
                ? new PodAnswer(Encoding.UTF8.GetString(result.Output.Span), null)
                : new PodAnswer("", $"its shell ended with {result.ExitCode}: {result.Error.Trim()}");
        }
        catch (ProviderException refusal)
        {
            return new PodAnswer("", refusal.Message);
        }
    }

    private async Task TryRemoveAsync(OperationContext operation, CancellationToken cancellation)
    {
        try
        {
            await client.DeleteAsync(new ObjectDeletion(Space) { Operation = operation }, cancellation);
        }
        catch (ProviderException)
        {
            // Why it is removed matters more; the next run finds what is left.
        }
    }

    private static string NodeOf(KubernetesObject pod) => pod.Json.Object("spec")?.Text("nodeName") ?? "";

    private static string AddressOf(KubernetesObject pod) => pod.Status?.Text("podIP") ?? "";

    private static string Target(string address, int port) =>
        address.Contains(':', StringComparison.Ordinal) ? $"[{address}]:{port}" : $"{address}:{port}";
}
