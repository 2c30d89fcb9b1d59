using Orrery.Secrets.Guard.Allowing;
using Orrery.Secrets.Guard.Documents;
using Orrery.Secrets.Guard.Values;
using Orrery.Secrets.Sops;

namespace Orrery.Secrets.Guard;

/// <summary>What one file of a tree says: pure, so that many can be searched at once.</summary>
public sealed class FileSearch
{
    private FileSearch(
        IReadOnlyList<Finding> findings, IReadOnlyList<Allowance> allowances, WiringFile? wiring) =>
        (Findings, Allowances, Wiring) = (findings, allowances, wiring);

    /// <summary>What is wrong in it by itself, before anything is allowed.</summary>
    public IReadOnlyList<Finding> Findings { get; }

    internal IReadOnlyList<Allowance> Allowances { get; }

    /// <summary>What it means for others; null where nothing.</summary>
    internal WiringFile? Wiring { get; }

    /// <summary>Nothing is wrong with a file that is no text.</summary>
    /// <param name="path">From the root of the tree, with slashes.</param>
    public static FileSearch Of(string path, ReadOnlySpan<byte> content, Covering covering)
    {
        if (GuardedText.Of(path, content) is not { } file)
            return new FileSearch([], [], null);
        var isManifest = SopsFormats.OfPath(path) is SopsFormat.Yaml or SopsFormat.Json;
        var matters = WiringFile.Matters(file);
        var mayBeSecret = isManifest && KubernetesSecrets.MayBeIn(file.Text);
        var encryption = Encryption.Of(file);
        var documents = matters || (mayBeSecret && !encryption.IsEncrypted) ? ObjectYaml.Read(file.Text) : [];
        var uncovered = encryption.Find(covering.Find(path)).ToArray();
        var secrets = uncovered.Length == 0 && !encryption.IsEncrypted
            ? KubernetesSecrets.Of(file, documents).ToArray() : [];
        var values = ValueSearch.Of(file)
            // The same again: what stands in such a Secret is said by it.
            .Where(finding => finding.Rule.Kind != GuardKind.Password || uncovered.Length + secrets.Length == 0);
        var (allowances, problems) = Allowing.Allowances.OfComments(file);
        return new FileSearch(
            [.. uncovered, .. secrets, .. values, .. problems],
            allowances,
            isManifest || matters
                ? new WiringFile(
                    file.AtPlace(GuardRules.FluxDecryption, 1, 1, ""), matters ? documents : [], encryption.IsObject,
                    isManifest)
                : null);
    }

    /// <summary>A file that is too large to be read.</summary>
    public static FileSearch TooLarge(string path, long bytes) => new(
        [
            new Finding
            {
                Rule = GuardRules.NotSearched,
                Path = path,
                Line = 1,
                Column = 1,
                Shown = $"{bytes / (1024 * 1024)} MiB",
            },
        ],
        [],
        null);
}
