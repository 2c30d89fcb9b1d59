using Orrery.Model.Spec.Fields;
using Orrery.Model.Spec.Kinds;
using Orrery.Model.Spec.Schema;
using Orrery.Model.Values;

namespace Orrery.Model.Spec.Checks;

/// <summary>Machines on Proxmox.</summary>
internal static class ProxmoxChecks
{
    /// <summary>
    /// https://docs.siderolabs.com/talos/v1.12/getting-started/system-requirements; K3s asks the same of a server.
    /// </summary>
    private static readonly ByteSize ControlPlaneMemoryMin = new(2L << 30);

    public static void Run(ClusterView cluster, Problems problems)
    {
        if (cluster.Proxmox is { } proxmox)
        {
            Access(proxmox, problems);
            if (cluster.Talos is not null && cluster.Spec.Has(ClusterKind.GitOps))
                Csi(proxmox, problems);
        }

        foreach (var pool in cluster.Pools)
        {
            Host(cluster, pool, problems);
            Memory(pool, problems);
        }
    }

    private static void Access(Section proxmox, Problems problems)
    {
        var users = proxmox.Find(ProxmoxFields.Users) ?? [];
        if (!proxmox.Has(ProxmoxFields.Bootstrap))
        {
            if (users.Count > 0)
            {
                problems.Add(
                    CheckCodes.NoProxmoxAccess, proxmox.MarkOf(ProxmoxFields.Users),
                    "These users are made by nobody: there is no `bootstrap`.",
                    "add `bootstrap: { ssh: root@pve }`, or make the users by hand and take them out here");
            }
            else if (!proxmox.Has(ProxmoxFields.Token))
            {
                problems.Add(
                    CheckCodes.NoProxmoxAccess, proxmox.MarkOf(ProxmoxFields.Endpoint),
                    "There is neither a `token` nor a `bootstrap`.",
                    "for example `token: { env: PROXMOX_API_TOKEN }`");
            }
        }
        else if (!proxmox.Has(ProxmoxFields.Token)
            && users.All(user => user.Value.Find(ProxmoxFields.Role) is "csi"))
        {
            problems.Add(
                CheckCodes.NoProxmoxAccess, proxmox.MarkOf(ProxmoxFields.Bootstrap),
                "The bootstrap makes no user that may make machines.",
                "add `users: { provisioner: { role: provisioner } }`");
        }
    }

    private static void Csi(Section proxmox, Problems problems)
    {
        if ((proxmox.Find(ProxmoxFields.Users) ?? []).Any(user => user.Value.Find(ProxmoxFields.Role) is "csi")
            && proxmox.Find(ProxmoxFields.Tls) is { } tls && tls.Has(ProxmoxFields.Fingerprint))
        {
            problems.Add(
                CheckCodes.PodsCannotVerify, tls.MarkOf(ProxmoxFields.Fingerprint),
                "A user has the role `csi`, and the API is known by its fingerprint alone.",
                "copy /etc/pve/pve-root-ca.pem beside the declaration and say `tls: { ca: pve-root-ca.pem }`");
        }
    }

    private static void Host(ClusterView cluster, Named<Section> pool, Problems problems)
    {
        if (cluster.Proxmox?.Find(ProxmoxFields.Nodes) is not { } nodes
            || pool.Value.Find(NodePoolFields.Host) is not { } host || nodes.Contains(host))
        {
            return;
        }

        problems.Add(
            CheckCodes.UnknownHost,
            pool.Value.MarkOf(NodePoolFields.Host),
            $"\"{host}\" is not among the nodes of the infrastructure.{Suggestion.Sentence(host, nodes)}",
            $"the nodes are {Sentences.List(nodes)}");
    }

    private static void Memory(Named<Section> pool, Problems problems)
    {
        if (!ClusterView.IsControlPlane(pool) || !pool.Value.TryGet(NodePoolFields.Memory, out var memory)
            || memory >= ControlPlaneMemoryMin)
        {
            return;
        }

        problems.Add(
            CheckCodes.MachineTooSmall,
            pool.Value.MarkOf(NodePoolFields.Memory),
            $"{memory} is less than a control plane needs.",
            $"give it at least {ControlPlaneMemoryMin}");
    }
}
