using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.K3s.Charts;

/// <summary>Objects of charts from text, and readings of their values.</summary>
internal static class ChartText
{
    public static IEnumerable<JsonObject> Read(string yaml) => YamlDocuments.All(yaml).OfType<JsonObject>();

    /// <summary>A value as JSON, which is YAML too; a default where there is none.</summary>
    public static string Json(this JsonObject values, string otherwise, params ReadOnlySpan<string> path) =>
        values.At(path) is { } value ? JsonText.Of(value) : otherwise;

    public static string Text(this JsonObject values, string otherwise, params ReadOnlySpan<string> path)
    {
        var value = values.At(path);
        return value.Text() ?? value?.ToJsonString() ?? otherwise;
    }

    public static bool Is(this JsonObject values, bool otherwise, params ReadOnlySpan<string> path) =>
        values.At(path) is { } value ? value.IsTrue() : otherwise;

    /// <summary>A Deployment with one container, its Service where it has a port, and its account.</summary>
    /// <param name="more">Further fields of pod, container and spec, as lines of YAML without indent.</param>
    public static IEnumerable<JsonObject> Workload(
        string kind, string ns, string name, string image, (string Pod, string Container, string Spec) more = default)
    {
        static string Indented(string? text, int by) => string.Concat((text ?? "").Split('\n')
            .Where(line => line.Trim().Length > 0).Select(line => "\n" + new string(' ', by) + line));
        var own = kind == "StatefulSet" ? $"\n  serviceName: {name}" : "";
        return Read($"""
            apiVersion: v1
            kind: ServiceAccount
            metadata:
              name: {name}
              namespace: {ns}
            ---
            apiVersion: apps/v1
            kind: {kind}
            metadata:
              name: {name}
              namespace: {ns}
              labels:
                app.kubernetes.io/name: {name}
            spec:{own}{Indented(more.Spec, 2)}
              selector:
                matchLabels:
                  app.kubernetes.io/name: {name}
              template:
                metadata:
                  labels:
                    app.kubernetes.io/name: {name}
                spec:
                  serviceAccountName: {name}{Indented(more.Pod, 6)}
                  containers:
                  - name: {name}
                    image: {image}{Indented(more.Container, 8)}
            """);
    }

    /// <summary>Other annotations of its pods are another template: the deployment replaces them.</summary>
    public static JsonObject WithPodAnnotations(this JsonObject item, JsonObject? annotations)
    {
        if (annotations is { Count: > 0 } && item.At("spec", "template", "metadata") is JsonObject metadata)
            metadata["annotations"] = annotations.DeepClone();
        return item;
    }

    /// <param name="of">What its own label calls it, whatever the release is called, and its pods' label.</param>
    public static IEnumerable<JsonObject> Service(
        string ns, string name, (string Part, string Target) of, int port, int targetPort) =>
        Read($$"""
            apiVersion: v1
            kind: Service
            metadata:
              name: {{name}}
              namespace: {{ns}}
              labels:
                app.kubernetes.io/name: {{of.Part}}
            spec:
              ports: [{name: main, port: {{port}}, targetPort: {{targetPort}}}]
              selector:
                app.kubernetes.io/name: {{of.Target}}
            """);
}
