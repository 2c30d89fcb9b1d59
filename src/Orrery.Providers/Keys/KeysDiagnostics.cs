using Orrery.Model.Diagnostics;

namespace Orrery.Providers.Keys;

/// <summary>What can be wrong with the keys in the repository.</summary>
public static class KeysDiagnostics
{
    private static readonly DiagnosticCode Strangers = new(
        "SECRET001",
        "a secret can be opened by more than it should be",
        "Keys are for spec.recovery.recipients alone, documents for these and their cluster. The next 'orrery up' "
        + "encrypts the file to those alone; what Git remembers of it stays readable.")
    {
        Severity = Severity.Warning,
    };

    private static readonly DiagnosticCode PlainDocument = new(
        "SECRET002",
        "a document in the folder of secrets is not encrypted",
        "What is called .sops. in secrets/ is encrypted before it is committed. Encrypt it, and change what it holds "
        + "if it was pushed.")
    {
        Severity = Severity.Warning,
    };

    private static readonly DiagnosticCode StrayKey = new(
        "SECRET003",
        "a cluster unseals with a key that the repository does not have",
        "Whatever is sealed to it opens nowhere once the cluster is gone, so no rebuild begins. Keys are made by "
        + "`orrery secret rotate --key sealed-secrets-key`; the controller itself makes none.");

    /// <summary>In order of their codes.</summary>
    public static IReadOnlyList<DiagnosticCode> All { get; } = [Strangers, PlainDocument, StrayKey];

    public static DiagnosticFamily Family { get; } = new(
        "SECRET", "Keys", "Found in the files of keys, before anything is planned.", All);

    public static Diagnostic Stray(string cluster, string name) => StrayKey.At(
        null,
        $"The Secret {name} in cluster '{cluster}' is an active key of Sealed Secrets, and none of secrets/{cluster}/.",
        [
            "make a key that lasts: orrery secret rotate DIR --key sealed-secrets-key",
            "seal anew to it whatever was sealed since, then label the stray one as no longer active",
        ]);

    public static Diagnostic Plain(string path) => PlainDocument.At(
        null, $"{path} has no metadata of SOPS.", ["encrypt it:", $"  orrery secret encrypt --in-place {path}"]);

    public static Diagnostic OtherReaders(string path, IEnumerable<string> former) => Strangers.At(
        null,
        $"{path} is encrypted also to {string.Join(", ", former)}.",
        ["run orrery up to encrypt it to the recipients of today, and rotate the key if they must not know it"]);
}
