using System.Diagnostics.CodeAnalysis;

namespace Orrery.Simulation.Hetzner.Requests;

/// <summary>
/// The cloud says no. Thrown by the routes and turned into the reply in one place; status and codes are those of the
/// vendor's table of errors and of each operation.
/// </summary>
[SuppressMessage("Design", "CA1064", Justification = "It never leaves the world.")]
internal sealed class Refusal : Exception
{
    private Refusal(int status, string code, string message)
        : base(message)
    {
        Status = status;
        Code = code;
    }

    public int Status { get; }

    public string Code { get; }

    /// <summary>For <c>invalid_input</c> and <c>uniqueness_error</c>: the fields and what is wrong with each.</summary>
    public IReadOnlyList<FieldProblem> Fields { get; private init; } = [];

    /// <summary>For <c>resource_limit_exceeded</c>.</summary>
    public string? Limit { get; private init; }

    /// <summary>For <c>deprecated_api_endpoint</c>.</summary>
    public string? Announcement { get; private init; }

    public static Refusal JsonError() => new(400, "json_error", "invalid JSON in request body");

    public static Refusal Unauthorized() => new(401, "unauthorized", "unable to authenticate");

    public static Refusal LimitExceeded(string limit) =>
        new(403, "resource_limit_exceeded", $"{limit.Replace('_', ' ')} exceeded") { Limit = limit };

    public static Refusal NotFound(string message) => new(404, "not_found", message);

    public static Refusal MethodNotAllowed() => new(405, "method_not_allowed", "method not allowed");

    public static Refusal NotUnique(string message, string field) =>
        new(409, "uniqueness_error", message) { Fields = [new FieldProblem(field, "is already used")] };

    public static Refusal EndpointRemoved(string announcement) =>
        new(410, "deprecated_api_endpoint", "API functionality was removed") { Announcement = announcement };

    public static Refusal ResourceUnavailable(string message) => new(412, "resource_unavailable", message);

    public static Refusal Of(int status, string code, string message) => new(status, code, message);

    public static Refusal Invalid(IReadOnlyList<FieldProblem> fields) =>
        new(422, "invalid_input", $"invalid input in field{(fields.Count > 1 ? "s" : "")} "
            + string.Join(", ", fields.Select(field => $"'{field.Name}'")) + $": {fields[0].Message}")
        {
            Fields = fields,
        };

    public static Refusal Invalid(string field, string message) => Invalid([new FieldProblem(field, message)]);

    public static Refusal Unprocessable(string code, string message) => new(422, code, message);

    public static Refusal Locked(string noun) => new(423, "locked", $"{noun} is locked because of a running action");

    public static Refusal Protected(string noun) => new(423, "protected", $"{noun} deletion is protected");

    public static Refusal RateLimited() => new(429, "rate_limit_exceeded", "rate limit exceeded");

    public static Refusal ServerError() => new(500, "server_error", "internal server error");
}

internal sealed record FieldProblem(string Name, string Message);
