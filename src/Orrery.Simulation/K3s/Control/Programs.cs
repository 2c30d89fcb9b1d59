using System.Text.Json.Nodes;
using Orrery.Simulation.K3s.Workloads;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.K3s.Control;

/// <summary>The programs of a cluster's pods, told by their images: an actor acts while its pod is ready.</summary>
internal static class Programs
{
    /// <summary>A container of the pod is of an image with such a name, whatever its registry and tag.</summary>
    public static bool Runs(JsonObject pod, string image) =>
        pod.At("spec", "containers").Items().Any(container => IsOf(container.TextAt("image") ?? "", image));

    /// <summary>The ready pods that run a program.</summary>
    public static IEnumerable<JsonObject> Ready(ClusterStore store, string image) =>
        store.PeekAll("v1", "Pod").Where(pod => pod.IsReady() && !pod.IsGoing() && Runs(pod, image));

    private static bool IsOf(string reference, string image)
    {
        var name = reference[(reference.LastIndexOf('/') + 1)..].Split('@')[0].Split(':')[0];
        return name == image;
    }
}
