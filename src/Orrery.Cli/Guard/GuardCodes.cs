using System.Diagnostics;
using Orrery.Model.Diagnostics;
using Orrery.Secrets.Guard;

namespace Orrery.Cli.Guard;

/// <summary>What <c>orrery guard</c> finds, and what can stand in its way.</summary>
internal static class GuardCodes
{
    public static readonly DiagnosticCode PrivateKey = new(
        "GUARD001",
        "a private key stands in clear",
        "Whoever can read the repository, or any copy of it, has the key. Taking it out of the newest commit does not "
        + "take it out of the older ones: make a new one.");

    public static readonly DiagnosticCode Token = new(
        "GUARD002",
        "a token stands in clear",
        "It is known by its shape, or by its name and its shape. Revoke it where it came from: what was pushed once is "
        + "known. Keep the new one outside of the repository, or encrypted in it.");

    public static readonly DiagnosticCode Password = new(
        "GUARD003",
        "a value that looks random stands at a name that says it is secret",
        "The value has too much chance in it for words or names. Where it is none, an allowance "
        + "with a reason says so.");

    public static readonly DiagnosticCode KubernetesSecret = new(
        "GUARD004",
        "a Kubernetes Secret stands in clear",
        "Base64 is no encryption. Encrypt it with SOPS (`orrery secret encrypt --in-place`), or seal it.");

    public static readonly DiagnosticCode Unencrypted = new(
        "GUARD005",
        "what a creation rule covers is not encrypted",
        "A rule of `.sops.yaml` with a `path_regex` fits the file, and the file, or a value that the rule selects, is "
        + "in clear. A rule without `path_regex` says how files are encrypted, and not which.");

    public static readonly DiagnosticCode Undecrypted = new(
        "GUARD006",
        "nothing would decrypt the object",
        "The cluster would take ciphertext for the value and say nothing. Flux decrypts where the Kustomization that "
        + "applies the file has `spec.decryption` with `provider: sops` and `secretRef`; kustomize decrypts what a "
        + "KSOPS generator names that a kustomization lists under `generators`.");

    public static readonly DiagnosticCode Allowance = new(
        "GUARD007",
        "an allowance cannot be used",
        "Each entry of `.orrery-guard.yaml`, and each comment `orrery-guard:allow RULE REASON`, gives a reason, names "
        + "a rule that there is, and says where: an entry by `path`, by `pattern`, or by both.");

    public static readonly DiagnosticCode UnusedAllowance = new(
        "GUARD008",
        "an allowance allows nothing",
        "What it was for is gone, or it never fitted. It would hide what comes later: take it out.");

    public static readonly DiagnosticCode NotSearched = new(
        "GUARD009",
        "a file is too large to be searched",
        "Text of more than 32 MiB is not read. It may not belong into a repository.")
    {
        Severity = Severity.Warning,
    };

    public static readonly DiagnosticCode NoRepository = new(
        "GUARD010",
        "this is in no git repository",
        "`--staged` searches the index of a repository, and `--install` puts a hook into one.");

    public static readonly DiagnosticCode ForeignHook = new(
        "GUARD011",
        "there is a pre-commit hook of somebody else",
        "It is left as it is. Add the command to it, or to the configuration of the tool that wrote it.");

    public static readonly DiagnosticCode OtherTree = new(
        "GUARD012",
        "a path is not in the tree of the first one",
        "One run searches one repository, or one folder that is in none.");

    /// <summary>In order of their codes.</summary>
    public static DiagnosticFamily Family { get; } = new(
        "GUARD",
        "leaks",
        "Found by `orrery guard`. What it finds is never shown.",
        [
            PrivateKey, Token, Password, KubernetesSecret, Unencrypted, Undecrypted, Allowance, UnusedAllowance,
            NotSearched, NoRepository, ForeignHook, OtherTree,
        ]);

    public static DiagnosticCode Of(GuardKind kind) => kind switch
    {
        GuardKind.PrivateKey => PrivateKey,
        GuardKind.Token => Token,
        GuardKind.Password => Password,
        GuardKind.KubernetesSecret => KubernetesSecret,
        GuardKind.Unencrypted => Unencrypted,
        GuardKind.Undecrypted => Undecrypted,
        GuardKind.Allowance => Allowance,
        GuardKind.UnusedAllowance => UnusedAllowance,
        GuardKind.NotSearched => NotSearched,
        _ => throw new UnreachableException($"{kind}"),
    };
}
