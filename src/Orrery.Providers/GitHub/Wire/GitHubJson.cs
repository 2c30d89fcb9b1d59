using System.Text.Json.Serialization;

namespace Orrery.Providers.GitHub.Wire;

/// <summary>
/// Everything that goes over the wire to GitHub or comes from it: only the fields that we use.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(FailureReply))]
[JsonSerializable(typeof(DeployKeySchema))]
[JsonSerializable(typeof(DeployKeySchema[]))]
[JsonSerializable(typeof(DeployKeyCreate))]
[JsonSerializable(typeof(PullRequestSchema))]
[JsonSerializable(typeof(PullRequestSchema[]))]
[JsonSerializable(typeof(PullRequestCreate))]
internal sealed partial class GitHubJson : JsonSerializerContext;

/// <summary>A refusal.</summary>
internal sealed record FailureReply(string Message = "", IReadOnlyList<FailureDetail>? Errors = null);

/// <summary>What is wrong with one field.</summary>
internal sealed record FailureDetail(string Code = "", string? Field = null, string? Message = null);

/// <summary>A key that may read, or write, one repository.</summary>
internal sealed record DeployKeySchema(long Id, string Key, string Title, bool ReadOnly);

/// <summary>The body that makes one.</summary>
internal sealed record DeployKeyCreate(string Title, string Key, bool ReadOnly);

/// <summary>A pull request.</summary>
internal sealed record PullRequestSchema(long Number, string HtmlUrl);

/// <summary>The body that opens one.</summary>
internal sealed record PullRequestCreate(string Title, string Head, string Base, string Body);
