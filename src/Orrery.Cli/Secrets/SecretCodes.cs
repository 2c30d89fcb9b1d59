using Orrery.Model.Diagnostics;

namespace Orrery.Cli.Secrets;

/// <summary>What can be wrong with encrypted files on the command line.</summary>
internal static class SecretCodes
{
    public static readonly DiagnosticCode NoRule = new(
        "SOPS001",
        "nothing says who may read the file",
        "A new file is encrypted to the recipients of the first rule of `.sops.yaml` whose `path_regex` fits its path, "
        + "looked for in its folder and above, or to those that `--recipient` or SOPS_AGE_RECIPIENTS names.");

    public static readonly DiagnosticCode NoKey = new(
        "SOPS002",
        "no identity opens the file",
        "Identities are looked for in ORRERY_IDENTITY, SOPS_AGE_KEY, the file that SOPS_AGE_KEY_FILE names, and "
        + "`sops/age/keys.txt` in the configuration folder. Keys of PGP, of clouds and of Vault are recognised, and "
        + "cannot be used.");

    public static readonly DiagnosticCode Damaged = new(
        "SOPS003",
        "the file was changed after it was encrypted",
        "Each value is authenticated together with its place, and all of them by a MAC, so that a file is used as it "
        + "was "
        + "written or not at all. Often a merge of two edits did it: take one side, and edit again.");

    public static readonly DiagnosticCode Unreadable = new(
        "SOPS004",
        "the file is not of its format",
        "The format follows from the name's end (.yaml, .yml, .json, .env, .ini; all else is binary), or `--type` says "
        + "it. What was read is never shown, because it may be secret.");

    public static readonly DiagnosticCode WrongState = new(
        "SOPS005",
        "the file is encrypted already, or is not encrypted",
        "What has metadata of SOPS is encrypted. A file cannot be encrypted twice, and only an encrypted one can be "
        + "opened.");

    public static readonly DiagnosticCode NoValue = new(
        "SOPS006",
        "there is no such value, or it cannot be set",
        "A path has the keys from the top with dots between them, `stringData.password`, or in brackets as with sops, "
        + "`[\"stringData\"][\"a.b\"]`; entries of a list are numbers from 0. One value can be set or added; `orrery "
        + "secret edit` changes all else.");

    public static readonly DiagnosticCode BadRules = new(
        "SOPS007",
        "the rules for encrypted files cannot be used",
        "`.sops.yaml` says who may read which file and which values are encrypted. Each key group needs a recipient "
        + "that "
        + "can be encrypted to; of `encrypted_regex` and its like, a rule has one.");

    public static readonly DiagnosticCode NoMemory = new(
        "SOPS008",
        "there is no folder in memory for the plain text",
        "An editor needs a file, and plain text must not reach a disk. So that file stands in a private folder on a "
        + "tmpfs: XDG_RUNTIME_DIR or /dev/shm.");

    public static readonly DiagnosticCode EditFailed = new(
        "SOPS009",
        "the edit was not taken",
        "The file is as it was. What was typed, if anything, was encrypted for the same readers beside it.");

    public static readonly DiagnosticCode Moved = new(
        "SOPS010",
        "the file changed meanwhile",
        "Somebody else wrote it after it was read; writing now would undo that.");

    public static readonly DiagnosticCode ForeignRules = new(
        "SOPS011",
        "the rules for encrypted files are somebody's own",
        "`.sops.yaml` was not written by orrery, so it is left alone. The platform needs rules by which keys are for "
        + "the recovery recipients, and each cluster's folder for these and that cluster.")
    {
        Severity = Severity.Warning,
    };

    public static readonly DiagnosticCode NotDeclared = new(
        "SOPS012",
        "the declaration could not be changed",
        "`spec.recovery.recipients` is changed in the text where the recipients stand as a list. Written in another "
        + "way it is left to you.");

    public static readonly DiagnosticCode NotRotatable = new(
        "SOPS013",
        "there is no such key to rotate",
        "`orrery secret rotate --key` makes the next of a key that the platform has; `recovery` is the recovery "
        + "identity that is at hand.");

    public static readonly DiagnosticCode TokenRefused = new(
        "SOPS014",
        "the provider does not take the new token",
        "A token is kept only once something could be read with it. The old one is in its place again.");

    /// <summary>In order of their codes.</summary>
    public static DiagnosticFamily Family { get; } = new(
        "SOPS",
        "encrypted files",
        "Found by `orrery secret`.",
        [
            NoRule, NoKey, Damaged, Unreadable, WrongState, NoValue, BadRules, NoMemory, EditFailed, Moved,
            ForeignRules, NotDeclared, NotRotatable, TokenRefused,
        ]);
}
