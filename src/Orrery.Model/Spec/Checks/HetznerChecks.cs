using Orrery.Model.Spec.Fields;
using Orrery.Model.Spec.Kinds;
using Orrery.Model.Spec.Schema;

namespace Orrery.Model.Spec.Checks;

/// <summary>Names and limits of Hetzner Cloud.</summary>
internal static class HetznerChecks
{
    /// <summary>https://docs.hetzner.com/networking/networks/overview: resources in one network.</summary>
    private const int ServersPerNetworkMax = 100;

    private static readonly string[] Locations = ["fsn1", "nbg1", "hel1", "ash", "hil", "sin"];

    private static readonly string[] ServerTypes =
    [
        "cx23", "cx33", "cx43", "cx53", "cpx12", "cpx22", "cpx32", "cpx42", "cpx52", "cpx62",
        "cax11", "cax21", "cax31", "cax41", "ccx13", "ccx23", "ccx33", "ccx43", "ccx53", "ccx63",
    ];

    /// <summary>https://docs.hetzner.cloud/changelog: what follows the types that are on their way out.</summary>
    private static readonly (string Old, string New)[] Deprecated =
    [
        ("cx22", "cx23"), ("cx32", "cx33"), ("cx42", "cx43"), ("cx52", "cx53"),
        ("cpx11", "cpx12"), ("cpx21", "cpx22"), ("cpx31", "cpx32"), ("cpx41", "cpx42"), ("cpx51", "cpx52"),
    ];

    private static readonly string[] Images =
    [
        "ubuntu-22.04", "ubuntu-24.04", "ubuntu-26.04", "debian-11", "debian-12", "debian-13", "rocky-8", "rocky-9",
        "rocky-10", "alma-8", "alma-9", "alma-10", "centos-stream-9", "centos-stream-10", "fedora-42", "fedora-43",
        "opensuse-15", "opensuse-16",
    ];

    public static void Run(ClusterView cluster, Problems problems)
    {
        if (cluster.Hetzner is not { } hetzner)
            return;
        Location(hetzner, problems);
        ServerCount(cluster, problems);
        foreach (var pool in cluster.Pools)
        {
            ServerTypesOf(pool, problems);
            Image(pool, problems);
        }
    }

    private static void Location(Section hetzner, Problems problems)
    {
        if (!hetzner.TryGet(HetznerFields.Location, out var location) || Locations.Contains(location))
            return;
        problems.Add(
            CheckCodes.UnknownLocation,
            hetzner.MarkOf(HetznerFields.Location),
            $"There is no location {Sentences.Quote(location)}.{Suggestion.Sentence(location, Locations)}",
            $"the locations are {Sentences.List(Locations)}");
    }

    private static void ServerCount(ClusterView cluster, Problems problems)
    {
        var count = cluster.Pools.Sum(ClusterView.CountOf);
        if (count <= ServersPerNetworkMax)
            return;
        problems.Add(
            CheckCodes.TooManyServers,
            cluster.Spec.MarkOf(ClusterKind.NodePools),
            $"The pools of \"{cluster.Name}\" have {count} servers together; a network holds {ServersPerNetworkMax}.",
            "divide them among several clusters, or use larger machines");
    }

    private static void ServerTypesOf(Named<Section> pool, Problems problems)
    {
        if (pool.Value.TryGet(NodePoolFields.Type, out var type))
            ServerType(type, pool.Value, NodePoolFields.Type, problems);
        var alternatives = pool.Value.Under(NodePoolFields.Alternatives);
        foreach (var alternative in alternatives.Find(NodePoolFields.AlternativeTypes) ?? [])
            ServerType(alternative, alternatives, NodePoolFields.AlternativeTypes, problems);
    }

    private static void ServerType(string type, Section section, Field field, Problems problems)
    {
        if (ServerTypes.Contains(type))
            return;
        if (Array.Find(Deprecated, pair => pair.Old == type).New is { } successor)
        {
            problems.Add(
                CheckCodes.DeprecatedServerType,
                section.MarkOf(field),
                $"\"{type}\" is deprecated; \"{successor}\" takes its place.",
                $"write {successor}");
        }
        else
        {
            problems.Add(
                CheckCodes.UnknownServerType,
                section.MarkOf(field),
                $"There is no server type {Sentences.Quote(type)}.{Suggestion.Sentence(type, ServerTypes)}",
                $"the types are {Sentences.List(ServerTypes)}");
        }
    }

    private static void Image(Named<Section> pool, Problems problems)
    {
        if (!pool.Value.TryGet(NodePoolFields.Image, out var image) || Images.Contains(image)
            || image.All(char.IsAsciiDigit))
        {
            return;
        }

        problems.Add(
            CheckCodes.UnfamiliarImage,
            pool.Value.MarkOf(NodePoolFields.Image),
            $"{Sentences.Quote(image)} is not known.{Suggestion.Sentence(image, Images)}");
    }
}
