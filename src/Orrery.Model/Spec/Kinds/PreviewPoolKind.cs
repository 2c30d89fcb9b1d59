using Orrery.Model.Spec.Fields;
using Orrery.Model.Spec.Schema;
using Orrery.Model.Values;

namespace Orrery.Model.Spec.Kinds;

/// <summary>The fields of the kind PreviewPool: one cluster per pull request.</summary>
internal static class PreviewPoolKind
{
    public static readonly Field<string> Management = new(
        "management", Shapes.Name, "The cluster that makes the previews.")
    {
        Required = true,
    };

    public static readonly Field<ValueList<string>> Repositories = new(
        "repositories", new ListShape<string>(Shapes.Text, 1), "Whose pull requests get one, as owner/name.")
    {
        Required = true,
    };

    public static readonly Field<string> Trust = new(
        "trust",
        new EnumShape("same-repository", "approved"),
        "Whose code runs; forks only after approval of that head commit.")
    {
        Default = "same-repository",
    };

    public static readonly Field<Section> Cluster = new(
        "cluster", ClusterKind.PreviewShape, "The cluster of one preview.")
    {
        Required = true,
    };

    public static readonly Field<ValueList<AddressRange>> Pool = new(
        "pool", Shapes.Addresses, "Addresses that previews share.")
    {
        Required = true,
    };

    public static readonly Field<ValueList<string>> PerCluster = new(
        "perCluster", new ListShape<string>(new EnumShape("vip", "node"), 1), "Which addresses one preview needs.")
    {
        Required = true,
    };

    public static readonly Field<string> VaultLeases = new("vault", Shapes.Text, "At a path of a Vault KV store.");

    public static readonly Field<Section> KubernetesLeases = new(
        "kubernetes", Shapes.Nothing, "As objects of the management cluster.");

    public static readonly Field<Section> Leases = new(
        "leases",
        new ChoiceShape("Leases", "a lease store", VaultLeases, KubernetesLeases),
        "Where it stands who has which address.")
    {
        Required = true,
    };

    public static readonly Field<Section> Addresses = new(
        "addresses",
        new ObjectShape("PreviewAddresses", "the addresses", Pool, PerCluster, Leases),
        "Addresses of the previews.");

    public static readonly Field<int> Capacity = new(
        "capacity", new IntegerShape(1, 500), "How many at once; those standing by count.")
    {
        Required = true,
    };

    public static readonly Field<int> Warm = new("warm", new IntegerShape(0, 500), "How many stand by.")
    {
        Default = "0",
    };

    public static readonly Field<TimeSpan> Ttl = new("ttl", Shapes.Duration, "How old a preview becomes.")
    {
        Default = "24h",
    };

    public static readonly Field<string> Dns = new("dns", Shapes.Text, "The name of a preview, with placeholders.");

    public static readonly Field<string> DeployKustomize = new(
        "kustomize", Shapes.RelativePath, "The overlay that is deployed.")
    {
        Required = true,
    };

    public static readonly Field<string> DeployImage = new(
        "image", Shapes.Text, "The image under test, with placeholders.");

    public static readonly Field<Section> Deploy = new(
        "deploy", new ObjectShape("Deploy", "the deployment", DeployKustomize, DeployImage), "What is deployed.");

    public static readonly Field<Section> Cypress = new("cypress", Shapes.Nothing, "Cypress.");

    public static readonly Field<Section> Test = new(
        "test", new ChoiceShape("PreviewTest", "a test", Cypress), "What is run against it.");

    public static readonly Kind Kind = new(
        "PreviewPool",
        "Short-lived clusters, one for each pull request.",
        new ObjectShape(
            "PreviewPool",
            "a preview pool",
            Management,
            Repositories,
            Trust,
            Cluster,
            Addresses,
            Capacity,
            Warm,
            Ttl,
            Dns,
            Deploy,
            Test))
    {
        NotYet = Unbuilt.PreviewPool,
    };
}
