using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.Kubernetes;

/// <summary>What is wrong with one field, for <c>details.causes</c>.</summary>
/// <param name="Reason">For example <c>FieldValueInvalid</c>.</param>
internal sealed record FieldProblem(string Reason, string Field, string Message)
{
    public static FieldProblem Required(string field, string detail = "") =>
        new("FieldValueRequired", field, detail.Length > 0 ? $"Required value: {detail}" : "Required value");

    public static FieldProblem Invalid(string field, JsonNode? value, string detail) =>
        new("FieldValueInvalid", field, $"Invalid value: {JsonText.Of(value)}: {detail}");

    public static FieldProblem Forbidden(string field, string detail) =>
        new("FieldValueForbidden", field, $"Forbidden: {detail}");

    public static FieldProblem Duplicate(string field, JsonNode? value) =>
        new("FieldValueDuplicate", field, $"Duplicate value: {JsonText.Of(value)}");

    public static FieldProblem NotSupported(string field, JsonNode? value, IEnumerable<string> supported) =>
        new("FieldValueNotSupported", field,
            $"Unsupported value: {JsonText.Of(value)}: supported values: "
            + string.Join(", ", supported.Select(each => $"\"{each}\"")));

    public JsonNode ToCause() => new JsonObject
    {
        ["reason"] = Reason,
        ["message"] = Message,
        ["field"] = Field,
    };
}
