using Orrery.Model.Diagnostics;

namespace Orrery.Model.Spec.Checks;

/// <summary>What can be wrong between the fields of a declaration that is well formed.</summary>
public static class CheckCodes
{
    internal static readonly DiagnosticCode EvenControlPlanes = new(
        "CHECK001",
        "an even number of control planes",
        "etcd needs a majority: four members survive the loss of one, as three do, and two survive none. Use 1, 3 or "
        + "5.");

    internal static readonly DiagnosticCode NoControlPlane = new(
        "CHECK002",
        "a cluster without control plane",
        "At least one pool of a cluster has the role control-plane and at least one node.");

    internal static readonly DiagnosticCode MachineNotDescribed = new(
        "CHECK003",
        "the pool does not say what its machines are",
        "On Hetzner a pool names a server `type`; on Proxmox it gives `cpu`, `memory` and `disk`.");

    internal static readonly DiagnosticCode ForeignField = new(
        "CHECK004",
        "the field belongs to another infrastructure",
        "The field would have no effect on machines of the cluster's infrastructure. Remove it.");

    internal static readonly DiagnosticCode SharedFloatingIp = new(
        "CHECK005",
        "a floating IP on a pool of several nodes",
        "A floating IP points to one machine at a time. Give it to a pool with `count: 1`.");

    internal static readonly DiagnosticCode RetainedVolumeLeftBehind = new(
        "CHECK006",
        "a profile leaves retained volumes behind",
        "Volumes with `retain: true` are never deleted. With fewer nodes, those of the nodes that go stay in the "
        + "account, unused and paid for.")
    {
        Severity = Severity.Warning,
    };

    internal static readonly DiagnosticCode MachineNameTooLong = new(
        "CHECK007",
        "the name of a machine would be too long",
        "Machines are named platform-cluster-pool-ordinal-generation in the cloud, and host names have at most 63 "
        + "characters. Shorten one of the names.");

    internal static readonly DiagnosticCode MountPathTwice = new(
        "CHECK008",
        "two volumes are mounted at one path",
        "The second mount hides the first, and what was written there.");

    internal static readonly DiagnosticCode SystemMountPath = new(
        "CHECK009",
        "a volume is mounted over the system",
        "Mounted there, the volume hides files that the machine needs to boot or to run Kubernetes. Use a path such as "
        + "/data.");

    internal static readonly DiagnosticCode VolumeSizeOutOfRange = new(
        "CHECK010",
        "Hetzner has no volumes of this size",
        "Volumes of Hetzner Cloud have 10 GB to 10 TB.");

    internal static readonly DiagnosticCode UnknownComponent = new(
        "CHECK011",
        "unknown component",
        "The name is neither in the catalog nor declared by a document of kind Component.");

    internal static readonly DiagnosticCode PortTwice = new(
        "CHECK012",
        "two listeners on one host port",
        "Only one process of a machine can listen on a port; the pod of the other never becomes ready. Give one of "
        + "them another port.");

    internal static readonly DiagnosticCode PathNotKept = new(
        "CHECK013",
        "the path is not on a retained volume",
        "Machines are replaced. What a component keeps in a folder of the machine survives that only below the "
        + "`mountPath` of a volume with `retain: true`.");

    internal static readonly DiagnosticCode MissingExtension = new(
        "CHECK014",
        "a component needs a Talos extension",
        "Talos has no package manager: what a component needs of the host comes with the image, as an extension.");

    internal static readonly DiagnosticCode UnknownLocation = new(
        "CHECK015",
        "Hetzner has no such location",
        "The locations are fsn1, nbg1 and hel1 in Europe, ash and hil in America, and sin in Asia.");

    internal static readonly DiagnosticCode UnknownServerType = new(
        "CHECK016",
        "Hetzner has no such server type",
        "Server types are named by family and size: cx33, cpx32, cax21, ccx23.");

    internal static readonly DiagnosticCode DeprecatedServerType = new(
        "CHECK017",
        "the server type is deprecated",
        "Hetzner still runs such machines and will refuse new ones, so a rebuild would fail one day.")
    {
        Severity = Severity.Warning,
    };

    internal static readonly DiagnosticCode UnfamiliarImage = new(
        "CHECK018",
        "Hetzner may have no such image",
        "The name is not one of the system images known to this version. Snapshots have numbers.")
    {
        Severity = Severity.Warning,
    };

    internal static readonly DiagnosticCode TooManyFirewallRules = new(
        "CHECK019",
        "more firewall rules than Hetzner allows",
        "A firewall of Hetzner Cloud has at most 50 rules.");

    internal static readonly DiagnosticCode IncompleteRule = new(
        "CHECK020",
        "a firewall rule does not say what it allows",
        "ssh, http, https, icmp and kubernetes-api are known by name. A rule of your own has a `protocol` and, except "
        + "for icmp, a `port`.");

    internal static readonly DiagnosticCode AdoptedTwice = new(
        "CHECK021",
        "an address is adopted twice",
        "A floating IP points to one machine at a time; two pools would take it from each other.");

    internal static readonly DiagnosticCode TooManyServers = new(
        "CHECK022",
        "more servers than a Hetzner network holds",
        "A private network of Hetzner Cloud holds at most 100 servers.");

    internal static readonly DiagnosticCode ChallengePortClosed = new(
        "CHECK023",
        "the firewall blocks the certificate authority",
        "Let's Encrypt proves a name by asking port 80 of it from anywhere. Allow `http`, or use the challenge "
        + "`dns01`.");

    internal static readonly DiagnosticCode OverlappingNetworks = new(
        "CHECK024",
        "two networks overlap",
        "An address in both would belong to a node and to a pod or service at once, and packets would go astray.");

    internal static readonly DiagnosticCode OutsideNetwork = new(
        "CHECK025",
        "an address outside of the nodes' networks",
        "The address cannot be reached there: it is in none of the networks under `network.nodes`.");

    internal static readonly DiagnosticCode AddressTwice = new(
        "CHECK026",
        "an address is used twice",
        "Two machines or services with one address answer in turns.");

    internal static readonly DiagnosticCode InDhcpRange = new(
        "CHECK027",
        "an address within a DHCP range",
        "The DHCP server would hand the address out to somebody else.");

    internal static readonly DiagnosticCode TooFewAddresses = new(
        "CHECK028",
        "fewer addresses than nodes",
        "Each node of a pool with addresses needs one of them.");

    internal static readonly DiagnosticCode VersionSkew = new(
        "CHECK029",
        "Talos does not support this Kubernetes version",
        "Each Talos release supports six minor versions of Kubernetes.");

    internal static readonly DiagnosticCode MetaNeedsMetal = new(
        "CHECK030",
        "network configuration by META needs the platform metal",
        "Talos reads META key 10 on the platform `metal` only; elsewhere the addresses would be ignored.");

    internal static readonly DiagnosticCode UnknownCluster = new(
        "CHECK031",
        "there is no such cluster",
        "The name is not that of a Cluster of this declaration.");

    internal static readonly DiagnosticCode NotAManagementCluster = new(
        "CHECK032",
        "the cluster cannot make others",
        "A management cluster has the component `cluster-api`, and does not make itself.");

    internal static readonly DiagnosticCode UnknownHost = new(
        "CHECK033",
        "there is no such Proxmox node",
        "The host is not among the `nodes` of the infrastructure.");

    internal static readonly DiagnosticCode MachineTooSmall = new(
        "CHECK034",
        "the machine is too small for its role",
        "A control plane runs etcd and the API server beside the system and needs 2 GiB of memory at least.");

    internal static readonly DiagnosticCode CapacityBeyondAddresses = new(
        "CHECK035",
        "fewer addresses than previews",
        "Each preview leases addresses of its own; the pool must have enough for all of `capacity`.");

    internal static readonly DiagnosticCode MissingRequirement = new(
        "CHECK036",
        "a component requires one that is not there",
        "What a component requires must be a component of the same cluster.");

    internal static readonly DiagnosticCode PluginOfAnotherEngine = new(
        "CHECK037",
        "a plugin of Argo CD where Argo CD is not",
        "KSOPS decrypts for Argo CD. Flux opens SOPS documents itself, and without an engine nobody does.");

    internal static readonly DiagnosticCode UnknownRepositoryHost = new(
        "CHECK038",
        "the keys of the repository's host are not known",
        "Flux believes no host whose SSH keys it was not given, and Orrery knows those of github.com alone. Keep the "
        + "repository there, or let Argo CD deliver.");

    internal static readonly DiagnosticCode EdgeLeadsNowhere = new(
        "CHECK039",
        "the edge leads nowhere",
        "What the machine in front of the cluster passes on must have an address in the cluster: the first of the pool "
        + "`ingress` for TLS, that of the pool `dns` for zones.");

    internal static readonly DiagnosticCode RuleFromNowhere = new(
        "CHECK040",
        "a network policy's rule says no source",
        "Without `from` a rule would allow everybody. Only intra-namespace, from-ingress and metrics-scraping say it "
        + "by their names; for everybody write `from: { external: }`.");

    internal static readonly DiagnosticCode PoliciesWithoutEngine = new(
        "CHECK041",
        "network policies that nothing delivers",
        "They stand in the repository, and the GitOps engine brings them into the cluster. Declare `gitops`.");

    internal static readonly DiagnosticCode NoProxmoxAccess = new(
        "CHECK042",
        "nobody may make machines on Proxmox",
        "Either `token` names a token that exists, or `bootstrap` makes `users`, one of which has the role "
        + "`provisioner`. Users are made by the bootstrap alone.");

    internal static readonly DiagnosticCode NobodyKnowsUsers = new(
        "CHECK043",
        "users that nobody knows",
        "People have their accounts in Authentik: one cluster of the platform must have that component.");

    internal static readonly DiagnosticCode NobodyTakesPods = new(
        "CHECK044",
        "no node takes pods",
        "Control planes of Talos run nothing but Kubernetes itself, unless their pool says `schedulable: true`; what "
        + "the cluster shall run would wait for ever.");

    internal static readonly DiagnosticCode PodsCannotVerify = new(
        "CHECK045",
        "the disks of pods come from an API that nobody can recognise",
        "Proxmox CSI runs in the cluster with a token of its own. It knows the API by an authority, and not by a "
        + "fingerprint: say `tls: { ca: FILE }`. On a node of Proxmox VE it is /etc/pve/pve-root-ca.pem.");

    /// <summary>In order of their codes.</summary>
    public static IReadOnlyList<DiagnosticCode> All { get; } =
    [
        EvenControlPlanes, NoControlPlane, MachineNotDescribed, ForeignField, SharedFloatingIp,
        RetainedVolumeLeftBehind, MachineNameTooLong, MountPathTwice, SystemMountPath, VolumeSizeOutOfRange,
        UnknownComponent, PortTwice, PathNotKept, MissingExtension, UnknownLocation, UnknownServerType,
        DeprecatedServerType, UnfamiliarImage, TooManyFirewallRules, IncompleteRule, AdoptedTwice, TooManyServers,
        ChallengePortClosed, OverlappingNetworks, OutsideNetwork, AddressTwice, InDhcpRange, TooFewAddresses,
        VersionSkew, MetaNeedsMetal, UnknownCluster, NotAManagementCluster, UnknownHost, MachineTooSmall,
        CapacityBeyondAddresses, MissingRequirement, PluginOfAnotherEngine, UnknownRepositoryHost, EdgeLeadsNowhere,
        RuleFromNowhere, PoliciesWithoutEngine, NoProxmoxAccess, NobodyKnowsUsers, NobodyTakesPods,
        PodsCannotVerify,
    ];
}
