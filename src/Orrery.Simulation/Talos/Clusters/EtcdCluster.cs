using Orrery.Simulation.Faults;

namespace Orrery.Simulation.Talos.Clusters;

/// <summary>One etcd: its members, wherever they are, and whether enough of them agree.</summary>
internal sealed class EtcdCluster(ulong seed)
{
    private readonly List<EtcdMember> _members = [];
    private ulong _added;

    public IReadOnlyList<EtcdMember> Members => _members;

    /// <summary>The member that leads; null without a quorum.</summary>
    public EtcdMember? Leader { get; private set; }

    public bool HasQuorum => _members.Count(member => !member.IsLearner && member.IsHealthy)
        > _members.Count(member => !member.IsLearner) / 2;

    /// <summary>It grows by one, which at first only listens.</summary>
    public EtcdMember Add(TalosNode node, bool isLearner)
    {
        var id = StableHash.Of(seed).And(node.Id).And(_added++).Value;
        var member = new EtcdMember(id, node) { IsLearner = isLearner };
        _members.Add(member);
        Elect();
        return member;
    }

    public bool Remove(ulong id)
    {
        var removed = _members.RemoveAll(member => member.Id == id) > 0;
        Elect();
        return removed;
    }

    public EtcdMember? Find(ulong id) => _members.Find(member => member.Id == id);

    /// <summary>Whoever leads goes on; where it cannot, the first healthy one takes its place.</summary>
    public void Elect(bool isForfeited = false)
    {
        var able = HasQuorum ? _members.Where(member => member.IsHealthy && !member.IsLearner).ToList() : [];
        if (isForfeited && able.Count > 1 && Leader is { } old)
            able.Remove(old);
        if (Leader is null || !able.Contains(Leader))
            Leader = able.FirstOrDefault();
    }
}

/// <summary>A member of etcd.</summary>
internal sealed class EtcdMember(ulong id, TalosNode node)
{
    public ulong Id => id;

    /// <summary>Where its data are, or were.</summary>
    public TalosNode Node => node;

    /// <summary>As it called itself when it joined.</summary>
    public string Name { get; } = node.HostName;

    public string Address { get; } = node.Address ?? "";

    public bool IsLearner { get; set; }

    /// <summary>Its etcd runs on its data.</summary>
    public bool IsHealthy => node.EtcdMemberId == id;
}
