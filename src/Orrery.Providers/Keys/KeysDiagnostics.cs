using Orrery.Model.Diagnostics;

namespace Orrery.Providers.Keys;

/// <summary>What can be wrong with the keys in the repository.</summary>
public static class KeysDiagnostics
{
    private static readonly DiagnosticCode Strangers = new(
        "SECRET001",
        "a key can be opened by others than the recovery recipients",
        "The file is encrypted to more recipients than spec.recovery.recipients names. The next 'orrery up' encrypts "
        + "it to those alone; what Git remembers of it stays readable.")
    {
        Severity = Severity.Warning,
    };

    /// <summary>In order of their codes.</summary>
    public static IReadOnlyList<DiagnosticCode> All { get; } = [Strangers];

    public static DiagnosticFamily Family { get; } = new(
        "SECRET", "Keys", "Found in the files of keys, before anything is planned.", All);

    internal static Diagnostic OtherReaders(string path, IEnumerable<string> former) => Strangers.At(
        null,
        $"{path} is encrypted also to {string.Join(", ", former)}.",
        ["run orrery up to encrypt it to the recipients of today, and rotate the key if they must not know it"]);
}
