using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.Kubernetes.Admission;

/// <summary>What the server refuses in CustomResourceDefinitions.</summary>
internal static class DefinitionRules
{
    public static void Check(JsonObject item, List<FieldProblem> problems)
    {
        var (group, plural) = (item.TextAt("spec", "group") ?? "", item.TextAt("spec", "names", "plural") ?? "");
        var name = item.TextAt("metadata", "name") ?? "";
        if (name != $"{plural}.{group}")
        {
            problems.Add(FieldProblem.Invalid(
                "metadata.name", name, "must be spec.names.plural+\".\"+spec.group"));
        }

        if (group.Length == 0)
            problems.Add(FieldProblem.Required("spec.group"));
        if (item.TextAt("spec", "scope") is not ("Namespaced" or "Cluster"))
        {
            problems.Add(FieldProblem.NotSupported(
                "spec.scope", item.TextAt("spec", "scope") ?? "", ["Cluster", "Namespaced"]));
        }

        foreach (var field in new[] { "plural", "kind" })
        {
            if (item.TextAt("spec", "names", field) is null or "")
                problems.Add(FieldProblem.Required($"spec.names.{field}"));
        }

        CheckVersions(item.At("spec", "versions") as JsonArray ?? [], problems);
        var isApproved = item.At("metadata", "annotations", "api-approved.kubernetes.io") is not null;
        var isProtected = group.EndsWith(".k8s.io", StringComparison.Ordinal)
            || group.EndsWith(".kubernetes.io", StringComparison.Ordinal);
        if (isProtected && !isApproved)
        {
            problems.Add(FieldProblem.Required("metadata.annotations[api-approved.kubernetes.io]",
                "protected groups must have approval annotation \"api-approved.kubernetes.io\", see "
                + "https://github.com/kubernetes/enhancements/pull/1111"));
        }
    }

    private static void CheckVersions(JsonArray versions, List<FieldProblem> problems)
    {
        if (versions.Count(version => version.At("storage").IsTrue()) != 1)
        {
            problems.Add(FieldProblem.Invalid(
                "spec.versions", versions, "must have exactly one version marked as storage version"));
        }

        for (var i = 0; i < versions.Count; i++)
        {
            var path = $"spec.versions[{i}].schema.openAPIV3Schema";
            if (versions[i].At("schema", "openAPIV3Schema") is not JsonObject schema)
                problems.Add(FieldProblem.Required(path, "schemas are required"));
            else if (schema["type"].Text() is null)
                problems.Add(FieldProblem.Required($"{path}.type", "must not be empty at the root"));
        }
    }
}
