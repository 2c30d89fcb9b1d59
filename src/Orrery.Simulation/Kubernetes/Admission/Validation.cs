using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Kinds;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.Kubernetes.Admission;

/// <summary>What the server refuses of an object's contents, kind by kind.</summary>
internal static class Validation
{
    public static void Create(ClusterStore store, ResourceKind kind, JsonObject item, WriteOptions options)
    {
        var problems = new List<FieldProblem>();
        Names.Check(kind, item, problems);
        Contents(store, kind, null, item, problems);
        ThrowIfAny(kind, item, problems);
        PodSecurity.Check(store, kind, item, options);
        Webhooks.Check(store, kind, item, "CREATE");
        LimitRanges.Check(store, kind, item);
        Quotas.Check(store, kind, item);
    }

    public static void Update(
        ClusterStore store, ResourceKind kind, JsonObject live, JsonObject item, WriteOptions options)
    {
        var problems = new List<FieldProblem>();
        Contents(store, kind, live, item, problems);
        Immutability.Check(kind, live, item, problems);
        ThrowIfAny(kind, item, problems);
        if (options.Subresource.Length == 0)
            Webhooks.Check(store, kind, item, "UPDATE");
    }

    private static void Contents(
        ClusterStore store, ResourceKind kind, JsonObject? live, JsonObject item, List<FieldProblem> problems)
    {
        if (kind.Definition is not null)
        {
            store.Definitions.Validate(kind, live, item, problems);
            return;
        }

        switch (kind.Kind)
        {
            case "Secret":
                CheckSecret(item, problems);
                break;
            case "ConfigMap":
                CheckKeys(item, "data", problems);
                CheckKeys(item, "binaryData", problems);
                break;
            case "CertificateSigningRequest":
                CheckRequest(item, problems);
                break;
            case "Service":
                CheckService(item, problems);
                break;
            case "CustomResourceDefinition":
                DefinitionRules.Check(item, problems);
                break;
            case "Deployment" or "ReplicaSet" or "StatefulSet" or "DaemonSet":
                CheckSelector(item, problems);
                break;
            case "PersistentVolumeClaim":
                CheckClaim(item, problems);
                break;
            default:
                break;
        }

        PodRules.Check(store, kind, item, problems);
    }

    private static void ThrowIfAny(ResourceKind kind, JsonObject item, List<FieldProblem> problems)
    {
        if (problems.Count > 0)
            throw ApiFailure.Invalid(kind, item.TextAt("metadata", "name") ?? "", problems);
    }

    private static void CheckSecret(JsonObject item, List<FieldProblem> problems)
    {
        CheckKeys(item, "data", problems);
        var required = item["type"].Text() switch
        {
            "kubernetes.io/tls" => new[] { "tls.crt", "tls.key" },
            "kubernetes.io/dockerconfigjson" => [".dockerconfigjson"],
            "kubernetes.io/dockercfg" => [".dockercfg"],
            "kubernetes.io/ssh-auth" => ["ssh-privatekey"],
            _ => [],
        };
        foreach (var key in required.Where(key => item.At("data", key) is null))
            problems.Add(FieldProblem.Required($"data[{key}]"));
    }

    private static void CheckKeys(JsonObject item, string field, List<FieldProblem> problems)
    {
        foreach (var (key, _) in item[field] as JsonObject ?? [])
        {
            if (key.Length is > 0 and <= 253
                && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') && key is not ("." or ".."))
            {
                continue;
            }

            problems.Add(FieldProblem.Invalid($"{field}[{key}]", key,
                "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or "
                + "'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"));
        }
    }

    private static void CheckRequest(JsonObject item, List<FieldProblem> problems)
    {
        var text = item.TextAt("spec", "request") ?? "";
        var bytes = new byte[text.Length];
        var isBytes = Convert.TryFromBase64String(text, bytes, out var length);
        var pem = System.Text.Encoding.UTF8.GetString(bytes, 0, isBytes ? length : 0);
        if (!pem.Contains("-----BEGIN CERTIFICATE REQUEST-----", StringComparison.Ordinal))
        {
            problems.Add(FieldProblem.Invalid(
                "spec.request", text, "PEM block type must be CERTIFICATE REQUEST"));
        }

        if (item.TextAt("spec", "signerName") is null or "")
            problems.Add(FieldProblem.Required("spec.signerName"));
    }

    private static void CheckService(JsonObject item, List<FieldProblem> problems)
    {
        var type = item.TextAt("spec", "type") ?? "";
        string[] types = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
        if (Array.IndexOf(types, type) < 0)
            problems.Add(FieldProblem.NotSupported("spec.type", type, types));
        var ports = item.At("spec", "ports") as JsonArray ?? [];
        if (ports.Count == 0 && type != "ExternalName" && item.TextAt("spec", "clusterIP") != "None")
            problems.Add(FieldProblem.Required("spec.ports"));
        for (var i = 0; i < ports.Count; i++)
        {
            if (ports[i].At("port").Number() is not (>= 1 and <= 65535))
            {
                problems.Add(FieldProblem.Invalid(
                    $"spec.ports[{i}].port", ports[i].At("port") ?? 0, "must be between 1 and 65535, inclusive"));
            }

            if (ports.Count > 1 && ports[i].TextAt("name") is null or "")
                problems.Add(FieldProblem.Required($"spec.ports[{i}].name"));
        }
    }

    private static void CheckSelector(JsonObject item, List<FieldProblem> problems)
    {
        var selector = item.At("spec", "selector");
        var labels = item.At("spec", "template", "metadata", "labels");
        if (selector.IsEmpty())
        {
            problems.Add(FieldProblem.Required("spec.selector"));
            return;
        }

        if (!LabelSelector.FromObject(selector).Matches(labels as JsonObject))
        {
            problems.Add(FieldProblem.Invalid(
                "spec.template.metadata.labels", labels ?? new JsonObject(),
                "`selector` does not match template `labels`"));
        }
    }

    private static void CheckClaim(JsonObject item, List<FieldProblem> problems)
    {
        if (item.At("spec", "accessModes").IsEmpty())
            problems.Add(FieldProblem.Required("spec.accessModes", "at least 1 access mode is required"));
        if (item.At("spec", "resources", "requests", "storage") is null)
            problems.Add(FieldProblem.Required("spec.resources[storage]"));
    }
}
