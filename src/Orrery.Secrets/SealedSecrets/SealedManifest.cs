using Orrery.Secrets.Sops;

namespace Orrery.Secrets.SealedSecrets;

/// <summary>A SealedSecret in a file.</summary>
/// <param name="Namespace">Empty where it names none.</param>
public sealed record SealedObject(
    string Name, string Namespace, SealingScope Scope, IReadOnlyList<SealedItem> Items);

/// <summary>One sealed value of it.</summary>
/// <param name="Key">As in <c>spec.encryptedData</c>.</param>
/// <param name="Line">From 1.</param>
public sealed record SealedItem(string Key, string Value, int Line)
{
    internal SopsLeaf? Leaf { get; init; }
}

/// <summary>
/// A YAML or JSON text with SealedSecrets among its documents. It is changed value by value: every other byte stays.
/// </summary>
public sealed class SealedManifest
{
    private const string Kind = "SealedSecret";
    private const string Items = "encryptedData";

    private readonly SopsSource _source;
    private readonly ISopsFormat _format;
    private readonly string _path;

    private SealedManifest(string path, SopsSource source, ISopsFormat format)
    {
        (_path, _source, _format) = (path, source, format);
        Objects = [.. source.Documents.Where(IsSealed).Select(Read)];
    }

    public string Text => _source.Text;

    public IReadOnlyList<SealedObject> Objects { get; }

    /// <summary>Whether a text may have any: cheap, and never wrong when it says no.</summary>
    public static bool MayBeIn(string text) =>
        text.Contains(Kind, StringComparison.Ordinal) && text.Contains(Items, StringComparison.Ordinal);

    /// <param name="path">Its end says the format.</param>
    /// <exception cref="SealedSecretException">
    /// The text cannot be read; the message does not quote it. Anchors and aliases are refused.
    /// </exception>
    public static SealedManifest Read(string path, string text)
    {
        try
        {
            var isJson = SopsFormats.OfPath(path) == SopsFormat.Json;
            var format = SopsFormats.Of(isJson ? SopsFormat.Json : SopsFormat.Yaml);
            return new SealedManifest(path, format.Read(text), format);
        }
        catch (SopsException exception)
        {
            throw new SealedSecretException(SealedSecretFailure.Malformed, exception.Message);
        }
    }

    /// <summary>The same text with another value in the place of some.</summary>
    public string With(IEnumerable<(SealedItem Item, string Value)> changes) => TextEdit.Apply(
        Text, changes.Select(change => new TextEdit(
            change.Item.Leaf!.Span, _format.Write(SopsValue.Of(change.Value), change.Item.Leaf.Place))));

    /// <summary>The same text with a value under a key, in the place of the one before or added.</summary>
    /// <exception cref="SealedSecretException">It does not begin with a SealedSecret, or has no room.</exception>
    public string With(string key, string value)
    {
        if (_source.Documents is not [var document, ..] || !IsSealed(document))
            throw new SealedSecretException(SealedSecretFailure.Malformed, "it does not begin with a SealedSecret");
        if (Objects[0].Items.FirstOrDefault(item => item.Key == key) is { } there)
            return With([(there, value)]);
        return _format.Insert(_source, ["spec", Items, key], SopsValue.Of(value)) is { } edit
            ? TextEdit.Apply(Text, [edit])
            : throw new SealedSecretException(
                SealedSecretFailure.Malformed, $"its spec.{Items} is not written as one key a line");
    }

    /// <summary>What was changed, read again, to change more.</summary>
    public SealedManifest Again(string text) => Read(_path, text);

    private static bool IsSealed(SopsBranch document) => TextAt(document, "kind") == Kind
        && TextAt(document, "apiVersion")?.StartsWith("bitnami.com/", StringComparison.Ordinal) == true;

    private SealedObject Read(SopsBranch document)
    {
        var name = TextAt(document, "metadata", "name") ?? "";
        var space = TextAt(document, "metadata", "namespace") ?? "";
        return new SealedObject(name, space, ScopeOf(document, name, space), [.. ItemsOf(document)]);
    }

    private IEnumerable<SealedItem> ItemsOf(SopsBranch document)
    {
        var items = (NodeAt(document, "spec", Items) as SopsBranch)?.Items ?? [];
        foreach (var (key, node) in items)
        {
            if (key is not null && node is SopsLeaf { Value: { } value, IsComment: false } leaf)
            {
                var line = Text.AsSpan(0, leaf.Span.Start).Count('\n') + 1;
                yield return new SealedItem(key, value.Text, line) { Leaf = leaf };
            }
        }
    }

    /// <summary>https://github.com/bitnami-labs/sealed-secrets#scopes: the wider annotation counts.</summary>
    private static SealingScope ScopeOf(SopsBranch document, string name, string space)
    {
        bool Has(string kind) => string.Equals(
            TextAt(document, "metadata", "annotations", SealingScope.AnnotationGroup + kind), "true",
            StringComparison.OrdinalIgnoreCase);
        return SealingScope.Of(
            Has("cluster-wide") ? "cluster-wide" : Has("namespace-wide") ? "namespace-wide" : "strict", space, name);
    }

    private static string? TextAt(SopsBranch document, params ReadOnlySpan<string> keys) =>
        (NodeAt(document, keys) as SopsLeaf)?.Value?.Text;

    private static SopsNode? NodeAt(SopsBranch document, params ReadOnlySpan<string> keys)
    {
        SopsNode? node = document;
        foreach (var key in keys)
            node = (node as SopsBranch)?.Items.Find(item => item.Key == key).Node;
        return node;
    }
}
