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

    /// <summary>In order of their codes.</summary>
    public static IReadOnlyList<DiagnosticCode> All { get; } = [Strangers, PlainDocument];

    public static DiagnosticFamily Family { get; } = new(
        "SECRET", "Keys", "Found in the files of keys, before anything is planned.", All);

    public static Diagnostic Plain(string path) => PlainDocument.At(
        null, $"{path} has no metadata of SOPS.", ["encrypt it:", $"  orrery secret encrypt --in-place {path}"]);

    public static Diagnostic OtherReaders(string path, IEnumerable<string> former) => Strangers.At(
        null,
        $"{path} is encrypted also to {string.Join(", ", former)}.",
        ["run orrery up to encrypt it to the recipients of today, and rotate the key if they must not know it"]);
}
