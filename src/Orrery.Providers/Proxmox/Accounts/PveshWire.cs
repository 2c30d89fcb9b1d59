using System.Net;
using System.Text;
using System.Text.Json;
using Orrery.Engine.Ports;
using Orrery.Model.Values;

namespace Orrery.Providers.Proxmox.Accounts;

/// <summary>
/// Until there is a token, what is read is read over SSH: <c>pvesh get</c> carries out the same operation of the API
/// (https://pve.proxmox.com/pve-docs/pvesh.1.html). Nothing is changed this way. Requests with a token pass.
/// </summary>
internal sealed class PveshWire(NodeShell shell) : DelegatingHandler
{
    private const string Prefix = "/api2/json";

    private const string Get = """
        path=$1
        shift
        pvesh get "$path" "$@" --output-format json || exit 1
        """;

    private static readonly ResourceAddress Reader = ResourceAddress.Of("proxmox", "proxmox/bootstrap", "read");

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Headers.Contains("Authorization"))
            return await base.SendAsync(request, cancellationToken);
        if (request.Method != HttpMethod.Get || request.RequestUri is not { } address)
        {
            throw new ProviderException(
                ProviderErrorCode.Unauthorized, $"there is no token yet; {shell} is asked for one first");
        }

        var result = await shell.AskAsync(
            Get, new OperationContext(Reader, static _ => { }), cancellationToken,
            [Uri.UnescapeDataString(address.AbsolutePath[Prefix.Length..]), .. OptionsOf(address)]);
        return result.ExitCode == 0
            ? Reply(HttpStatusCode.OK, [.. "{\"data\":"u8, .. result.Output.Span, .. "}"u8])
            : Reply(HttpStatusCode.InternalServerError, Encoding.UTF8.GetBytes(
                $"{{\"message\":\"{JsonEncodedText.Encode(result.Error.Trim())}\"}}"));
    }

    private static IEnumerable<string> OptionsOf(Uri address) =>
        from pair in address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
        let parts = pair.Split('=', 2)
        from word in (string[])[$"--{parts[0]}", Uri.UnescapeDataString(parts.ElementAtOrDefault(1) ?? "")]
        select word;

    private static HttpResponseMessage Reply(HttpStatusCode status, byte[] body) =>
        new(status) { Content = new ByteArrayContent(body) };
}
