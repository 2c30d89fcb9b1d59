using Orrery.Engine.Ports;
using Orrery.Providers.Kubernetes;

namespace Orrery.Tests.Providers.Kubernetes;

/// <summary>The wire to a real TLS server: whom we trust, and whom it trusts.</summary>
public class KubernetesWireTests
{
    private const string Loopback = "127.0.0.1";

    [Fact]
    public async Task Both_sides_show_certificates_of_the_clusters_authority()
    {
        using var authority = new Authority("cluster");
        await using var server = new TlsServer(authority, Loopback);

        (await AskAsync(server, authority, authority)).ShouldBe("{\"gitVersion\":\"CN=admin\"}");
    }

    [Fact]
    public async Task A_stream_given_from_elsewhere_is_used_instead_of_a_connection()
    {
        using var authority = new Authority("cluster");
        await using var server = new TlsServer(authority, "192.0.2.10");
        var connected = 0;

        // The address leads nowhere; its name must still be the certificate's.
        var reply = await AskAsync(server, authority, authority, "https://192.0.2.10:6443", async cancellation =>
        {
            connected++;
            return await server.ConnectAsync(cancellation);
        });

        reply.ShouldContain("CN=admin");
        connected.ShouldBe(1);
    }

    [Fact]
    public async Task A_server_of_another_authority_is_refused()
    {
        using var authority = new Authority("cluster");
        using var other = new Authority("cluster");
        await using var server = new TlsServer(authority, Loopback);

        (await Should.ThrowAsync<HttpRequestException>(() => AskAsync(server, other, authority)))
            .HttpRequestError.ShouldBe(HttpRequestError.SecureConnectionError);
    }

    [Fact]
    public async Task A_server_that_has_another_name_is_refused()
    {
        using var authority = new Authority("cluster");
        await using var server = new TlsServer(authority, "192.0.2.99");

        (await Should.ThrowAsync<HttpRequestException>(() => AskAsync(server, authority, authority)))
            .HttpRequestError.ShouldBe(HttpRequestError.SecureConnectionError);
    }

    [Fact]
    public async Task A_client_of_another_authority_is_refused()
    {
        using var authority = new Authority("cluster");
        using var other = new Authority("other");
        await using var server = new TlsServer(authority, Loopback);

        await Should.ThrowAsync<HttpRequestException>(() => AskAsync(server, authority, other));
    }

    [Theory]
    [InlineData("no PEM", "the cluster's certificate authority holds no certificate")]
    [InlineData(
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
        "the cluster's certificate authority is not readable PEM")]
    public void What_is_no_authority_is_told(string pem, string expected) =>
        Should.Throw<ProviderException>(() => KubernetesWire.Direct(
            new Connection { Server = new Uri("https://127.0.0.1"), CertificateAuthority = pem }))
            .Message.ShouldBe(expected);

    [Fact]
    public void A_key_that_does_not_fit_is_told_without_a_word_of_it()
    {
        using var authority = new Authority("cluster");
        var refusal = Should.Throw<ProviderException>(() => KubernetesWire.Direct(new Connection
        {
            Server = new Uri("https://127.0.0.1"),
            ClientCertificate = authority.Issue("a", null).Certificate,
            ClientKey = authority.Issue("b", null).Key,
        }));
        refusal.Message.ShouldBe("our certificate for the cluster and its key do not fit together or are no PEM");
        refusal.InnerException.ShouldBeNull();
    }

    private static async Task<string> AskAsync(
        TlsServer server, Authority trusted, Authority ours, string? address = null,
        Func<CancellationToken, Task<Stream>>? connect = null)
    {
        var (certificate, key) = ours.Issue("admin", null);
        var connection = new Connection
        {
            Server = new Uri(address ?? $"https://{Loopback}:{server.Port}"),
            CertificateAuthority = trusted.Pem,
            ClientCertificate = certificate,
            ClientKey = key,
        };
        using var http = new HttpClient(KubernetesWire.Direct(connection, connect));
        return await http.GetStringAsync(new Uri(connection.Server, "/version"));
    }
}
