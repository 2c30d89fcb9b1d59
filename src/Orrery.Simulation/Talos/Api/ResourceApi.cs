using System.Net;
using Orrery.Simulation.Talos.Clusters;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Talos.Api;

/// <summary>
/// The part of the machine API that shows the machine's state as resources, after
/// https://github.com/cosi-project/runtime/tree/main/api. Two types of them are played.
/// </summary>
internal sealed class ResourceApi(TalosNode node)
{
    public const string Service = "/cosi.resource.State/";

    private const string Status = "MachineStatuses.runtime.talos.dev";
    private const string Peers = "KubeSpanPeerStatuses.kubespan.talos.dev";

    // Of WireGuard's two messages that make a tunnel: https://www.wireguard.com/papers/wireguard.pdf, section 5.4.
    private const ulong Initiation = 148, Response = 92;

    private static readonly string[] Types = [Status, Peers];
    private static readonly string[] Namespaces = ["runtime", "kubespan"];

    private TalosPark Park => node.Park;

    private TimeSpan Took => Park.Options.Latencies.Request;

    /// <param name="method">Its last part.</param>
    /// <param name="tag">For which resource is asked.</param>
    public WorldReply Handle(string method, ProtoMessage asked, string? tag)
    {
        var (space, type, id) = (asked.Text(1), asked.Text(2), asked.Text(3));
        // internal/app/resources/access.go in Talos' source.
        if (!Types.Contains(type))
            throw new GrpcRefusal(GrpcRefusal.PermissionDenied, $"resource type \"{type}\" is not supported");
        if (!Namespaces.Contains(space))
            throw new GrpcRefusal(GrpcRefusal.PermissionDenied, $"namespace \"{space}\" is not supported");
        if (method is not ("Get" or "List"))
            throw new GrpcRefusal(GrpcRefusal.Unimplemented, $"unknown method {method}");
        var all = All(space, type, tag);
        if (method == "List")
            return GrpcReplies.Of(Took, all.Select(Reply).Select(reply => reply.ToArray()));
        return all.FirstOrDefault(each => each.Id == id) is { Id: not null } found
            ? GrpcReplies.Of(Took, Reply(found).ToArray())
            : throw new GrpcRefusal(GrpcRefusal.NotFound, $"resource {type}({space}/{id}@undefined) doesn't exist");

        ProtoWriter Reply((string Id, ProtoWriter Specification) resource) => new ProtoWriter().Add(
            1,
            new ProtoWriter()
                .Add(1, new ProtoWriter().Add(1, space).Add(2, type).Add(3, resource.Id).Add(4, "1").Add(6, "running"))
                .Add(2, new ProtoWriter().Add(1, resource.Specification)));
    }

    private IReadOnlyList<(string Id, ProtoWriter Specification)> All(string space, string type, string? tag) =>
        (space, type) switch
        {
            ("runtime", Status) => [("machine", MachineStatus())],
            ("kubespan", Peers) => [.. LookAtPeers(tag).Select(peer => (peer.Key, PeerStatus(peer)))],
            _ => [],
        };

    private ProtoWriter MachineStatus()
    {
        var unmet = TalosServices.Unmet(node).ToList();
        var status = new ProtoWriter().Add(1, unmet.Count == 0);
        foreach (var (name, reason) in unmet)
            status.Add(2, new ProtoWriter().Add(1, name).Add(2, reason));
        var stage = node.Stage == TalosStage.Running && unmet.Count > 0 ? TalosStage.Booting : node.Stage;
        return new ProtoWriter().Add(1, (ulong)stage).Add(2, status);
    }

    /// <summary>Until all that can be up is, the world works for whoever asks.</summary>
    private List<KubeSpanPeer> LookAtPeers(string? tag)
    {
        var now = Park.Agenda.Now;
        var peers = Park.KubeSpan.PeersOf(node).ToList();
        if (peers.Max(peer => peer.IsUpAt) is { } end)
            Park.Note(new ServiceRecord(tag, "kubespan", now, end));
        return peers;
    }

    private ProtoWriter PeerStatus(KubeSpanPeer peer)
    {
        var endpoint = new ProtoWriter()
            .Add(1, (ReadOnlyMemory<byte>)IPAddress.Parse(peer.Address).GetAddressBytes())
            .Add(2, (ulong)KubeSpanMesh.Port);
        var specification = new ProtoWriter().Add(1, endpoint).Add(2, peer.Label).Add(3, (ulong)peer.State)
            .Add(4, peer.Handshake is null ? 0 : Response).Add(5, Initiation);
        if (peer.Handshake is { } handshake)
            specification.Add(6, Moment(handshake));
        return specification.Add(7, endpoint).Add(8, Moment(peer.Endpoint));
    }

    private ProtoWriter Moment(TimeSpan at) =>
        new ProtoWriter().Add(1, (ulong)(Park.Options.Epoch + at).ToUnixTimeSeconds());
}
