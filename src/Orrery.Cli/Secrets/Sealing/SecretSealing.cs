using System.Text;
using Orrery.Model.Values;
using Orrery.Secrets;
using Orrery.Secrets.SealedSecrets;

namespace Orrery.Cli.Secrets.Sealing;

/// <summary>Makes SealedSecrets of Secrets, as <c>kubeseal</c> does.</summary>
/// <remarks>https://github.com/bitnami-labs/sealed-secrets, pkg/apis/sealedsecrets/v1alpha1</remarks>
internal static class SecretSealing
{
    // They hold a copy of the whole Secret, values and all.
    private static readonly string[] Copies =
        ["kubectl.kubernetes.io/last-applied-configuration", "kubecfg.ksonnet.io/last-applied-configuration"];

    // What a cluster wrote there, where the Secret was read from one.
    private static readonly string[] OfClusters =
        ["creationTimestamp", "managedFields", "ownerReferences", "resourceVersion", "selfLink", "uid", "generation"];

    /// <summary>The scope that a Secret's own annotations ask for, by its name.</summary>
    public static string ScopeOf(Value.Map secret)
    {
        var annotations = Below(secret["metadata"], "annotations");
        return SealingScope.Names.LastOrDefault(scope => scope != "strict"
            && annotations[$"sealedsecrets.bitnami.com/{scope}"] is Value.Text { Of: "true" }) ?? "strict";
    }

    /// <summary>The values of a Secret by their key; of <c>stringData</c> and <c>data</c> the first counts.</summary>
    /// <exception cref="FormatException">A value is no text, or in <c>data</c> no base64; it is not quoted.</exception>
    public static IReadOnlyList<KeyValuePair<string, byte[]>> ValuesOf(Value.Map secret)
    {
        var values = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var (key, value) in Fields(secret, "data"))
        {
            var bytes = new byte[value.Length];
            if (!Convert.TryFromBase64String(value, bytes, out var length))
                throw new FormatException($"data.{key} is no base64");
            values[key] = bytes[..length];
        }

        foreach (var (key, value) in Fields(secret, "stringData"))
            values[key] = Encoding.UTF8.GetBytes(value);
        return [.. values];
    }

    /// <summary>The SealedSecret of a Secret, whose metadata and type become its template.</summary>
    public static Value.Map Seal(
        Value.Map secret, SealingScope scope, SealingCertificate certificate, FillRandom random)
    {
        var metadata = secret["metadata"] as Value.Map ?? Value.Map.Empty;
        var template = Value.MapOf(("metadata", TemplateOf(metadata, scope)));
        foreach (var field in new[] { "type", "immutable" })
        {
            if (secret[field] is not Value.Null)
                template = template.With(field, secret[field]);
        }

        var items = ValuesOf(secret).Select(value => KeyValuePair.Create(
            value.Key, (Value)SealedSecret.Seal(value.Value, scope, certificate, random)));
        var spec = Value.MapOf(("encryptedData", new Value.Map(ValueMap.From(items))), ("template", template));
        var own = Value.MapOf(("name", metadata["name"]));
        if (metadata["namespace"] is not Value.Null)
            own = own.With("namespace", metadata["namespace"]);
        if (scope.Annotation is { } annotation)
            own = own.With("annotations", Value.MapOf((annotation, "true")));
        return Value.MapOf(
            ("apiVersion", "bitnami.com/v1alpha1"), ("kind", "SealedSecret"), ("metadata", own), ("spec", spec));
    }

    private static Value.Map TemplateOf(Value.Map metadata, SealingScope scope)
    {
        var annotations = Below(metadata, "annotations");
        foreach (var name in annotations.Fields.Keys.Where(
            name => Copies.Contains(name, StringComparer.Ordinal) || IsScope(name)).ToArray())
        {
            annotations = annotations.Without(name);
        }

        if (scope.Annotation is { } annotation)
            annotations = annotations.With(annotation, "true");
        var template = metadata;
        foreach (var field in OfClusters.Append("annotations"))
            template = template.Without(field);
        return annotations.Fields.Count > 0 ? template.With("annotations", annotations) : template;
    }

    private static bool IsScope(string annotation) =>
        SealingScope.Names.Any(scope => annotation == $"sealedsecrets.bitnami.com/{scope}");

    private static Value.Map Below(Value map, string field) =>
        (map as Value.Map)?[field] as Value.Map ?? Value.Map.Empty;

    private static Value.Map With(this Value.Map map, string field, Value value) => new(map.Fields.With(field, value));

    private static Value.Map Without(this Value.Map map, string field) => new(map.Fields.Without(field));

    private static IEnumerable<(string Key, string Value)> Fields(Value.Map secret, string field)
    {
        foreach (var (key, value) in Below(secret, field).Fields)
        {
            yield return value is Value.Text text
                ? (key, text.Of)
                : throw new FormatException($"{field}.{key} is no text: put it in quotes");
        }
    }
}
