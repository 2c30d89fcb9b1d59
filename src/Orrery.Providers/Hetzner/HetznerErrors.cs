using System.Text.Json;
using Orrery.Engine.Ports;
using Orrery.Providers.Hetzner.Wire;
using Orrery.Providers.Http;
using static Orrery.Engine.Ports.ProviderErrorCode;

namespace Orrery.Providers.Hetzner;

/// <summary>
/// What Hetzner's error codes mean for us. One table; a code that is not in it is judged by its status.
/// </summary>
internal static class HetznerErrors
{
    private const int MessageCharactersMax = 300;

    /// <summary>
    /// General codes from https://docs.hetzner.cloud/#description/errors, the others from the operations that give
    /// them.
    /// </summary>
    public static IReadOnlyList<HetznerError> All { get; } =
    [
        new("json_error", Invalid, "The request is not valid JSON."),
        new("invalid_input", Invalid, "A field is not acceptable."),
        new("unsupported_error", Invalid, "This kind of thing cannot do that."),
        new("method_not_allowed", Invalid, "The endpoint does not know this method."),
        new("deprecated_api_endpoint", Invalid, "The endpoint was removed from the API."),
        new("unauthorized", Unauthorized, "The token is wrong."),
        new("token_readonly", Unauthorized, "The token may only read."),
        new("forbidden", Unauthorized, "The token may not do this."),
        new("not_found", NotFound, "There is no such thing."),
        new("uniqueness_error", Conflict, "The name, or the key's fingerprint, is taken."),
        new("protected", Invalid, "Delete or rebuild protection is on."),
        new("resource_limit_exceeded", LimitExceeded, "The project may not have more of these."),
        new("resource_unavailable", CapacityUnavailable, "None left of this type in this place."),
        new("placement_error", CapacityUnavailable, "No host could take the server."),
        new("no_space_left_in_location", CapacityUnavailable, "No room left for volumes in this place."),
        new("locked", Locked, "Another action on it is running."),
        new("conflict", Locked, "It changed during the request; nothing was done."),
        new("maintenance", Locked, "Refused because of maintenance; nothing was done."),
        new("rate_limit_exceeded", RateLimited, "The project's requests for now are used up."),
        new("server_error", Unavailable, "Hetzner's back end failed."),
        new("service_error", Unavailable, "A service behind the API failed."),
        new("unavailable", Unavailable, "The API or a service is down."),
        new("timeout", ProviderErrorCode.Timeout, "Hetzner could not answer in time."),

        // The thing that still uses it is being deleted: a matter of seconds.
        new("resource_in_use", Locked, "A firewall still protects something."),
        new("must_be_unassigned", Locked, "A primary IP is still in use."),

        new("primary_ip_assigned", Conflict, "The primary IP belongs to another server."),
        new("primary_ip_already_assigned", Conflict, "The primary IP belongs to another server."),
        new("primary_ip_datacenter_mismatch", Invalid, "The primary IP is in another place."),
        new("primary_ip_version_mismatch", Invalid, "IPv4 where IPv6 was expected, or the reverse."),
        new("floating_ip_assigned", Conflict, "The floating IP belongs to another server."),
        new("server_not_stopped", Invalid, "The server must be off for that."),
        new("server_has_ipv4", Conflict, "The server has an IPv4 address already."),
        new("server_has_ipv6", Conflict, "The server has an IPv6 address already."),
        new("invalid_server_type", Invalid, "The type does not fit or is no longer sold."),
        new("server_already_added", Conflict, "The server is named twice."),
        new("firewall_already_applied", Conflict, "The firewall protects it already."),
        new("firewall_resource_not_found", NotFound, "What the firewall shall protect is not there."),
        new("firewall_managed_by_label_selector", Invalid, "The firewall follows a label selector there."),
        new("incompatible_network_type", Invalid, "Firewalls cannot protect this network."),
        new("private_net_only_server", Invalid, "The server has no public interface."),
    ];

    public static ProviderException Classify(ErrorReply reply)
    {
        var error = Parse(reply.Body.Span);
        var known = All.FirstOrDefault(row => row.CloudCode == error.Code);
        var said = Shorten(reply.Redact(error.Message));
        var reason = said.Length > 0 ? said : known?.Meaning ?? "no reason given";
        var code = error.Code.Length > 0 ? $"{error.Code}, {reply.Status}" : $"{reply.Status}";
        return new ProviderException(
            known?.Code ?? ByStatus(reply.Status),
            $"Hetzner Cloud refused {reply.What}: {reason} ({code})")
        {
            CloudCode = error.Code,
            Status = reply.Status,
            RequestId = reply.RequestId,
        };
    }

    private static ErrorSchema Parse(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, HetznerJson.Default.FailureReply)?.Error ?? new ErrorSchema();
        }
        catch (JsonException)
        {
            // A load balancer in front of the API answers in HTML; the status says enough.
            return new ErrorSchema();
        }
    }

    private static ProviderErrorCode ByStatus(int status) => status switch
    {
        401 or 403 => Unauthorized,
        404 => NotFound,
        408 or 504 => ProviderErrorCode.Timeout,
        409 => Conflict,
        412 => CapacityUnavailable,
        423 => Locked,
        429 => RateLimited,
        >= 500 => Unavailable,
        _ => Invalid,
    };

    private static string Shorten(string message)
    {
        var line = message.ReplaceLineEndings(" ").Trim();
        return line.Length <= MessageCharactersMax ? line : $"{line[..MessageCharactersMax]}…";
    }
}

/// <summary>One of Hetzner's error codes.</summary>
/// <param name="CloudCode">As Hetzner says it.</param>
/// <param name="Code">What it means for the engine.</param>
/// <param name="Meaning">In one line, for people.</param>
internal sealed record HetznerError(string CloudCode, ProviderErrorCode Code, string Meaning);
