using Orrery.Model.Diagnostics;

namespace Orrery.Cli.Secrets.Sealing;

/// <summary>What can be wrong with SealedSecrets on the command line.</summary>
internal static class SealCodes
{
    public static readonly DiagnosticCode NoCertificate = new(
        "SEAL001",
        "there is no certificate to seal with",
        "`orrery up` writes `secrets/CLUSTER/sealed-secrets.pem` into the declaration's folder. Where there are "
        + "several clusters `--cluster` says which; `--cert` names any other file, such as one of "
        + "`kubeseal --fetch-cert`.");

    public static readonly DiagnosticCode BadCertificate = new(
        "SEAL002",
        "the certificate cannot be sealed with",
        "It is no certificate of an RSA key in PEM, or it has expired: `kubeseal` refuses that, too.");

    public static readonly DiagnosticCode NoSecret = new(
        "SEAL003",
        "this is no Secret that can be sealed",
        "One Kubernetes Secret in YAML or JSON, with a name, a namespace unless the scope is cluster-wide, and values; "
        + "or with `--key` a single value, and `--name` and `--namespace` say for which Secret.");

    public static readonly DiagnosticCode NoMerge = new(
        "SEAL004",
        "the value cannot be added to the file",
        "`--merge-into` changes a file that begins with a SealedSecret, and keeps its name, namespace and scope. A "
        + "value that is sealed for others would not open there.");

    public static readonly DiagnosticCode Closed = new(
        "SEAL005",
        "a sealed value does not open",
        "The controller could not open it either, and its Secret would be missing or old. Seal the value again for the "
        + "name, the namespace and the scope that it has now.");

    public static readonly DiagnosticCode Unreadable = new(
        "SEAL006",
        "a file with SealedSecrets cannot be read",
        "It is no YAML or JSON, or has anchors or aliases, which would give several values one place.");

    public static readonly DiagnosticCode NoKeys = new(
        "SEAL007",
        "the keys of Sealed Secrets cannot be opened",
        "They are kept encrypted below `secrets/CLUSTER/` in the declaration's folder, and an identity of the recovery "
        + "recipients opens them: ORRERY_IDENTITY, SOPS_AGE_KEY, or the file that SOPS_AGE_KEY_FILE names.");

    /// <summary>In order of their codes.</summary>
    public static DiagnosticFamily Family { get; } = new(
        "SEAL",
        "sealed secrets",
        "Found by `orrery secret seal`.",
        [NoCertificate, BadCertificate, NoSecret, NoMerge, Closed, Unreadable, NoKeys]);
}
