using System.Security.Cryptography.X509Certificates;
using Orrery.Engine.Ports;
using Orrery.Simulation.K3s;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Talos.Api;

/// <summary>
/// Whoever answers at an address and a port of Talos machines at the moment. Refuses what TLS would: a certificate that
/// the client does not know, an authority that did not sign, a client certificate of somebody else.
/// </summary>
internal sealed class TalosSockets(TalosPark park, Connection connection) : IWorld
{
    private const int MachinePort = 50000;
    private const int KubernetesPort = 6443;

    private static readonly TimeSpan Handshake = TimeSpan.FromMilliseconds(5);

    private (SimulatedCluster? Cluster, string Server, string Client) _trusted;

    public string Name => connection.Server.Port == MachinePort ? "talos" : "kubernetes";

    public IReadOnlyList<ServiceRecord> Service => [];

    public WorldReply Handle(WorldRequest request, TimeSpan now)
    {
        park.Agenda.AdvanceTo(now);
        return connection.Server.Port switch
        {
            MachinePort => Machine(request),
            KubernetesPort => Kubernetes(request, now),
            _ => Refused(),
        };
    }

    private WorldReply Machine(WorldRequest request)
    {
        var host = connection.Server.Host.Trim('[', ']');
        if (park.Find(host) is not { Answers: true } node)
        {
            park.AskedMachine(host, request.Tag);
            return Refused();
        }

        if (connection.ServerFingerprint is { } expected && expected != node.Fingerprint)
            return Refused() with { OtherFingerprint = node.Fingerprint, ExpectedFingerprint = expected };
        if (node.Settings is not { } settings)
        {
            // Nobody has signed for it, and it asks nobody who he is.
            return connection.ServerFingerprint is null ? Refused() : new TalosApi(node, "").Handle(request);
        }

        if (connection.ServerFingerprint is null
            && connection.CertificateAuthority?.Trim() != settings.OsAuthority.Trim())
        {
            return Refused();
        }

        if (connection.ClientCertificate is not { } shown)
            return Refused();
        using var certificate = X509Certificate2.CreateFromPem(shown);
        return TalosCertificates.RoleOf(node, certificate) is { } role
            ? new TalosApi(node, role).Handle(request)
            : Refused();
    }

    private WorldReply Kubernetes(WorldRequest request, TimeSpan now)
    {
        var host = connection.Server.Host.Trim('[', ']');
        var cluster = park.KubernetesAt(host);
        if (cluster is null)
            park.Asked(host, request.Tag);
        else
            park.Answers(host);
        return cluster is not null && Trusts(cluster) ? cluster.Api.Handle(request, now) : Refused();
    }

    /// <summary>
    /// Each side shows a certificate that the other side's authority has signed; looked at once for each authority.
    /// </summary>
    private bool Trusts(SimulatedCluster cluster)
    {
        var authorities = (cluster, cluster.ServerAuthority, cluster.ClientAuthority);
        if (_trusted == authorities)
            return true;
        if (connection.CertificateAuthority?.Trim() != cluster.ServerAuthority.Trim()
            || connection.ClientCertificate is not { } shown)
        {
            return false;
        }

        using var certificate = X509Certificate2.CreateFromPem(shown);
        if (!cluster.Accepts(certificate))
            return false;
        _trusted = authorities;
        return true;
    }

    private static WorldReply Refused() => new() { Status = 0, ServiceTime = Handshake };
}
