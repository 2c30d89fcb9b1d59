using Orrery.Simulation.Talos.Clusters;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Talos.Api;

/// <summary>The part of the machine API that asks the etcd of its node.</summary>
internal sealed class EtcdApi(TalosNode node)
{
    // etcd's own pages come in pieces of this size: server/etcdserver/api/v3rpc/maintenance.go, snapshotSendBufferSize.
    private const int SnapshotPiece = 32 * 1024;
    private const ulong DatabaseBytes = 12_000_000; // Assumed: an etcd of a small cluster.

    private TimeSpan Took => node.Park.Options.Latencies.Request;

    public WorldReply Handle(string method, ProtoMessage asked)
    {
        if (node.Settings is not { IsControlPlane: true })
            throw new GrpcRefusal(GrpcRefusal.Unimplemented, "etcd runs on control plane nodes only");
        if (node.EtcdMemberId is not { } own || node.Cluster?.Etcd is not { } etcd)
            throw new GrpcRefusal(GrpcRefusal.FailedPrecondition, "etcd is not running");
        return method switch
        {
            "EtcdMemberList" => Members(etcd, asked.Flag(1)),
            "EtcdStatus" => Status(etcd, own),
            "EtcdRemoveMemberByID" => Remove(etcd, asked.Number(1)),
            "EtcdForfeitLeadership" => Forfeit(etcd, own),
            "EtcdSnapshot" => Snapshot(etcd),
            _ => throw new GrpcRefusal(GrpcRefusal.Unimplemented, $"unknown method {method}"),
        };
    }

    private WorldReply Members(EtcdCluster etcd, bool isLocal)
    {
        if (!isLocal)
            Agree(etcd);
        var members = new ProtoWriter();
        foreach (var member in etcd.Members)
        {
            members.Add(3, new ProtoWriter().Add(2, member.Id).Add(3, member.Name)
                .Add(4, $"https://{member.Address}:2380").Add(5, $"https://{member.Address}:2379")
                .Add(6, member.IsLearner));
        }

        return Of(new ProtoWriter().Add(1, members));
    }

    private WorldReply Status(EtcdCluster etcd, ulong own)
    {
        var status = new ProtoWriter().Add(2, DatabaseBytes).Add(4, etcd.Leader?.Id ?? 0).Add(5, 1000UL).Add(6, 2UL)
            .Add(9, etcd.Find(own)?.IsLearner ?? false).Add(10, own);
        if (!etcd.HasQuorum)
            status.Add(8, "etcdserver: no leader");
        return Of(new ProtoWriter().Add(1, new ProtoWriter().Add(2, status)));
    }

    // etcd refuses what would leave it without a quorum: https://etcd.io/docs/latest/op-guide/runtime-configuration.
    private WorldReply Remove(EtcdCluster etcd, ulong id)
    {
        Agree(etcd);
        if (etcd.Find(id) is not { } member)
            throw new GrpcRefusal(GrpcRefusal.NotFound, "etcdserver: member not found");
        var healthy = etcd.Members.Count(each => each != member && each.IsHealthy && !each.IsLearner);
        var left = etcd.Members.Count(each => each != member && !each.IsLearner);
        if (healthy <= left / 2)
        {
            throw new GrpcRefusal(
                GrpcRefusal.FailedPrecondition,
                "etcdserver: re-configuration failed due to not enough started members");
        }

        etcd.Remove(id);
        node.Cluster!.Changed();
        return Of(new ProtoWriter().Add(1, new ProtoWriter()));
    }

    private WorldReply Forfeit(EtcdCluster etcd, ulong own)
    {
        Agree(etcd);
        if (etcd.Leader?.Id == own)
            etcd.Elect(isForfeited: true);
        return Of(new ProtoWriter().Add(1, new ProtoWriter().Add(2, etcd.Leader?.Name ?? "")));
    }

    /// <summary>
    /// A snapshot to begin with is put beside where the data will be; whatever was there before is written over. The
    /// order of looks is that of EtcdRecover in Talos' source.
    /// </summary>
    /// <param name="pieces">Of the snapshot, in their order.</param>
    /// <param name="tag">For which resource it works.</param>
    public WorldReply Recover(IEnumerable<ProtoMessage> pieces, string? tag)
    {
        if (node.Installation is not { } installed || !node.HasDataFolder)
        {
            node.AsksForEtcd(tag);
            throw new GrpcRefusal(
                GrpcRefusal.FailedPrecondition, "etcd service is not ready for recovery yet");
        }

        if (node.Settings is not { IsControlPlane: true })
        {
            throw new GrpcRefusal(
                GrpcRefusal.FailedPrecondition, "etcd recover can only be performed on a control plane node");
        }

        installed.Uploaded = [.. pieces.SelectMany(piece => piece.Bytes(2).ToArray())];
        return Of(new ProtoWriter().Add(1, new ProtoWriter()));
    }

    private WorldReply Snapshot(EtcdCluster etcd)
    {
        Agree(etcd);
        if (node.Cluster?.Kubernetes is not { } kubernetes)
            throw new GrpcRefusal(GrpcRefusal.Unavailable, "etcdserver: no leader");
        return GrpcReplies.Of(Took, EtcdSnapshot.Of(kubernetes.Store).Chunk(SnapshotPiece)
            .Select(piece => new ProtoWriter().Add(2, (ReadOnlyMemory<byte>)piece).ToArray()));
    }

    private static void Agree(EtcdCluster etcd)
    {
        if (!etcd.HasQuorum)
            throw new GrpcRefusal(GrpcRefusal.Unavailable, "etcdserver: no leader");
    }

    private WorldReply Of(ProtoWriter message) => GrpcReplies.Of(Took, message.ToArray());
}
