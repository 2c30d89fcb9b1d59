using System.Globalization;
using System.Text.Json.Nodes;

namespace Orrery.Providers.Kubernetes;

/// <summary>An object as the API server tells it. Its text says what it is and never what it holds.</summary>
public sealed class KubernetesObject(JsonObject json)
{
    /// <summary>All of it; may hold secrets.</summary>
    public JsonObject Json => json;

    public ApiKind Kind => ApiKind.Of(json.Text("apiVersion") ?? "", json.Text("kind") ?? "");

    public string Name => Metadata?.Text("name") ?? "";

    /// <summary>Null for what belongs to the cluster as a whole.</summary>
    public string? Namespace => Metadata?.Text("namespace");

    /// <summary>Different for each object that ever had this name.</summary>
    public string Uid => Metadata?.Text("uid") ?? "";

    public string ResourceVersion => Metadata?.Text("resourceVersion") ?? "";

    /// <summary>Its deletion was asked for; what is left to do stands in <see cref="Finalizers"/>.</summary>
    public bool IsTerminating => Metadata?.Text("deletionTimestamp") is not null;

    public IEnumerable<string> Finalizers => Metadata.Array("finalizers").Select(item => item.AsText() ?? "");

    public JsonObject? Metadata => json.Object("metadata");

    public JsonObject? Status => json.Object("status");

    public ObjectReference Reference => new(Kind, Namespace, Name);

    public string? Label(string name) => Metadata?.Object("labels")?.Text(name);

    public string? Annotation(string name) => Metadata?.Object("annotations")?.Text(name);

    /// <summary>The condition of that type, or null while there is none.</summary>
    public ObjectCondition? Condition(string type) => Conditions.FirstOrDefault(condition => condition.Type == type);

    public IEnumerable<ObjectCondition> Conditions => Status.Array("conditions").OfType<JsonObject>().Select(
        condition => new ObjectCondition(
            condition.Text("type") ?? "", condition.Text("status") ?? "", condition.Text("reason") ?? "",
            condition.Text("message") ?? ""));

    public override string ToString() => Reference.ToString();
}

/// <summary>One of the conditions in an object's status.</summary>
/// <param name="Type">For example <c>Available</c>.</param>
/// <param name="Status"><c>True</c>, <c>False</c> or <c>Unknown</c>.</param>
/// <param name="Reason">One word, for example <c>MinimumReplicasUnavailable</c>.</param>
/// <param name="Message">For people.</param>
public sealed record ObjectCondition(string Type, string Status, string Reason, string Message)
{
    public bool IsTrue => Status == "True";

    public override string ToString()
    {
        var why = string.Join(": ", new[] { Reason, Message }.Where(text => text.Length > 0));
        return why.Length == 0 ? $"{Type}={Status}" : $"{Type}={Status} ({why})";
    }
}

/// <summary>A page of a list.</summary>
/// <param name="Items">Each with its apiVersion and kind, which the server leaves out in lists.</param>
/// <param name="ResourceVersion">From where a watch goes on.</param>
/// <param name="Continue">Asks for the next page; null at the end.</param>
internal sealed record ObjectPage(IReadOnlyList<KubernetesObject> Items, string ResourceVersion, string? Continue);

/// <summary>Reads JSON that may have any shape: what is missing or of another type is null.</summary>
internal static class JsonReading
{
    public static string? Text(this JsonObject json, string name) => json[name].AsText();

    public static JsonObject? Object(this JsonObject json, string name) => json[name] as JsonObject;

    public static IEnumerable<JsonNode?> Array(this JsonObject? json, string name) =>
        json?[name] as JsonArray ?? Enumerable.Empty<JsonNode?>();

    public static string? AsText(this JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    public static int? Number(this JsonObject json, string name) =>
        json[name] is JsonValue value
        && int.TryParse(value.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var it)
            ? it
            : null;

    public static bool IsTrue(this JsonObject json, string name) =>
        json[name] is JsonValue value && value.TryGetValue<bool>(out var it) && it;
}
