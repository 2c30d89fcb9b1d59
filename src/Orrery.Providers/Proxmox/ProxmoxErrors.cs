using System.Text.Json;
using Orrery.Engine.Ports;
using Orrery.Providers.Http;
using Orrery.Providers.Proxmox.Wire;
using static Orrery.Engine.Ports.ProviderErrorCode;

namespace Orrery.Providers.Proxmox;

/// <summary>
/// What Proxmox VE's refusals mean for us. It has no error codes: nearly every refusal is a 500 with a sentence, the
/// same that a failed task ends with, so one table judges both.
/// </summary>
internal static class ProxmoxErrors
{
    private const int MessageCharactersMax = 400;

    /// <summary>
    /// The sentences as the sources of pve-common, pve-storage, pve-access-control and qemu-server write them; the
    /// first that stands in a message decides.
    /// </summary>
    public static IReadOnlyList<(string Said, ProviderErrorCode Code)> Sentences { get; } =
    [
        ("can't lock file", Locked),
        ("got lock request timeout", Locked),
        ("cfs-lock", Locked),
        ("can't get lock", Locked),
        ("VM is locked", Locked),
        ("config file already exists", Conflict),
        ("already exists", Conflict),
        ("is already in use", Conflict),
        ("does not exist", NotFound),
        ("no such user", NotFound),
        ("no such token", NotFound),
        ("no such role", NotFound),
        ("no such resource", NotFound),
        ("could not find VM", NotFound),
        ("could not find target VM", NotFound),
        ("Permission check failed", Unauthorized),
        ("permission denied", Unauthorized),
        ("invalid privilege", Invalid),
        ("Only root", Invalid),
        ("checksum mismatch", Invalid),
        ("refusing to override", Conflict),
        ("does not support", Invalid),
        ("cannot import from", Invalid),
        ("not enough free space", LimitExceeded),
        ("not enough space", LimitExceeded),
        ("No space left", LimitExceeded),
        ("out of space", LimitExceeded),
        ("insufficient free space", LimitExceeded),
        ("shrinking disks is not supported", Invalid),
        ("while the source VM is running", Locked),
        ("is running - destroy failed", Locked),
        ("unable to parse", Invalid),
        ("got timeout", ProviderErrorCode.Timeout),
        ("timed out", ProviderErrorCode.Timeout),
    ];

    public static ProviderException Classify(ErrorReply reply)
    {
        var failure = Parse(reply.Body.Span);
        var said = failure.Message is { Length: > 0 } message ? message : reply.Reason;
        var details = string.Join(
            "; ", (failure.Errors ?? []).OrderBy(error => error.Key, StringComparer.Ordinal)
                .Select(error => $"{error.Key}: {error.Value.ToString().Trim()}"));
        var text = details.Length > 0 ? $"{said.Trim()} {details}" : said;
        text = Shorten(reply.Redact(text));
        var code = CodeOf(reply.Status, text);
        return new ProviderException(
            code,
            $"Proxmox VE refused {reply.What}: {(text.Length > 0 ? text : "no reason given")} ({reply.Status})"
            + StaleLock.Advice(text))
        {
            Status = reply.Status,
            RequestId = reply.RequestId,
        };
    }

    /// <summary>What the last words of a failed task mean.</summary>
    public static ProviderErrorCode CodeOfTask(string exitStatus)
    {
        var found = Sentences.FirstOrDefault(row => exitStatus.Contains(row.Said, StringComparison.OrdinalIgnoreCase));
        return found.Said is null || found.Code is NotFound or ProviderErrorCode.Timeout ? ActionFailed : found.Code;
    }

    private static ProviderErrorCode CodeOf(int status, string text)
    {
        if (status is 401 or 403)
            return Unauthorized;
        var found = Sentences.FirstOrDefault(row => text.Contains(row.Said, StringComparison.OrdinalIgnoreCase));
        if (found.Said is not null && status is 400 or 404 or 500)
            return found.Code;
        return status switch
        {
            404 or 501 => NotFound,
            408 or 504 or 596 => ProviderErrorCode.Timeout,
            409 => Conflict,
            429 => RateLimited,
            >= 500 => Unavailable,
            _ => Invalid,
        };
    }

    private static FailureReply Parse(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, ProxmoxJson.Default.FailureReply) ?? new FailureReply();
        }
        catch (JsonException)
        {
            // The proxy in front of the API daemon answers in plain text; the status line says enough.
            return new FailureReply();
        }
    }

    public static string Shorten(string message)
    {
        var line = message.ReplaceLineEndings(" ").Trim();
        return line.Length <= MessageCharactersMax ? line : $"{line[..MessageCharactersMax]}…";
    }
}
