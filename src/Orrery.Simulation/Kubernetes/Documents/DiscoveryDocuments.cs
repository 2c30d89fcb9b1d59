using System.Globalization;
using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Kinds;

namespace Orrery.Simulation.Kubernetes.Documents;

/// <summary>
/// Which groups, versions and resources there are: https://kubernetes.io/docs/concepts/overview/kubernetes-api/.
/// </summary>
internal sealed class DiscoveryDocuments(KubernetesApi api)
{
    private static readonly string[] OfTheStatus = ["get", "patch", "update"];

    /// <summary>The minor version: 34 of v1.34.3+k3s3.</summary>
    public int Minor => int.Parse(api.Version.TrimStart('v').Split('.')[1], CultureInfo.InvariantCulture);

    public JsonObject Version() => new()
    {
        ["major"] = "1",
        ["minor"] = $"{Minor}",
        ["emulationMajor"] = "1",
        ["emulationMinor"] = $"{Minor}",
        ["minCompatibilityMajor"] = "1",
        ["minCompatibilityMinor"] = $"{Minor - 1}",
        ["gitVersion"] = api.Version,
        ["gitCommit"] = "0000000000000000000000000000000000000000",
        ["gitTreeState"] = "clean",
        ["buildDate"] = "1970-01-01T00:00:00Z",
        ["goVersion"] = "go1.24.0",
        ["compiler"] = "gc",
        ["platform"] = "linux/amd64",
    };

    public JsonObject CoreVersions() => new()
    {
        ["kind"] = "APIVersions",
        ["versions"] = new JsonArray("v1"),
        ["serverAddressByClientCIDRs"] = new JsonArray(new JsonObject
        {
            ["clientCIDR"] = "0.0.0.0/0",
            ["serverAddress"] = api.Options.ServerAddress,
        }),
    };

    public JsonObject Groups() => new()
    {
        ["kind"] = "APIGroupList",
        ["apiVersion"] = "v1",
        ["groups"] = new JsonArray([.. Names().Select(name => (JsonNode)GroupBody(name))]),
    };

    /// <summary>Null when there is no such group.</summary>
    public JsonObject? Group(string name)
    {
        if (!Names().Contains(name))
            return null;
        var group = new JsonObject { ["kind"] = "APIGroup", ["apiVersion"] = "v1" };
        foreach (var (member, value) in GroupBody(name))
            group[member] = value?.DeepClone();
        return group;
    }

    public JsonObject Resources(string group, string version)
    {
        var list = new JsonArray();
        foreach (var kind in api.Store.Kinds.All.Where(kind => kind.Group == group && kind.Version == version))
        {
            list.Add((JsonNode)Resource(kind));
            foreach (var subresource in kind.Subresources)
                list.Add((JsonNode)Subresource(kind, subresource));
        }

        var document = new JsonObject { ["kind"] = "APIResourceList" };
        // The list of the core group is older than the member.
        if (group.Length > 0)
            document["apiVersion"] = "v1";
        document["groupVersion"] = group.Length == 0 ? version : $"{group}/{version}";
        document["resources"] = list;
        return document;
    }

    public JsonObject AllOfCore(string version) => Everything(version, [""]);

    public JsonObject AllOfGroups(string version) => Everything(version, Names());

    private JsonObject Everything(string version, IEnumerable<string> groups) => new()
    {
        ["kind"] = "APIGroupDiscoveryList",
        ["apiVersion"] = $"apidiscovery.k8s.io/{version}",
        ["metadata"] = new JsonObject(),
        ["items"] = new JsonArray([.. groups.Select(group => (JsonNode)new JsonObject
        {
            ["metadata"] = group.Length == 0 ? new JsonObject() : new JsonObject { ["name"] = group },
            ["versions"] = new JsonArray([.. VersionsOf(group).Select(each => (JsonNode)new JsonObject
            {
                ["version"] = each,
                ["resources"] = new JsonArray([.. api.Store.Kinds.All
                    .Where(kind => kind.Group == group && kind.Version == each).Select(DiscoveredKind)]),
                ["freshness"] = "Current",
            })]),
        })]),
    };

    private static JsonNode DiscoveredKind(ResourceKind kind)
    {
        // Of its own built-in kinds the real server leaves group and version empty.
        var own = kind.Definition is null ? ("", "") : (kind.Group, kind.Version);
        var resource = new JsonObject
        {
            ["resource"] = kind.Plural,
            ["responseKind"] = ResponseKind(kind, own, kind.Kind),
            ["scope"] = kind.IsNamespaced ? "Namespaced" : "Cluster",
            ["singularResource"] = kind.Singular,
            ["verbs"] = Array(kind.Verbs),
        };
        AddLists(resource, kind);
        if (kind.Subresources.Count == 0)
            return resource;
        resource["subresources"] = new JsonArray([.. kind.Subresources.Select(name =>
        {
            var (response, group, version, verbs) = About(kind, name);
            var given = group.Length == 0 ? own : (group, version);
            return (JsonNode)new JsonObject
            {
                ["subresource"] = name,
                ["responseKind"] = ResponseKind(kind, given, response),
                ["verbs"] = Array(verbs),
            };
        })]);
        return resource;
    }

    private static JsonObject ResponseKind(ResourceKind kind, (string Group, string Version) of, string name) => new()
    {
        ["group"] = of.Group,
        ["version"] = of.Version,
        ["kind"] = name.Length > 0 ? name : kind.Kind,
    };

    private static JsonObject Resource(ResourceKind kind)
    {
        var resource = new JsonObject
        {
            ["name"] = kind.Plural,
            ["singularName"] = kind.Singular,
            ["namespaced"] = kind.IsNamespaced,
            ["kind"] = kind.Kind,
            ["verbs"] = Array(kind.Verbs),
        };
        AddLists(resource, kind);
        if (kind.IsStored)
            resource["storageVersionHash"] = kind.StorageVersionHash;
        return resource;
    }

    private static void AddLists(JsonObject resource, ResourceKind kind)
    {
        if (kind.ShortNames.Count > 0)
            resource["shortNames"] = Array(kind.ShortNames);
        if (kind.Categories.Count > 0)
            resource["categories"] = Array(kind.Categories);
    }

    private static JsonObject Subresource(ResourceKind kind, string name)
    {
        var (response, group, version, verbs) = About(kind, name);
        var resource = new JsonObject
        {
            ["name"] = $"{kind.Plural}/{name}",
            ["singularName"] = "",
            ["namespaced"] = kind.IsNamespaced,
        };
        if (version.Length > 0)
        {
            resource["group"] = group;
            resource["version"] = version;
        }

        resource["kind"] = response;
        resource["verbs"] = Array(verbs);
        return resource;
    }

    /// <summary>The kind that a subresource takes, where it is of another group, and its verbs.</summary>
    private static (string Kind, string Group, string Version, string[] Verbs) About(ResourceKind kind, string name) =>
        name switch
        {
            "scale" => ("Scale", "autoscaling", "v1", OfTheStatus),
            "binding" => ("Binding", "", "", ["create"]),
            "eviction" => ("Eviction", "policy", "v1", ["create"]),
            "token" => ("TokenRequest", "authentication.k8s.io", "v1", ["create"]),
            "log" => (kind.Kind, "", "", ["get"]),
            "finalize" => (kind.Kind, "", "", ["update"]),
            "attach" or "exec" => ($"Pod{char.ToUpperInvariant(name[0])}{name[1..]}Options", "", "", ["create", "get"]),
            "portforward" => ("PodPortForwardOptions", "", "", ["create", "get"]),
            "proxy" => ($"{kind.Kind}ProxyOptions", "", "", ["create", "delete", "get", "patch", "update"]),
            _ => (kind.Kind, "", "", OfTheStatus),
        };

    private JsonObject GroupBody(string name)
    {
        JsonObject Version(string version) => new() { ["groupVersion"] = $"{name}/{version}", ["version"] = version };
        var versions = VersionsOf(name).ToList();
        return new JsonObject
        {
            ["name"] = name,
            ["versions"] = new JsonArray([.. versions.Select(version => (JsonNode)Version(version))]),
            ["preferredVersion"] = Version(versions[0]),
        };
    }

    private List<string> Names() =>
        [.. api.Store.Kinds.All.Select(kind => kind.Group).Where(group => group.Length > 0).Distinct()];

    private IEnumerable<string> VersionsOf(string group) =>
        api.Store.Kinds.All.Where(kind => kind.Group == group).Select(kind => kind.Version).Distinct();

    private static JsonArray Array(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);
}
