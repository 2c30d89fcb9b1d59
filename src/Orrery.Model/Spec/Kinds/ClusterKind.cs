using Orrery.Model.Spec.Fields;
using Orrery.Model.Spec.Schema;
using Orrery.Model.Values;

namespace Orrery.Model.Spec.Kinds;

/// <summary>The fields of the kind Cluster.</summary>
internal static class ClusterKind
{
    public static readonly Field<Section> Infrastructure = new(
        "infrastructure", InfrastructureFields.Shape, "Where machines come from; the platform's by default.");

    public static readonly Field<Section> Distribution = new(
        "distribution", DistributionFields.Shape, "Which Kubernetes runs on the machines.")
    {
        Required = true,
        Example = "{ k3s: { kubernetes: v1.34.3+k3s3 } }",
    };

    public static readonly Field<Section> Network = new("network", NetworkFields.Shape, "Networks and addresses.");

    public static readonly Field<ValueList<Named<Section>>> NodePools = new(
        "nodePools", Shapes.ByName(NodePoolFields.Shape), "Equal machines with one role, by name of the pool.")
    {
        Required = true,
        Example = "{ main: { role: control-plane, count: 1 } }",
    };

    public static readonly Field<string> Strategy = new(
        "strategy",
        new EnumShape("in-place", "blue-green"),
        "Whether the old machine goes first, or the new one is prepared beside it and goes on with its Kubernetes.")
    {
        Default = "in-place",
    };

    public static readonly Field<Section> Rebuild = new(
        "rebuild", new ObjectShape("Rebuild", "the rebuild", Strategy), "How machines are replaced.");

    public static readonly Field<Section> SealedSecrets = new(
        "sealedSecrets", Shapes.Nothing, "Sealed Secrets, with keys that survive a rebuild.");

    public static readonly Field<string> Plugin = new(
        "plugin", new EnumShape("ksops"), "What decrypts for Argo CD: `ksops` by default. Flux needs none.");

    public static readonly Field<Section> Sops = new(
        "sops",
        new ObjectShape("Sops", "SOPS", Plugin),
        "Kubernetes Secrets as SOPS documents in `secrets/<cluster>/`, opened in the cluster with its own identity.");

    public static readonly Field<bool> ExternalSecrets = new(
        "externalSecrets", Shapes.Boolean, "External Secrets reads from it.")
    {
        Default = "true",
    };

    public static readonly Field<Section> Vault = new(
        "vault", new ObjectShape("VaultSecrets", "the Vault of the cluster", ExternalSecrets),
        "OpenBao in the cluster, with what lies in `secrets/<cluster>/`.");

    public static readonly Field<Section> Secrets = new(
        "secrets",
        new ObjectShape("Secrets", "the secrets", SealedSecrets, Sops, Vault),
        "How secrets reach the cluster; several may be used.");

    public static readonly Field<Section> GitOps = new("gitops", GitOpsFields.Shape, "What delivers the components.");

    public static readonly Field<Section> NetworkPolicies = new(
        "networkPolicies", PolicyFields.Shape, "What may talk to what.");

    public static readonly Field<Section> Edge = new("edge", EdgeFields.Shape, "How the internet reaches the cluster.");

    public static readonly Field<Section> Components = new(
        "components", ComponentFields.Shape, "What runs in the cluster, by name of the component.");

    private static readonly Field[] Own =
    [
        Infrastructure, Distribution, Network, NodePools, Rebuild, Secrets, GitOps, NetworkPolicies, Edge, Components,
    ];

    /// <summary>A cluster as a preview pool says it: whole, and without inheritance.</summary>
    public static readonly ObjectShape PreviewShape = new("PreviewCluster", "a cluster", Own);

    private static readonly ObjectShape ProfileShape = new("Profile", "a profile", Own) { IsPatch = true };

    public static readonly Field<string> Inherits = new(
        "inherits", Shapes.Name, "Another cluster: what is not said here is as it is there.")
    {
        Example = "dev",
    };

    public static readonly Field<ValueList<Named<Section>>> Profiles = new(
        "profiles", Shapes.ByName(ProfileShape), "Variants, chosen with --profile: each laid over the cluster.");

    public static readonly Kind Kind = new(
        "Cluster",
        "One Kubernetes cluster and the machines it stands on.",
        new ObjectShape("Cluster", "a cluster", [Inherits, .. Own, Profiles]));
}
