namespace Orrery.Model.Platforms;

/// <summary>What a node runs, each as a tag: <c>v1.12.3</c> of Talos, <c>v1.35.1</c> of the rest.</summary>
/// <param name="Talos">The operating system.</param>
/// <param name="ApiServer">Of a control plane; of a worker it means nothing.</param>
/// <param name="Controllers">Controller manager, scheduler and kube-proxy; likewise.</param>
/// <param name="Kubelet">Never newer than any API server.</param>
public sealed record NodeVersions(string Talos, string ApiServer, string Controllers, string Kubelet)
{
    /// <summary>Everything of Kubernetes in the same version.</summary>
    public static NodeVersions Of(string talos, string kubernetes) => new(talos, kubernetes, kubernetes, kubernetes);
}
