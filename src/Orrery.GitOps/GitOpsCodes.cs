using Orrery.Model.Diagnostics;

namespace Orrery.GitOps;

/// <summary>What can be wrong with the rendered tree.</summary>
public static class GitOpsCodes
{
    internal static readonly DiagnosticCode EditedByHand = new(
        "RENDER001",
        "a rendered file was edited by hand",
        "Orrery owns the file and would overwrite it. Say what you want in the declaration, or move the edit to a file "
        + "of your own; then remove the edited file and render again.");

    internal static readonly DiagnosticCode NotOurs = new(
        "RENDER002",
        "a file that Orrery did not write stands where one is rendered",
        "What people own is never touched. Move the file, or remove the component whose file would stand there.");

    internal static readonly DiagnosticCode MalformedList = new(
        "RENDER003",
        "the list of rendered files cannot be read",
        "Each line has a SHA-256 and a path below the tree. Restore the list from Git; without it nobody knows which "
        + "files are Orrery's.");

    internal static readonly DiagnosticCode NothingProvides = new(
        "RENDER004",
        "a component requires what no component provides",
        "It could never become healthy. Add the component that provides it.");

    internal static readonly DiagnosticCode Circle = new(
        "RENDER005",
        "components wait for each other",
        "Their requirements lead in a circle, so none could be the first.");

    internal static readonly DiagnosticCode NoGitOps = new(
        "RENDER006",
        "nothing delivers the tree",
        "No cluster of the declaration has `gitops`, so there is nothing to render.");

    internal static readonly DiagnosticCode ForOthers = new(
        "RENDER007",
        "a SOPS document that its cluster cannot open",
        "What lies in a cluster's folder is opened there, with the cluster's own identity alone. Encrypt it to that "
        + "identity's recipient too.");

    internal static readonly DiagnosticCode NotEncrypted = new(
        "RENDER008",
        "a SOPS document that is not encrypted",
        "It would stand in Git for everybody to read. If it was ever committed, change what it held as well.");

    internal static readonly DiagnosticCode NotASecret = new(
        "RENDER009",
        "a SOPS document that does not say which Secret it is",
        "Its clear part must name Secrets of one namespace, so that they can be delivered there before what uses them. "
        + "Other documents, without `apiVersion` and `metadata`, stay where they are.");

    /// <summary>In order of their codes.</summary>
    public static DiagnosticFamily Family { get; } = new(
        "RENDER",
        "the rendered tree",
        "Found while the GitOps tree is rendered and compared with what is there.",
        [EditedByHand, NotOurs, MalformedList, NothingProvides, Circle, NoGitOps, ForOthers, NotEncrypted, NotASecret]);
}
