using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orrery.Engine.Ports;
using Orrery.Model.Values;

namespace Orrery.Providers.Kubernetes.Configuration;

/// <summary>What a plugin gave: a token, or a certificate with its key. All secret.</summary>
/// <param name="Expires">Null for as long as the server takes it.</param>
internal sealed record Credential(
    string? Token, string? ClientCertificate, string? ClientKey, DateTimeOffset? Expires)
{
    public override string ToString() => "a credential";
}

/// <summary>
/// A program that says who we are (https://kubernetes.io/docs/reference/config-api/client-authentication.v1/). It sees
/// the variables that the kubeconfig lists and none of ours.
/// </summary>
internal sealed class CredentialPlugin(
    KubeconfigNode exec, string apiVersion, ProcessRequest request, IProcessRunner processes)
{
    private const string Group = "client.authentication.k8s.io";
    private const int ErrorCharactersMax = 300;

    private static readonly string[] Versions = [$"{Group}/v1", $"{Group}/v1beta1"];

    public static CredentialPlugin Read(
        KubeconfigNode exec, Connection connection, IProcessRunner processes, Func<string, string> beside)
    {
        var version = exec.Required("apiVersion", $"write {Versions[0]}");
        if (!Versions.Contains(version))
            throw exec.Wrong("apiVersion", $"is '{version}': only {string.Join(" and ", Versions)} are supported");
        if (exec.Text("interactiveMode") == "Always")
        {
            throw exec.Wrong(
                "interactiveMode", "is Always: Orrery runs it without a terminal; log in with the plugin beforehand");
        }

        var command = exec.Required("command", "name the program that gives the credentials");
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in exec.Objects("env"))
            environment[entry.Required("name", "name the variable")] = entry.Text("value") ?? "";
        environment["KUBERNETES_EXEC_INFO"] = InfoOf(exec, version, connection);
        var request = new ProcessRequest
        {
            // A name without a slash is looked for in the path.
            Program = command.Contains('/', StringComparison.Ordinal) ? beside(command) : command,
            Arguments = exec.Texts("args").ToValueList(),
            Environment = ValueMap.From(environment),
        };
        return new CredentialPlugin(exec, version, request, processes);
    }

    public async Task<Credential> RunAsync(CancellationToken cancellation)
    {
        ProcessResult result;
        try
        {
            result = await processes.RunAsync(request, cancellation);
        }
        catch (ProviderException refusal)
        {
            throw exec.Wrong("command", $"could not be run: {refusal.Message}{Hint}");
        }

        if (result.ExitCode != 0)
        {
            var said = result.Error.ReplaceLineEndings(" ").Trim();
            throw new ProviderException(
                ProviderErrorCode.Unauthorized,
                exec.Wrong("command", $"ended with {result.ExitCode}: {Shortened(said)}{Hint}").Message);
        }

        return Read(result.Output.Span);
    }

    private string Hint => exec.Text("installHint") is { } hint ? $" ({hint.ReplaceLineEndings(" ").Trim()})" : "";

    private Credential Read(ReadOnlySpan<byte> output)
    {
        JsonObject? reply;
        try
        {
            reply = JsonNode.Parse(output) as JsonObject;
        }
        catch (JsonException)
        {
            // The output may be the token itself: not a word of it is told.
            throw exec.Wrong("command", "printed something that is no ExecCredential in JSON");
        }

        if (reply?.Text("kind") != "ExecCredential" || reply.Object("status") is not { } status)
            throw exec.Wrong("command", "printed no ExecCredential with a status");
        if (reply.Text("apiVersion") is { } version && version != apiVersion)
            throw exec.Wrong("apiVersion", $"is {apiVersion}, but the plugin answers in {version}: write that one");
        var certificate = status.Text("clientCertificateData");
        var key = status.Text("clientKeyData");
        if (certificate is null != key is null)
            throw exec.Wrong("command", "gave a client certificate without its key, or the reverse");
        if (status.Text("token") is null && certificate is null)
            throw exec.Wrong("command", "gave neither a token nor a client certificate");
        return new Credential(status.Text("token"), certificate, key, ExpiryOf(status));
    }

    private DateTimeOffset? ExpiryOf(JsonObject status)
    {
        if (status.Text("expirationTimestamp") is not { } text)
            return null;
        return DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var expires)
            ? expires
            : throw exec.Wrong("command", "gave an expirationTimestamp that is no time");
    }

    private static string InfoOf(KubeconfigNode exec, string version, Connection connection)
    {
        var spec = new JsonObject { ["interactive"] = false };
        if (exec.IsTrue("provideClusterInfo"))
        {
            var cluster = new JsonObject { ["server"] = connection.Server.OriginalString };
            if (connection.CertificateAuthority is { } authority)
            {
                cluster["certificate-authority-data"] =
                    Convert.ToBase64String(Encoding.UTF8.GetBytes(authority));
            }

            spec["cluster"] = cluster;
        }

        return new JsonObject { ["apiVersion"] = version, ["kind"] = "ExecCredential", ["spec"] = spec }
            .ToJsonString();
    }

    private static string Shortened(string text) =>
        text.Length <= ErrorCharactersMax ? text : $"{text[..ErrorCharactersMax]}…";
}
