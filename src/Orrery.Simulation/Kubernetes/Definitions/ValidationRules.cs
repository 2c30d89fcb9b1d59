using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.Kubernetes.Admission;

/// <summary>
/// The <c>x-kubernetes-validations</c> of a schema; a rule that cannot be evaluated here is unsupported.
/// </summary>
internal static class ValidationRules
{
    public static void Check(JsonNode value, JsonObject schema, string path, List<FieldProblem> problems)
    {
        foreach (var rule in (schema["x-kubernetes-validations"] as JsonArray ?? []).OfType<JsonObject>())
        {
            var text = rule["rule"].Text() ?? "";
            // Rules about the change from the object before do not hold for a first look, which all of these are.
            if (text.Contains("oldSelf", StringComparison.Ordinal) && !rule["optionalOldSelf"].IsTrue())
                continue;
            if (Expression.Holds(text, value))
                continue;
            var message = rule["message"].Text() ?? $"failed rule: {text}";
            // The real server shows no value here.
            problems.Add(new FieldProblem("FieldValueInvalid", path, $"Invalid value: {message}"));
        }
    }
}
