using Orrery.Model.Diagnostics;

namespace Orrery.Model.Spec;

/// <summary>
/// What the declaration can say and Orrery cannot do yet: an error where the platform cannot come up without it, a
/// warning where it comes up without that part. The list shrinks to nothing.
/// </summary>
public static class Unbuilt
{
    internal static readonly DiagnosticCode Proxmox = Error(
        "NOTYET001", "machines on Proxmox are not built yet", "Machines come from Hetzner Cloud only, for now.");

    internal static readonly DiagnosticCode Talos = Error(
        "NOTYET002", "Talos is not built yet", "Machines run K3s only, for now.");

    internal static readonly DiagnosticCode Kubeadm = Error(
        "NOTYET003", "kubeadm is not built yet", "Machines run K3s only, for now.");

    internal static readonly DiagnosticCode ClusterApi = Error(
        "NOTYET004", "Cluster API is not built yet", "Machines are made by Orrery itself only, for now.");

    internal static readonly DiagnosticCode PreviewPool = Error(
        "NOTYET005",
        "preview environments are not built yet",
        "The document is read and checked, and nothing is made of it.");

    internal static readonly DiagnosticCode Edge = Error(
        "NOTYET006", "edges are not built yet", "Neither the VPS nor the tailnet in front of the cluster is set up.");

    internal static readonly DiagnosticCode Network = Error(
        "NOTYET007",
        "cluster networks are not built yet",
        "Node addresses, virtual addresses, CNI and load balancers are not set up.");

    internal static readonly DiagnosticCode NetworkPolicies = Error(
        "NOTYET008",
        "network policies are not built yet",
        "No policy would be in force, so the cluster would be more open than declared.");

    internal static readonly DiagnosticCode StateBackEnd = Error(
        "NOTYET009", "shared state is not built yet", "State is kept in a file beside the declaration only, for now.");

    internal static readonly DiagnosticCode K3sBoot = Warning(
        "NOTYET010", "starting K3s is not built yet", "The machines are made; K3s is not installed on them.");

    internal static readonly DiagnosticCode GitOps = Warning(
        "NOTYET011",
        "the hand-off to GitOps is not built yet",
        "No tree is rendered and no GitOps engine is installed.");

    internal static readonly DiagnosticCode Secrets = Warning(
        "NOTYET012", "secrets in clusters are not built yet", "No sealed, SOPS or Vault secret reaches the cluster.");

    internal static readonly DiagnosticCode Components = Warning(
        "NOTYET013", "components are not built yet", "The components are checked, and none is installed.");

    internal static readonly DiagnosticCode Acme = Warning(
        "NOTYET014", "certificates by ACME are not built yet", "No certificate is ordered.");

    internal static readonly DiagnosticCode BlueGreen = Warning(
        "NOTYET015", "blue-green rebuilds are not built yet", "A rebuild replaces machines in place.");

    internal static readonly DiagnosticCode Backup = Warning(
        "NOTYET016",
        "backups of the state are not built yet",
        "Every version of the state is kept beside it, and nowhere else.");

    internal static readonly DiagnosticCode Dns = Warning(
        "NOTYET017", "DNS records are not built yet", "No record is made at any DNS provider.");

    internal static readonly DiagnosticCode Vault = Warning(
        "NOTYET018", "Vault is not built yet", "Nothing is copied to Vault.");

    internal static readonly DiagnosticCode Observability = Warning(
        "NOTYET019",
        "the observability hub is not built yet",
        "Each cluster keeps its metrics, logs and traces to itself.");

    internal static readonly DiagnosticCode Users = Warning(
        "NOTYET020", "users are not built yet", "No user is made in any component.");

    internal static readonly DiagnosticCode OwnComponent = Warning(
        "NOTYET021",
        "components of your own are not built yet",
        "The document is read and checked, and nothing is installed.");

    /// <summary>In order of their codes.</summary>
    public static IReadOnlyList<DiagnosticCode> All { get; } =
    [
        Proxmox, Talos, Kubeadm, ClusterApi, PreviewPool, Edge, Network, NetworkPolicies, StateBackEnd, K3sBoot, GitOps,
        Secrets, Components, Acme, BlueGreen, Backup, Dns, Vault, Observability, Users, OwnComponent,
    ];

    private static DiagnosticCode Error(string code, string summary, string explanation) => new(
        code, summary, explanation);

    private static DiagnosticCode Warning(string code, string summary, string explanation) =>
        new(code, summary, explanation) { Severity = Severity.Warning };
}
