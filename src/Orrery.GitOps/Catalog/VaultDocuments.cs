using Orrery.Model.Documents;
using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.GitOps.Catalog;

/// <summary>
/// What people keep for a cluster, <c>secrets/prod/app.sops.yaml</c>, by names alone: a document of SOPS shows its keys
/// in clear and nothing else is looked at.
/// </summary>
public static class VaultDocuments
{
    private const int NameMax = 63;
    private static readonly string[] Endings = [".sops.yaml", ".sops.yml", ".sops.json"];

    /// <summary>
    /// The keys at the top of each document that a Vault gets, by its name: <c>app</c>. Documents of other formats, and
    /// those whose name or keys Kubernetes would refuse, are not among them.
    /// </summary>
    public static ValueMap<ValueList<string>> Of(Cluster cluster) => ValueMap.From(
        cluster.Documents.Select(document => KeyValuePair.Create(NameOf(document.Key) ?? "", KeysOf(document.Value)))
            .Where(document => document.Key.Length > 0 && document.Value.Count > 0)
            .DistinctBy(document => document.Key));

    /// <summary>The name of a document's file without its ending, or null where that names nothing.</summary>
    public static string? NameOf(string file)
    {
        var ending = Array.Find(Endings, each => file.EndsWith(each, StringComparison.Ordinal)) ?? "";
        var name = file[..^ending.Length];
        var isLabel = name.Length is > 0 and <= NameMax && char.IsAsciiLetterOrDigit(name[0])
            && char.IsAsciiLetterOrDigit(name[^1])
            && name.All(each => char.IsAsciiLetterLower(each) || char.IsAsciiDigit(each) || each == '-');
        return ending.Length > 0 && isLabel ? name : null;
    }

    /// <summary>Whether a Secret of Kubernetes may have a key that is called so.</summary>
    public static bool IsKey(string key) => key.Length is > 0 and <= 253
        && key.All(each => char.IsAsciiLetterOrDigit(each) || each is '-' or '.' or '_');

    private static ValueList<string> KeysOf(string text)
    {
        try
        {
            return YamlDocuments.Read(text) is [Value.Map document]
                ? document.Fields.Keys.Where(key => key != "sops" && IsKey(key)).ToValueList()
                : [];
        }
        catch (FormatException)
        {
            // Whoever opens it says what is wrong with it.
            return [];
        }
    }
}
