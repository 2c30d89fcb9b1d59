using Orrery.Model.Diagnostics;

namespace Orrery.Cli.Age;

/// <summary>What can be wrong with age files and keys on the command line.</summary>
internal static class AgeCodes
{
    public static readonly DiagnosticCode NoKey = new(
        "AGE001",
        "this is not a key of age",
        "Recipients are `age1...`, `ssh-ed25519 ...` or `ssh-rsa ...`; identities begin with AGE-SECRET-KEY-1, "
        + "AGE-PLUGIN- or are private keys of SSH. Files have one a line, and comments after `#`. What was read is "
        + "never shown, because it may be secret.");

    public static readonly DiagnosticCode Locked = new(
        "AGE002",
        "nothing that was given opens the file",
        "Each file can be opened by its recipients' identities or by its passphrase, and by nobody else.");

    public static readonly DiagnosticCode Damaged = new(
        "AGE003",
        "this is not an age file as it was written",
        "Armor, header and content are each accepted in one form only, and every bit of them is authenticated. A file "
        + "that was changed, cut short or continued is refused; what was written to standard output before is "
        + "authentic as far as it goes, and an output file is not made.");

    public static readonly DiagnosticCode NoOutput = new(
        "AGE004",
        "the output would do harm where it goes",
        "A file that exists is kept unless `--force` is given, and binary data is not written to a terminal unless "
        + "asked for with `-o -`.");

    public static readonly DiagnosticCode Plugin = new(
        "AGE005",
        "a plugin does not do its part",
        "A key that names a plugin needs the program `age-plugin-NAME` in a folder of PATH. The message is the "
        + "plugin's.");

    public static readonly DiagnosticCode NobodyToAsk = new(
        "AGE006",
        "a passphrase is needed and nobody is there to ask",
        "A passphrase is asked for on the terminal. Where there is none, `--passphrase-file` names a file whose first "
        + "line it is.");

    public static readonly DiagnosticCode Mixed = new(
        "AGE007",
        "these recipients cannot share a file",
        "A passphrase stands alone, and a post-quantum recipient only beside others of its kind: a file is as safe as "
        + "the weakest of its recipients.");

    /// <summary>In order of their codes.</summary>
    public static DiagnosticFamily Family { get; } = new(
        "AGE",
        "age files",
        "Found by `orrery age`.",
        [NoKey, Locked, Damaged, NoOutput, Plugin, NobodyToAsk, Mixed]);
}
