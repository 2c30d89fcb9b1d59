namespace Orrery.Providers.Kubernetes.Objects;

/// <summary>A platform's clusters that can be asked now, by the uid that their objects' ids begin with.</summary>
public interface IKubernetesClusters
{
    /// <summary>In a stable order.</summary>
    IReadOnlyList<string> Uids { get; }

    /// <summary>Null where the cluster is gone, and its objects with it.</summary>
    KubernetesClient? Find(string uid);
}
