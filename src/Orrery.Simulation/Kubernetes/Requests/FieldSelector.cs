using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Kinds;

namespace Orrery.Simulation.Kubernetes.Requests;

/// <summary>The fields by which lists can be narrowed; each kind has its own few.</summary>
internal sealed class FieldSelector
{
    private static readonly Dictionary<string, string[]> Known = new()
    {
        ["Pod"] =
        [
            "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork",
            "status.phase", "status.podIP", "status.nominatedNodeName",
        ],
        ["Event"] =
        [
            "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid",
            "involvedObject.apiVersion", "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason",
            "reportingComponent", "source", "type",
        ],
        ["Node"] = ["spec.unschedulable"],
        ["Namespace"] = ["status.phase"],
        ["Secret"] = ["type"],
        ["Service"] = ["spec.clusterIP", "spec.type"],
        ["ReplicaSet"] = ["status.replicas"],
        ["ReplicationController"] = ["status.replicas"],
        ["Job"] = ["status.successful"],
        ["CertificateSigningRequest"] = ["spec.signerName"],
    };

    private readonly List<(string[] Path, string Value, bool IsEqual)> _requirements = [];

    public static FieldSelector Parse(string text, ResourceKind kind)
    {
        var selector = new FieldSelector();
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var isEqual = !part.Contains("!=", StringComparison.Ordinal);
            var pair = part.Split(isEqual ? "=" : "!=", 2);
            if (pair.Length < 2)
                throw ApiFailure.BadRequest($"invalid selector: '{part}'; can't understand '{part}'");
            var field = pair[0].Trim();
            if (!IsKnown(kind, field))
                throw ApiFailure.BadRequest($"field label not supported: {field}");
            selector._requirements.Add((field.Split('.'), pair[1].TrimStart('=').Trim(), isEqual));
        }

        return selector;
    }

    public bool Matches(JsonObject item) => _requirements.TrueForAll(requirement =>
    {
        var value = item.At(requirement.Path);
        var text = value is JsonValue ? value.Text() ?? value.ToJsonString() : "";
        return (text == requirement.Value) == requirement.IsEqual;
    });

    private static bool IsKnown(ResourceKind kind, string field) =>
        field is "metadata.name" || (field == "metadata.namespace" && kind.IsNamespaced)
        || (kind.Definition is null
            && Known.TryGetValue(kind.Kind, out var fields) && Array.IndexOf(fields, field) >= 0);
}
