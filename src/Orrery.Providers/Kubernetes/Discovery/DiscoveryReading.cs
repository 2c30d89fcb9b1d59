using System.Text.Json.Nodes;
using Orrery.Model.Values;

namespace Orrery.Providers.Kubernetes.Discovery;

/// <summary>Reads what the server says of the kinds that it serves, in the aggregated and in the older form.</summary>
internal static class DiscoveryReading
{
    public const string AggregatedKind = "APIGroupDiscoveryList";

    /// <summary>
    /// Asks for all groups in one reply (https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api);
    /// servers before 1.26 answer in the older form.
    /// </summary>
    public const string Accept =
        "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
        + "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

    /// <summary>All kinds of all groups, each group's preferred version first.</summary>
    public static IEnumerable<ApiResource> Aggregated(JsonObject list) =>
        from item in list.Array("items").OfType<JsonObject>()
        let name = item.Object("metadata")?.Text("name") ?? ""
        from version in item.Array("versions").OfType<JsonObject>()
        from resource in version.Array("resources").OfType<JsonObject>()
        let kind = resource.Object("responseKind")?.Text("kind") ?? ""
        where kind.Length > 0
        select new ApiResource(
            new ApiKind(name, version.Text("version") ?? "", kind),
            resource.Text("resource") ?? "",
            resource.Text("scope") == "Namespaced",
            VerbsOf(resource));

    /// <summary>The paths of the older form: one for each version of each group, preferred ones first.</summary>
    public static IEnumerable<string> GroupVersions(JsonObject groups) =>
        from item in groups.Array("groups").OfType<JsonObject>()
        let preferred = item.Object("preferredVersion")?.Text("groupVersion")
        from version in item.Array("versions").OfType<JsonObject>()
            .Select(version => version.Text("groupVersion") ?? "")
            .OrderBy(version => version == preferred ? 0 : 1)
        select version;

    /// <summary>The versions of the group without a name, <c>v1</c>.</summary>
    public static IEnumerable<string> CoreVersions(JsonObject versions) =>
        versions.Array("versions").Select(version => version.AsText() ?? "");

    /// <summary>The kinds of one version of a group, without subresources.</summary>
    public static IEnumerable<ApiResource> Resources(JsonObject list)
    {
        var groupVersion = list.Text("groupVersion") ?? "";
        return
            from resource in list.Array("resources").OfType<JsonObject>()
            let name = resource.Text("name") ?? ""
            where !name.Contains('/', StringComparison.Ordinal)
            select new ApiResource(
                ApiKind.Of(groupVersion, resource.Text("kind") ?? ""),
                name,
                resource.IsTrue("namespaced"),
                VerbsOf(resource));
    }

    private static ValueList<string> VerbsOf(JsonObject resource) =>
        resource.Array("verbs").Select(verb => verb.AsText() ?? "").ToValueList();
}
