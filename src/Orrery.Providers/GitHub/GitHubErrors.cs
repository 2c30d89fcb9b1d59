using System.Text.Json;
using Orrery.Engine.Ports;
using Orrery.Providers.GitHub.Wire;
using Orrery.Providers.Http;
using static Orrery.Engine.Ports.ProviderErrorCode;

namespace Orrery.Providers.GitHub;

/// <summary>What GitHub's refusals mean for us: https://docs.github.com/en/rest/using-the-rest-api.</summary>
internal static class GitHubErrors
{
    private const int MessageCharactersMax = 300;

    public static ProviderException Classify(ErrorReply reply)
    {
        var failure = Parse(reply.Body.Span);
        var details = failure.Errors?.Select(error => error.Message ?? $"{error.Field} {error.Code}") ?? [];
        var said = string.Join("; ", details.Prepend(failure.Message).Where(text => text.Length > 0));
        var shown = reply.Redact(said.ReplaceLineEndings(" "));
        if (shown.Length > MessageCharactersMax)
            shown = $"{shown[..MessageCharactersMax]}…";
        var code = CodeOf(reply.Status, said);
        var remedy = code == Unauthorized
            ? ". The token must be valid and may administrate the repository (deploy keys) and write pull requests"
            : "";
        if (shown.Length == 0)
            shown = "no reason given";
        return new ProviderException(code, $"GitHub refused {reply.What}: {shown} ({reply.Status}){remedy}")
        {
            Status = reply.Status,
            RequestId = reply.RequestId,
        };
    }

    // A limit is told with 403 or 429; what is told in words only has been the same for years.
    private static ProviderErrorCode CodeOf(int status, string said) => status switch
    {
        403 or 429 when said.Contains("rate limit", StringComparison.OrdinalIgnoreCase) => RateLimited,
        401 or 403 => Unauthorized,
        404 => NotFound,
        408 or 504 => ProviderErrorCode.Timeout,
        409 => Conflict,
        422 when said.Contains("already", StringComparison.OrdinalIgnoreCase) => Conflict,
        429 => RateLimited,
        >= 500 => Unavailable,
        _ => Invalid,
    };

    private static FailureReply Parse(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, GitHubJson.Default.FailureReply) ?? new FailureReply();
        }
        catch (JsonException)
        {
            // What stands before the API answers in HTML; the status says enough.
            return new FailureReply();
        }
    }
}
