namespace Orrery.Providers.Kubernetes.Objects;

/// <summary>The clusters of a platform that can be asked now, by the uid under which their objects are recorded.</summary>
public interface IKubernetesClusters
{
    /// <summary>In a stable order.</summary>
    IReadOnlyList<string> Uids { get; }

    /// <summary>Null where the cluster is gone, and its objects with it.</summary>
    KubernetesClient? Find(string uid);
}
