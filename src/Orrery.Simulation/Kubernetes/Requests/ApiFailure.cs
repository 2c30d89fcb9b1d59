using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Kinds;

namespace Orrery.Simulation.Kubernetes;

/// <summary>
/// The server says no: what becomes a <c>Status</c> with a failure. Reasons and texts are those of the real server
/// (https://kubernetes.io/docs/reference/using-api/api-concepts/, apimachinery's errors).
/// </summary>
[SuppressMessage("Design", "CA1032", Justification = "There is no failure without a status.")]
public sealed class ApiFailure : Exception
{
    internal ApiFailure(int code, string reason, string message)
        : base(message)
    {
        Code = code;
        Reason = reason;
    }

    public int Code { get; }

    /// <summary>For example <c>NotFound</c>; empty where the real server gives none.</summary>
    public string Reason { get; }

    /// <summary>The details object, or null where the real server gives none.</summary>
    internal JsonObject? Details { get; init; }

    /// <summary>Not a Status but plain text, for paths that nothing serves.</summary>
    internal bool IsPlainText { get; init; }

    /// <summary>Seconds after which the client shall try again.</summary>
    internal int? RetryAfter { get; init; }

    internal static ApiFailure BadRequest(string message) => new(400, "BadRequest", message);

    internal static ApiFailure Unauthorized() => new(401, "Unauthorized", "Unauthorized");

    internal static ApiFailure PathNotFound() =>
        new(404, "NotFound", "404 page not found\n")
        {
            IsPlainText = true,
        };

    internal static ApiFailure ResourceNotFound() =>
        new(404, "NotFound", "the server could not find the requested resource") { Details = [] };

    internal static ApiFailure NotFound(ResourceKind kind, string name) =>
        new(404, "NotFound", $"{kind.QualifiedPlural} \"{name}\" not found") { Details = Of(kind, name) };

    internal static ApiFailure AlreadyExists(ResourceKind kind, string name) =>
        new(409, "AlreadyExists", $"{kind.QualifiedPlural} \"{name}\" already exists") { Details = Of(kind, name) };

    internal static ApiFailure Forbidden(ResourceKind kind, string name, string why, params JsonNode?[] causes)
    {
        var details = Of(kind, name);
        if (causes.Length > 0)
            details["causes"] = new JsonArray(causes);
        var subject = name.Length > 0 ? $"{kind.QualifiedPlural} \"{name}\"" : kind.QualifiedPlural;
        return new(403, "Forbidden", $"{subject} is forbidden: {why}") { Details = details };
    }

    internal static ApiFailure Conflict(ResourceKind kind, string name, string why) =>
        new(409, "Conflict", $"Operation cannot be fulfilled on {kind.QualifiedPlural} \"{name}\": {why}")
        {
            Details = Of(kind, name),
        };

    internal static ApiFailure Modified(ResourceKind kind, string name) => Conflict(
        kind, name, "the object has been modified; please apply your changes to the latest version and try again");

    internal static ApiFailure MethodNotAllowed() =>
        new(405, "MethodNotAllowed", "the server does not allow this method on the requested resource")
        {
            Details = [],
        };

    internal static ApiFailure Unavailable(string message) => new(503, "ServiceUnavailable", message);

    internal static ApiFailure Expired(string message) => new(410, "Expired", message);

    internal static ApiFailure UnsupportedMediaType(string message) =>
        new(415, "UnsupportedMediaType", message) { Details = [] };

    internal static ApiFailure Invalid(ResourceKind kind, string name, IReadOnlyList<FieldProblem> problems) =>
        Invalid(kind.Group, kind.Kind, name, problems);

    internal static ApiFailure Invalid(string group, string kind, string name, IReadOnlyList<FieldProblem> problems)
    {
        var details = new JsonObject();
        if (name.Length > 0)
            details["name"] = name;
        if (group.Length > 0)
            details["group"] = group;
        details["kind"] = kind;
        details["causes"] = new JsonArray([.. problems.Select(problem => problem.ToCause())]);
        var list = string.Join(", ", problems.Select(problem => $"{problem.Field}: {problem.Message}"));
        var qualified = group.Length == 0 ? kind : $"{kind}.{group}";
        return new ApiFailure(
            422, "Invalid", $"{qualified} \"{name}\" is invalid: {(problems.Count == 1 ? list : $"[{list}]")}")
        {
            Details = details,
        };
    }

    internal static ApiFailure Unprocessable() =>
        new(422, "Invalid", "the server rejected our request due to an error in our request")
        {
            Details = [],
        };

    internal static ApiFailure TooManyRequests(string message, int seconds) =>
        new(429, "TooManyRequests", message)
        {
            Details = new JsonObject { ["retryAfterSeconds"] = seconds },
            RetryAfter = seconds,
        };

    /// <summary>The real server's answer to errors without a kind of their own.</summary>
    internal static ApiFailure Unclassified(string message) => new(500, "", message);

    internal static ApiFailure Internal(string message) =>
        new(500, "InternalError", "Internal error occurred: " + message)
        {
            Details = new JsonObject { ["causes"] = new JsonArray(new JsonObject { ["message"] = message }) },
        };

    /// <summary>The simulation does not have this; the real server would.</summary>
    internal static ApiFailure Unsupported(string what) =>
        new(501, "NotImplemented", $"the simulated API server does not support {what}") { Details = [] };

    /// <summary>The whole Status object.</summary>
    internal JsonObject ToStatus()
    {
        var status = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = Message,
        };
        if (Reason.Length > 0)
            status["reason"] = Reason;
        if (Details is not null)
            status["details"] = Details.DeepClone();
        status["code"] = Code;
        return status;
    }

    internal static JsonObject Of(ResourceKind kind, string name)
    {
        var details = new JsonObject();
        if (name.Length > 0)
            details["name"] = name;
        if (kind.Group.Length > 0)
            details["group"] = kind.Group;
        details["kind"] = kind.Plural;
        return details;
    }
}
