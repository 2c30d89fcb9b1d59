using System.Text.Json.Nodes;
using Orrery.Engine.Ports;
using Orrery.Providers.Kubernetes;
using Orrery.Providers.Kubernetes.Watching;

namespace Orrery.Providers.Clusters.Rebuilds;

/// <summary>
/// A cluster whose volumes nobody writes to: its nodes take no pods, and those with claims are gone. Each node carries
/// which boot it was stopped in, and so does a snapshot that is taken then: a node of another boot is one of the next
/// cluster, whatever was said of it before, and takes pods again.
/// </summary>
internal sealed class Standstill(TimeProvider time)
{
    /// <summary>On a node: the boot in which it was stopped.</summary>
    public const string StoppedBoot = "orrery.dev/stopped-boot";

    private const string Manager = "orrery-standstill";

    private static readonly ApiKind Node = ApiKind.Of("v1", "Node");
    private static readonly ApiKind Pod = ApiKind.Of("v1", "Pod");
    private static readonly ApiKind Volume = ApiKind.Of("longhorn.io/v1beta2", "Volume");
    private static readonly ApiKind Attachment = ApiKind.Of("storage.k8s.io/v1", "VolumeAttachment");
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>A pod may take some minutes to end, and a volume to be let go of.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Returns when no volume of these claims is attached. Throws <see cref="ProviderErrorCode.ActionFailed"/> naming
    /// what holds one. Budgets are not asked: all pods end with their machines.
    /// </summary>
    public async Task StopAsync(
        KubernetesClient client, IReadOnlyList<CarriedClaim> claims, CancellationToken cancellation)
    {
        foreach (var node in await client.ListAsync(Node, ListScope.Everything, cancellation))
            await ApplyAsync(client, node.Name, BootOf(node), cancellation);
        var since = time.GetTimestamp();
        while (true)
        {
            var held = await HeldAsync(client, claims, cancellation);
            if (held.Count == 0)
                return;
            if (time.GetElapsedTime(since) > Limit)
            {
                throw new ProviderException(
                    ProviderErrorCode.ActionFailed,
                    $"volumes are in use still after {Limit.TotalMinutes:0} min, and nothing was taken away: "
                    + string.Join(", ", held));
            }

            await Task.Delay(Interval, time, cancellation);
        }
    }

    /// <summary>Every node takes pods again, in whatever boot.</summary>
    public static async Task ReleaseAllAsync(KubernetesClient client, CancellationToken cancellation)
    {
        foreach (var node in await client.ListAsync(Node, ListScope.Everything, cancellation))
        {
            if (IsStopped(node))
                await ReleaseAsync(client, node, cancellation);
        }
    }

    /// <summary>Takes back what was said for the standstill; what people have cordoned stays so.</summary>
    public static Task ReleaseAsync(
        KubernetesClient client, KubernetesObject node, CancellationToken cancellation) =>
        ApplyAsync(client, node.Name, null, cancellation);

    public static bool IsStopped(KubernetesObject node) => node.Annotation(StoppedBoot) is not null;

    /// <summary>What is said of it was said before the machine was made anew.</summary>
    public static bool IsOld(KubernetesObject node) => node.Annotation(StoppedBoot) == BootOf(node);

    private static string BootOf(KubernetesObject node) =>
        node.Status?.Object("nodeInfo")?.Text("bootID") ?? "";

    /// <summary>Asks each pod to go; what still holds a volume.</summary>
    private static async Task<IReadOnlyList<string>> HeldAsync(
        KubernetesClient client, IReadOnlyList<CarriedClaim> claims, CancellationToken cancellation)
    {
        var held = new List<string>();
        var names = claims.Select(claim => (claim.Namespace, claim.Name)).ToHashSet();
        foreach (var pod in await client.ListAsync(Pod, ListScope.Everything, cancellation))
        {
            var spec = pod.Json.Object("spec");
            if (spec?.Text("nodeName") is null or "" || pod.Status?.Text("phase") is "Succeeded" or "Failed"
                || !spec.Array("volumes").OfType<JsonObject>().Any(volume => names.Contains(
                    (pod.Namespace ?? "", volume.Object("persistentVolumeClaim")?.Text("claimName") ?? ""))))
            {
                continue;
            }

            held.Add($"the pod {pod.Namespace}/{pod.Name}");
            try
            {
                if (!pod.IsTerminating)
                    await client.DeleteAsync(new ObjectDeletion(pod.Reference, pod.Uid), cancellation);
            }
            catch (ProviderException refusal) when (refusal.Code == ProviderErrorCode.Conflict)
            {
                // Another one of its name is there already: the next look asks that one.
            }
        }

        var attachable = claims.Select(claim => claim.Volume).ToHashSet(StringComparer.Ordinal);
        held.AddRange(
            from attachment in await client.ListAsync(Attachment, ListScope.Everything, cancellation)
            let spec = attachment.Json.Object("spec")
            where attachable.Contains(spec?.Object("source")?.Text("persistentVolumeName") ?? "")
            select $"the volume {spec?.Object("source")?.Text("persistentVolumeName")} (attached to "
                + $"{spec?.Text("nodeName")})");
        var volumes = claims.Select(claim => claim.Handle).ToHashSet(StringComparer.Ordinal);
        held.AddRange((await client.ListAsync(Volume, ListScope.Everything, cancellation))
            .Where(volume => volumes.Contains(volume.Name)
                && volume.Status?.Text("state") is "attached" or "attaching" or "detaching")
            .Select(volume => $"the volume {volume.Name} ({volume.Status?.Text("state")})"));
        return held;
    }

    // Under a name of its own, so that server-side apply takes back this and nothing else.
    private static Task ApplyAsync(
        KubernetesClient client, string node, string? boot, CancellationToken cancellation)
    {
        var metadata = new JsonObject { ["name"] = node };
        var manifest = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Node", ["metadata"] = metadata };
        if (boot is not null)
        {
            metadata["annotations"] = new JsonObject { [StoppedBoot] = boot };
            manifest["spec"] = new JsonObject { ["unschedulable"] = true };
        }

        return client.ApplyAsync(new ApplyRequest(manifest) { Manager = Manager }, cancellation);
    }
}
