using System.Text.Json;
using Orrery.Engine.Ports;
using Orrery.Providers.Http;
using Orrery.Providers.Vault.Wire;
using static Orrery.Engine.Ports.ProviderErrorCode;

namespace Orrery.Providers.Vault;

/// <summary>What Vault's refusals mean for us: https://openbao.org/api-docs/#http-status-codes.</summary>
internal static class VaultErrors
{
    /// <summary>The vendor's code of a write that named another version than the current one.</summary>
    public const string CheckAndSet = "check-and-set";

    /// <summary>The vendor's code of a server that cannot read its own storage.</summary>
    public const string Sealed = "sealed";

    private const int MessageCharactersMax = 300;

    public static ProviderException Classify(ErrorReply reply)
    {
        var said = string.Join("; ", Parse(reply.Body.Span)?.Errors ?? []);
        var shown = reply.Redact(said.ReplaceLineEndings(" "));
        if (shown.Length > MessageCharactersMax)
            shown = $"{shown[..MessageCharactersMax]}…";
        if (shown.Length == 0)
            shown = "no reason given";
        var (code, cloudCode) = CodeOf(reply.Status, said);
        return new ProviderException(code, $"Vault refused {reply.What}: {shown} ({reply.Status})")
        {
            Status = reply.Status,
            CloudCode = cloudCode,
            RequestId = reply.RequestId,
        };
    }

    /// <summary>
    /// A 404 by which Vault itself says that nothing is there: without errors, or with the metadata of what was
    /// deleted. Any other is a wrong address.
    /// </summary>
    public static bool SaysNothingIsThere(ReadOnlySpan<byte> body) =>
        Parse(body) is { } reply && (reply.Errors is { Count: 0 } || reply is { Errors: null, Data: not null });

    // Told in words only; they have been the same since the engine's first version.
    private static (ProviderErrorCode Code, string CloudCode) CodeOf(int status, string said) => status switch
    {
        400 when said.Contains("did not match the current version", StringComparison.Ordinal) =>
            (Conflict, CheckAndSet),
        400 when said.Contains("already in use", StringComparison.Ordinal) => (Conflict, ""),
        401 or 403 => (Unauthorized, ""),
        404 => (NotFound, ""),
        408 or 504 => (ProviderErrorCode.Timeout, ""),
        429 => (RateLimited, ""),
        // A standby that cannot reach its active node; it does not answer for it.
        472 or 473 => (Unavailable, ""),
        503 when said.Contains("sealed", StringComparison.Ordinal) => (Unavailable, Sealed),
        >= 500 => (Unavailable, ""),
        _ => (Invalid, ""),
    };

    private static FailureReply? Parse(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, VaultJson.Default.FailureReply);
        }
        catch (JsonException)
        {
            // What stands before Vault answers in HTML; the status says enough.
            return null;
        }
    }
}
