namespace Orrery.GitOps.Catalog.Networks;

/// <summary>
/// Where every machine that runs Talos reaches an API server that answers, without a name or a network of pods:
/// https://docs.siderolabs.com/kubernetes-guides/advanced-guides/kubeprism.
/// </summary>
internal static class KubePrism
{
    public const string Host = "localhost";

    public const int Port = 7445;
}
