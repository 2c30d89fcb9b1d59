using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Orrery.Cli.Composition;
using Orrery.Simulation.K3s;
using Orrery.Simulation.Machines;
using Orrery.Simulation.Sites;
using Orrery.Simulation.Worlds;

namespace Orrery.Cli.Simulating;

/// <summary>A socket for the API server of each cluster that runs, and one kubeconfig for all of them.</summary>
internal sealed class ClusterDoors(LiveSite live, string folder) : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private readonly Dictionary<SimulatedCluster, Door> _doors = [];
    private string _written = "";

    public string Kubeconfig { get; } = Path.Combine(folder, "kubeconfig");

    /// <summary>The port of the API server that listens on a machine; null where none does.</summary>
    public async Task<int?> PortOfAsync(Machine machine)
    {
        var cluster = live.Use(site => site.Clusters.ApiOf(machine) is null ? null : site.Clusters.Find(machine.Id));
        return cluster is null ? null : (await EnsureAsync(cluster)).Http.Port;
    }

    /// <summary>Opens and closes doors as clusters come and go; true once there is a kubeconfig.</summary>
    public async Task<bool> RefreshAsync()
    {
        var running = live.Use(site => site.Clusters.All.Where(cluster => cluster.IsRunning).ToArray());
        foreach (var cluster in running)
            await EnsureAsync(cluster);
        string text;
        // A forward may open a door at the same time.
        await _gate.WaitAsync();
        try
        {
            foreach (var gone in _doors.Keys.Except(running).ToArray())
            {
                await _doors[gone].Http.DisposeAsync();
                _doors.Remove(gone);
            }

            text = Write(running);
        }
        finally
        {
            _gate.Release();
        }

        if (running.Length == 0 || text == _written)
            return _written.Length > 0;
        // Its readers find the whole of it at any moment.
        StateFolder.WriteForOwner($"{Kubeconfig}.new", Encoding.UTF8.GetBytes(text));
        File.Move($"{Kubeconfig}.new", Kubeconfig, overwrite: true);
        _written = text;
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var door in _doors.Values)
            await door.Http.DisposeAsync();
        _gate.Dispose();
    }

    private async Task<Door> EnsureAsync(SimulatedCluster cluster)
    {
        await _gate.WaitAsync();
        try
        {
            if (_doors.TryGetValue(cluster, out var known))
                return known;
            var (server, administrator) = live.Use(
                _ => (ClusterCertificates.Server(cluster), ClusterCertificates.Administrator(cluster)));
            var tls = new HttpsConnectionAdapterOptions
            {
                ServerCertificate = server,
                // Who shows none is asked who he is by the server itself, with 401.
                ClientCertificateMode = ClientCertificateMode.AllowCertificate,
                ClientCertificateValidation = (certificate, _, _) => live.Use(_ => cluster.Accepts(certificate)),
            };
            var http = await HttpDoor.OpenAsync(
                live, new IPEndPoint(IPAddress.Loopback, 0), tls,
                (request, context) => Route(cluster, request, context));
            return _doors[cluster] = new Door(http, administrator);
        }
        finally
        {
            _gate.Release();
        }
    }

    private (Func<Site, IWorld> World, WorldRequest Request)? Route(
        SimulatedCluster cluster, WorldRequest request, HttpContext context)
    {
        if (!live.Use(_ => cluster.IsRunning))
            context.Abort();
        // Without a certificate only a token says who asks; no token has this text.
        if (context.Connection.ClientCertificate is null && !request.Headers.ContainsKey("authorization"))
            request = request with { Headers = request.Headers.With("authorization", "Bearer nobody") };
        return (_ => cluster.Api, request);
    }

    private string Write(IReadOnlyList<SimulatedCluster> running)
    {
        var (clusters, users, contexts) = (new StringBuilder(), new StringBuilder(), new StringBuilder());
        foreach (var cluster in running)
        {
            var (name, door) = (cluster.NodeName, _doors[cluster]);
            clusters.Append($$"""
                - name: {{name}}
                  cluster:
                    server: https://127.0.0.1:{{door.Http.Port}}
                    certificate-authority-data: {{Base64(live.Use(_ => cluster.ServerAuthority))}}

                """);
            users.Append($$"""
                - name: {{name}}
                  user:
                    client-certificate-data: {{Base64(door.Administrator.ExportCertificatePem())}}
                    client-key-data: {{Base64(door.PrivateKey)}}

                """);
            contexts.Append($"- name: {name}\n  context: {{ cluster: {name}, user: {name} }}\n");
        }

        return $"apiVersion: v1\nkind: Config\nclusters:\n{clusters}users:\n{users}contexts:\n{contexts}"
            + $"current-context: {(running.Count > 0 ? running[^1].NodeName : "")}\n";
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private sealed record Door(HttpDoor Http, X509Certificate2 Administrator)
    {
        public string PrivateKey { get; } = Administrator.GetECDsaPrivateKey()?.ExportPkcs8PrivateKeyPem() ?? "";
    }
}
