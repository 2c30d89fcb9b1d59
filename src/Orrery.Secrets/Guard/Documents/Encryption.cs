using System.Text;
using Orrery.Secrets.Guard.Values;
using Orrery.Secrets.Sops;
using Orrery.Secrets.Sops.Keys;
using Orrery.Secrets.Sops.Rules;

namespace Orrery.Secrets.Guard.Documents;

/// <summary>
/// Whether a file is encrypted as SOPS says: one with metadata by what that selects, and one that a creation rule
/// covers by the rule.
/// </summary>
internal sealed class Encryption
{
    /// <summary>What is applied or read as it is, whatever the rules say.</summary>
    private static readonly string[] Plain = ["Kustomization", "Component", "ksops", "SealedSecret"];

    private static readonly string[] PlainNames =
        [CreationRules.FileName, "README.md", ".gitkeep", ".gitignore", ".gitattributes"];

    private readonly GuardedText _file;
    private readonly SopsFormat _format;
    private readonly SopsSource? _source;
    private readonly SopsMetadata? _metadata;

    private Encryption(GuardedText file)
    {
        _file = file;
        _format = SopsFormats.OfPath(file.Path);
        if (!MayHaveMetadata())
            return;
        try
        {
            _source = SopsFormats.Of(_format).Read(file.Text);
            _metadata = _source.Metadata is { } metadata ? SopsMetadata.Read(metadata) : null;
        }
        catch (SopsException)
        {
            // No file of SOPS, then; whether it should be one, the rules say.
        }
    }

    /// <summary>It has metadata of SOPS.</summary>
    public bool IsEncrypted => _metadata is not null;

    /// <summary>It is encrypted and has what every Kubernetes object has.</summary>
    public bool IsObject => IsEncrypted && _source!.Documents.Any(
        document => Has(document, "apiVersion") && Has(document, "kind"));

    public static Encryption Of(GuardedText file) => new(file);

    /// <param name="rule">What covers the file; null where nothing does.</param>
    public IEnumerable<Finding> Find(CreationRule? rule)
    {
        if (_metadata is not null && _source is not null)
        {
            return InClear(_source, _metadata.Selection)
                .Concat(rule is { Selection.IsDefault: false } ? InClear(_source, rule.Selection) : [])
                .DistinctBy(finding => (finding.Line, finding.Column));
        }

        return rule is null || PlainNames.Contains(TreePath.Name(_file.Path), StringComparer.Ordinal)
            || IsOtherwiseEncrypted() || IsPublic()
            ? []
            : Uncovered(rule);
    }

    private bool MayHaveMetadata() => _format switch
    {
        SopsFormat.Yaml => Says("sops:") || Says("sops\""),
        SopsFormat.Dotenv => Says("sops_"),
        SopsFormat.Ini => Says("[sops]"),
        SopsFormat.Json => Says("\"sops\""),
        _ => Says("\"sops\"") && _file.Text.AsSpan().TrimStart().StartsWith("{"),
    };

    private bool Says(string mark) => _file.Text.Contains(mark, StringComparison.Ordinal);

    private static bool Has(SopsBranch document, string key) => document.Items.Exists(item => item.Key == key);

    private IEnumerable<Finding> Uncovered(CreationRule rule)
    {
        SopsSource? source = null;
        try
        {
            source = _format == SopsFormat.Binary ? null : SopsFormats.Of(_format).Read(_file.Text);
        }
        catch (SopsException)
        {
            // As a whole, then: what cannot be read cannot be half encrypted.
        }

        if (source is null)
            return _file.Text.AsSpan().IsWhiteSpace() ? [] : [Whole()];
        if (source.Documents.Select(KindOf).All(kind => Plain.Contains(kind, StringComparer.Ordinal)))
            return [];
        if (rule.Selection.IsDefault)
            return source.Documents.Any(document => document.Items.Count > 0) ? [Whole()] : [];
        // Rules like this one are written for Secrets, and fit whatever else is beside them.
        var documents = source.Documents.Where(document => KindOf(document) is null or "Secret").ToArray();
        return InClear(documents, rule.Selection).Take(1);
    }

    private Finding Whole() => _file.AtPlace(
        GuardRules.UnencryptedFile, 1, 1, "the whole file", "A rule in .sops.yaml covers it.");

    private IEnumerable<Finding> InClear(SopsSource source, SopsSelection selection) =>
        InClear(source.Documents, selection);

    private IEnumerable<Finding> InClear(IEnumerable<SopsBranch> documents, SopsSelection selection) =>
        from document in documents
        from visit in TreeWalk.Of(document, selection)
        where visit.IsSelected && !visit.Leaf.IsComment && IsClear(visit.Leaf)
        select _file.At(
            GuardRules.UnencryptedValue, visit.Leaf.Span.Start..visit.Leaf.Span.End,
            $"{visit.Path.TrimEnd(':').Replace(':', '.')}, {visit.Leaf.Span.Length} characters",
            $"{selection.Name} selects it.");

    private static bool IsClear(SopsLeaf leaf)
    {
        var text = Encoding.UTF8.GetString(leaf.Value!.Content);
        // What is empty is never encrypted, and a reference is no secret.
        return text.Length > 0 && !ValueCipher.IsEncrypted(text) && !Placeholder.IsValue(text);
    }

    private static string? KindOf(SopsBranch document) =>
        Has(document, "apiVersion")
            && document.Items.Find(item => item.Key == "kind").Node is SopsLeaf { Value: { } kind }
            ? kind.Text
            : null;

    private bool IsOtherwiseEncrypted() =>
        _file.Text.StartsWith("age-encryption.org/", StringComparison.Ordinal)
        || _file.Text.StartsWith("-----BEGIN AGE ENCRYPTED FILE-----", StringComparison.Ordinal)
        || _file.Text.StartsWith("-----BEGIN PGP MESSAGE-----", StringComparison.Ordinal);

    /// <summary>Certificates and public keys, which people put beside what they belong to.</summary>
    private bool IsPublic() =>
        Path.GetExtension(_file.Path) is ".pub" || IsOfSshKeys()
        || (_file.Text.TrimStart().StartsWith("-----BEGIN ", StringComparison.Ordinal)
            && !_file.Text.Contains("PRIVATE KEY", StringComparison.Ordinal));

    /// <summary>As <c>known_hosts</c> and <c>authorized_keys</c> have them, one a line.</summary>
    private bool IsOfSshKeys()
    {
        var lines = _file.Text.Split('\n').Select(line => line.Trim())
            .Where(line => line.Length > 0 && line[0] != '#').ToArray();
        return lines.Length > 0 && Array.TrueForAll(lines, line => line.Split(' ').Any(
            word => word.StartsWith("ssh-", StringComparison.Ordinal)
                || word.StartsWith("ecdsa-sha2-", StringComparison.Ordinal)));
    }
}
