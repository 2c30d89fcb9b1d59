using Orrery.Model.Diagnostics;

namespace Orrery.Model.Spec;

/// <summary>
/// What the declaration can say and Orrery cannot do yet: an error where the platform cannot come up without it, a
/// warning where it comes up without that part. The list shrinks to nothing.
/// </summary>
public static class Unbuilt
{
    internal static readonly DiagnosticCode Proxmox = Error(
        "NOTYET001",
        "this use of Proxmox is not built yet",
        "Its machines run Talos only, for now.");

    internal static readonly DiagnosticCode Talos = Error(
        "NOTYET002", "Talos is not built here yet", "Machines on Proxmox run it only, for now.");

    internal static readonly DiagnosticCode Kubeadm = Error(
        "NOTYET003", "kubeadm is not built yet", "Machines run K3s or Talos only, for now.");

    internal static readonly DiagnosticCode ClusterApi = Error(
        "NOTYET004", "Cluster API is not built yet", "Machines are made by Orrery itself only, for now.");

    internal static readonly DiagnosticCode PreviewPool = Error(
        "NOTYET005",
        "preview environments are not built yet",
        "The document is read and checked, and nothing is made of it.");

    internal static readonly DiagnosticCode Edge = Error(
        "NOTYET006",
        "this tailnet is not built yet",
        "Nodes join a tailnet where they run Talos, and nowhere else, for now.");

    internal static readonly DiagnosticCode Network = Error(
        "NOTYET007",
        "this part of cluster networks is not built yet",
        "Networks are set up for clusters of Talos, and for no others, for now.");

    internal static readonly DiagnosticCode NetworkPolicies = Error(
        "NOTYET008",
        "this default of network policies is not built yet",
        "Pods may reach everything outside their namespace, and are refused by `deny-ingress` what no rule allows, for "
        + "now.");

    internal static readonly DiagnosticCode StateBackEnd = Error(
        "NOTYET009", "shared state is not built yet", "State is kept in a file beside the declaration only, for now.");

    internal static readonly DiagnosticCode OtherGitOps = Warning(
        "NOTYET010",
        "this way of delivering is not built yet",
        "Argo CD begins with what Orrery renders, and Image Updater writes to Git, for now.");

    internal static readonly DiagnosticCode OtherSecrets = Warning(
        "NOTYET011",
        "this way of secrets into the cluster is not built yet",
        "Sealed Secrets and SOPS documents reach every cluster, and Vault those that run K3s, for now.");

    internal static readonly DiagnosticCode Component = Warning(
        "NOTYET012", "this component is not built yet", "It is checked, and nothing is installed of it.");

    internal static readonly DiagnosticCode DnsChallenge = Warning(
        "NOTYET013",
        "proving names at this DNS provider is not built yet",
        "Names are proved by PowerDNS in the cluster, or on port 443 or 80, for now.");

    internal static readonly DiagnosticCode OwnComponent = Warning(
        "NOTYET014",
        "components of your own are not built yet",
        "The document is read and checked, and nothing is installed.");

    internal static readonly DiagnosticCode Backup = Warning(
        "NOTYET015",
        "backups of the state are not built yet",
        "Every version of the state is kept beside it, and nowhere else.");

    internal static readonly DiagnosticCode Dns = Warning(
        "NOTYET016", "DNS records are not built yet", "No record is made at any DNS provider.");

    internal static readonly DiagnosticCode Vault = Warning(
        "NOTYET017", "Vault is not built yet", "Nothing is copied to Vault.");

    internal static readonly DiagnosticCode Observability = Warning(
        "NOTYET018",
        "the observability hub is not built yet",
        "Each cluster keeps its metrics, logs and traces to itself.");

    /// <summary>In order of their codes.</summary>
    public static IReadOnlyList<DiagnosticCode> All { get; } =
    [
        Proxmox, Talos, Kubeadm, ClusterApi, PreviewPool, Edge, Network, NetworkPolicies, StateBackEnd, OtherGitOps,
        OtherSecrets, Component, DnsChallenge, OwnComponent, Backup, Dns, Vault, Observability,
    ];

    private static DiagnosticCode Error(string code, string summary, string explanation) => new(
        code, summary, explanation);

    private static DiagnosticCode Warning(string code, string summary, string explanation) =>
        new(code, summary, explanation) { Severity = Severity.Warning };
}
