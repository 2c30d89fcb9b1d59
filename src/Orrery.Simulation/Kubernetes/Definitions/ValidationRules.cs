using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.Kubernetes.Admission;

/// <summary>
/// The <c>x-kubernetes-validations</c> of a schema; a rule that cannot be evaluated here is unsupported.
/// </summary>
internal static class ValidationRules
{
    /// <param name="old">What stood there before; null where nothing did.</param>
    public static void Check(
        JsonNode value, JsonNode? old, (JsonObject Schema, string Path) at, List<FieldProblem> problems)
    {
        foreach (var rule in (at.Schema["x-kubernetes-validations"] as JsonArray ?? []).OfType<JsonObject>())
        {
            var text = rule["rule"].Text() ?? "";
            // A rule about a change holds where nothing stood before.
            if (old is null && text.Contains("oldSelf", StringComparison.Ordinal))
                continue;
            if (Expression.Holds(text, value, old))
                continue;
            var message = rule["message"].Text() ?? $"failed rule: {text}";
            // The real server shows no value here.
            problems.Add(new FieldProblem("FieldValueInvalid", at.Path, $"Invalid value: {message}"));
        }
    }
}
