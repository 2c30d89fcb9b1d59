using System.Text.Json.Nodes;
using Orrery.Model.Values;
using Orrery.Simulation.Kubernetes.Kinds;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Shapes;

namespace Orrery.Simulation.Kubernetes.Admission;

/// <summary>The schemas of custom resources, from the CustomResourceDefinitions that are established.</summary>
internal sealed class Definitions
{
    private readonly Dictionary<(string ApiVersion, string Kind), JsonObject> _versions = [];

    /// <summary>
    /// The kinds of all served versions, with their shapes; from now on they are defaulted and validated.
    /// </summary>
    public IEnumerable<(ResourceKind Kind, Shape Shape)> Establish(JsonObject definition)
    {
        var spec = definition.Child("spec");
        foreach (var version in (spec["versions"] as JsonArray ?? []).OfType<JsonObject>())
        {
            if (!version["served"].IsTrue())
                continue;
            var kind = KindOf(definition, spec, version);
            _versions[(kind.ApiVersion, kind.Kind)] = version.Copy();
            yield return (kind, SchemaShape.From(version.At("schema", "openAPIV3Schema") as JsonObject ?? []));
        }
    }

    /// <summary>The version's part of the definition.</summary>
    public JsonObject? VersionOf(ResourceKind kind) => _versions.GetValueOrDefault((kind.ApiVersion, kind.Kind));

    public JsonObject SchemaOf(ResourceKind kind) =>
        VersionOf(kind).At("schema", "openAPIV3Schema") as JsonObject ?? [];

    public void Default(ResourceKind kind, JsonObject item) => SchemaDefaults.Apply(item, SchemaOf(kind));

    /// <param name="live">The object before; null for a new one.</param>
    public void Validate(ResourceKind kind, JsonObject? live, JsonObject item, List<FieldProblem> problems) =>
        new SchemaValidation(problems).Check(item, SchemaOf(kind), "", live);

    /// <summary>The status of a definition that was only just made.</summary>
    public static JsonObject NewStatus(JsonObject definition)
    {
        var stored = (definition.At("spec", "versions") as JsonArray ?? [])
            .Where(version => version.At("storage").IsTrue())
            .Select(version => (JsonNode?)version.TextAt("name"));
        return new JsonObject
        {
            ["conditions"] = null,
            ["acceptedNames"] = new JsonObject { ["plural"] = "", ["kind"] = "" },
            ["storedVersions"] = new JsonArray([.. stored]),
        };
    }

    private static ResourceKind KindOf(JsonObject definition, JsonObject spec, JsonObject version)
    {
        var names = spec.Child("names");
        var subresources = new List<string>();
        if (version.At("subresources", "status") is not null)
            subresources.Add("status");
        if (version.At("subresources", "scale") is not null)
            subresources.Add("scale");
        return new ResourceKind
        {
            Group = spec["group"].Text() ?? "",
            Version = version["name"].Text() ?? "",
            Plural = names["plural"].Text() ?? "",
            Kind = names["kind"].Text() ?? "",
            Singular = names["singular"].Text() ?? "",
            IsNamespaced = spec["scope"].Text() == "Namespaced",
            ShortNames = Texts(names["shortNames"]),
            Categories = Texts(names["categories"]),
            Verbs = ValueList.Create<string>(
                ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"]),
            Subresources = subresources.ToValueList(),
            Definition = definition.TextAt("metadata", "name"),
        };
    }

    private static ValueList<string> Texts(JsonNode? list) =>
        (list as JsonArray ?? []).Select(each => each.Text() ?? "").ToValueList();
}
