namespace Orrery.Secrets.Guard.Documents;

/// <summary>A Kustomization of Flux: which files it applies, and whether it decrypts them.</summary>
/// <param name="File">Where it is declared.</param>
/// <param name="Lacks">What is missing for it to decrypt, as a sentence; nothing where nothing is.</param>
/// <param name="IsPathKnown">Its path is written out, and one of a Git repository.</param>
internal sealed record FluxKustomization(string Name, string File, string Lacks, bool IsPathKnown)
{
    private const string Group = "kustomize.toolkit.fluxcd.io/";

    private readonly HashSet<string> _reached = [];

    public bool Decrypts => Lacks.Length == 0;

    /// <summary>The files that it applies.</summary>
    public IReadOnlySet<string> Reached => _reached;

    public static IReadOnlyList<FluxKustomization> Of(IReadOnlyList<WiringFile> files, Kustomize kustomize)
    {
        var all = (
            from file in files
            from document in file.Documents
            where document.TextAt("kind") == "Kustomization"
                && document.TextAt("apiVersion")?.StartsWith(Group, StringComparison.Ordinal) == true
            select (Read: Read(file.Path, document), Document: document)).ToArray();
        foreach (var (read, document) in all.Where(entry => entry.Read.IsPathKnown))
        {
            if (TreePath.Join("", document.TextAt("spec", "path") ?? "") is { } folder)
                read._reached.UnionWith(kustomize.Reached(folder));
        }

        // One that applies others may give all of them their decryption by a patch.
        var patched = all.Where(entry => PatchesDecryption(entry.Document))
            .SelectMany(entry => entry.Read._reached).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. all.Select(entry => patched.Contains(entry.Read.File) ? entry.Read with { Lacks = "" } : entry.Read),
        ];
    }

    private static FluxKustomization Read(string file, ObjectMap document)
    {
        var path = document.TextAt("spec", "path") ?? "";
        // Of an artifact or a bucket nobody can tell which folder it was made of.
        var isOfGit = document.TextAt("spec", "sourceRef", "kind") is null or "GitRepository";
        return new FluxKustomization(
            document.TextAt("metadata", "name") ?? "without a name",
            file,
            LackOf(document),
            IsPathKnown: isOfGit && !path.Contains("${", StringComparison.Ordinal));
    }

    /// <summary>https://fluxcd.io/flux/components/kustomize/kustomizations/#decryption</summary>
    private static string LackOf(ObjectMap document) =>
        document.TextAt("spec", "decryption", "provider") != "sops"
            ? "It has no spec.decryption.provider: sops."
            : document.TextAt("spec", "decryption", "secretRef", "name") is null
                ? "Its spec.decryption has no secretRef that names the Secret with the age key."
                : "";

    private static bool PatchesDecryption(ObjectMap document) =>
        document.ItemsAt("spec", "patches").Any(patch =>
            patch.TextAt("patch") is { } text
            && ObjectYaml.Read(text).Any(body => body.TextAt("kind") == "Kustomization" && LackOf(body).Length == 0));
}
