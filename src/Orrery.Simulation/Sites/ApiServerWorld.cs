using System.Security.Cryptography.X509Certificates;
using Orrery.Engine.Ports;
using Orrery.Simulation.K3s;
using Orrery.Simulation.Machines;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Sites;

/// <summary>
/// The API server that a connection leads to, whichever machine answers there at the moment. Refuses what TLS and SSH
/// would: a machine that shows another host key, an authority that did not sign, a client certificate of somebody else.
/// </summary>
internal sealed class ApiServerWorld(MachinePark machines, SimulatedClusters clusters, Connection connection) : IWorld
{
    private static readonly TimeSpan Handshake = TimeSpan.FromMilliseconds(5);

    private SimulatedCluster? _trusted;

    public string Name => "kubernetes";

    public IReadOnlyList<ServiceRecord> Service => [];

    public WorldReply Handle(WorldRequest request, TimeSpan now)
    {
        machines.Agenda.AdvanceTo(now);
        return Reach() is { } cluster ? cluster.Api.Handle(request, now) : Refused();
    }

    private SimulatedCluster? Reach()
    {
        if (connection.Through is not { } host || machines.Connect(host.Address) is not { } server)
            return null;
        // As known_hosts: type and key, whatever stands behind them.
        if (!server.HostKeys.Any(key => host.HostKeys.Contains(key)))
            return null;
        return clusters.Find(server.Machine.Id) is { IsRunning: true } cluster && Trusts(cluster) ? cluster : null;
    }

    /// <summary>Each side shows a certificate that the other side's authority has signed.</summary>
    private bool Trusts(SimulatedCluster cluster)
    {
        if (_trusted == cluster)
            return true;
        if (connection.CertificateAuthority != cluster.ServerAuthority
            || connection.ClientCertificate is not { } shown || cluster.ClientAuthority.Length == 0)
            return false;
        using var certificate = X509Certificate2.CreateFromPem(shown);
        using var authority = X509Certificate2.CreateFromPem(cluster.ClientAuthority);
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = cluster.Api.Store.Clock.UtcDateTime;
        if (!chain.Build(certificate))
            return false;
        _trusted = cluster;
        return true;
    }

    private static WorldReply Refused() => new() { Status = 0, ServiceTime = Handshake };
}
