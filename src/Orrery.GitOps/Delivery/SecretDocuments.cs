using System.Text;
using Orrery.GitOps.Catalog;
using Orrery.Model.Diagnostics;
using Orrery.Model.Documents;
using Orrery.Model.Platforms;
using Orrery.Model.Values;
using Orrery.Secrets.Sops;

namespace Orrery.GitOps.Delivery;

/// <summary>One SOPS document whose clear part says that it holds Secrets of one namespace.</summary>
/// <param name="Name">The file's.</param>
/// <param name="Namespace">Of all its Secrets.</param>
/// <param name="Text">As it is: encrypted.</param>
internal sealed record SecretDocument(string Name, string Namespace, string Text);

/// <summary>
/// Which SOPS documents of a cluster's folder are Secrets for it. They go to Git as they are, and so nothing passes
/// that the cluster could not open, or that others could read.
/// </summary>
public static class SecretDocuments
{
    private const string Encrypted = "ENC[AES256_GCM,";

    private static readonly string[] Data = ["data", "stringData"];

    /// <summary>What is wrong with the documents of a cluster that takes Secrets from them.</summary>
    public static ValueList<Diagnostic> ProblemsOf(Cluster cluster) => !cluster.Secrets.Sops ? [] :
        cluster.Documents.Select(document => Read(cluster, document.Key, document.Value).Problem)
            .OfType<Diagnostic>().ToValueList();

    /// <summary>Where each of them stands in the tree, by its name.</summary>
    public static ValueMap<string> PathsOf(Cluster cluster) =>
        cluster is not { Secrets.Sops: true, GitOps: not null } ? ValueMap<string>.Empty :
        Of(cluster).ToValueMap(
            document => document.Name,
            document => $"{TreePaths.Overlay(cluster, SopsSecrets.NameOf(document.Namespace))}/{document.Name}");

    /// <summary>The platform without documents that have problems: no run but <c>destroy</c> goes on with it.</summary>
    public static Platform WithoutProblems(Platform platform) => platform with
    {
        Clusters = platform.Clusters.Map((_, cluster) => !cluster.Secrets.Sops ? cluster : cluster with
        {
            Documents = ValueMap.From(cluster.Documents.Where(
                document => Read(cluster, document.Key, document.Value).Problem is null)),
        }),
    };

    /// <summary>In order of their names; without those that have problems, and those that are for others.</summary>
    internal static IReadOnlyList<SecretDocument> Of(Cluster cluster) =>
    [
        .. cluster.Documents.Select(document => Read(cluster, document.Key, document.Value).Document)
            .OfType<SecretDocument>(),
    ];

    private static (SecretDocument? Document, Diagnostic? Problem) Read(Cluster cluster, string name, string text)
    {
        var path = $"secrets/{cluster.Name}/{name}";
        var format = SopsFormats.OfPath(name);
        if (!SopsFile.IsEncrypted(Encoding.UTF8.GetBytes(text), format))
            return (null, NotEncrypted(path, "It is named as a SOPS document and has no metadata of SOPS."));
        if (format is not (SopsFormat.Yaml or SopsFormat.Json) || ReadClear(text) is not { } manifests)
            return (null, null);
        if (!manifests.Any(IsForKubernetes))
            return (null, null);
        if (manifests.Select(ShapeProblem).FirstOrDefault(problem => problem is not null) is { } shape)
            return (null, GitOpsCodes.NotASecret.At(null, $"{path}: {shape}", EncryptOnlyData(path)));
        if (manifests.SelectMany(ClearKeys).FirstOrDefault() is { } key)
            return (null, NotEncrypted(path, $"Its {key} stands in clear."));
        if (!CanOpen(cluster, text, format))
            return (null, ForOthers(cluster, path));
        var spaces = manifests.Select(NamespaceOf).Distinct().ToArray();
        return spaces is [{ } space]
            ? (new SecretDocument(name, space, text), null)
            : (null, GitOpsCodes.NotASecret.At(
                null, $"{path}: its Secrets are of the namespaces {string.Join(", ", spaces)}.",
                ["keep the Secrets of each namespace in a file of their own"]));
    }

    /// <summary>The documents of a file; null where it is none of Kubernetes.</summary>
    private static Value.Map[]? ReadClear(string text)
    {
        try
        {
            var documents = YamlDocuments.Read(text);
            return documents.All(document => document is Value.Map) ? [.. documents.OfType<Value.Map>()] : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static bool IsForKubernetes(Value.Map manifest) =>
        manifest["apiVersion"] is not Value.Null || manifest["metadata"] is Value.Map;

    private static string? ShapeProblem(Value.Map manifest)
    {
        var kind = ClearText(manifest["kind"]);
        if (kind is null)
            return "It looks like an object of Kubernetes, and its kind is missing or encrypted.";
        if (kind != "Secret" || ClearText(manifest["apiVersion"]) != "v1")
            return $"Its kind is {kind}; only Secrets of v1 are opened in the cluster.";
        if (manifest["metadata"] is not Value.Map metadata || ClearText(metadata["name"]) is null)
            return "The name of its Secret is missing or encrypted.";
        return NamespaceOf(manifest) is null ? "The namespace of its Secret is missing or encrypted." : null;
    }

    private static string? NamespaceOf(Value.Map manifest) =>
        manifest["metadata"] is Value.Map metadata ? ClearText(metadata["namespace"]) : null;

    private static string? ClearText(Value value) =>
        value is Value.Text { Of: { Length: > 0 } text } && !text.StartsWith(Encrypted, StringComparison.Ordinal)
            ? text
            : null;

    /// <summary>SOPS leaves what is empty as it is.</summary>
    private static IEnumerable<string> ClearKeys(Value.Map manifest) =>
        from part in Data
        where manifest[part] is not Value.Null
        from entry in manifest[part] is Value.Map map ? map.Fields : ValueMap.Of((part, manifest[part]))
        where entry.Value is not Value.Text { Of: var text }
            || (text.Length > 0 && !text.StartsWith(Encrypted, StringComparison.Ordinal))
        select $"{part}.{entry.Key}";

    /// <summary>Alone: with key groups, in as many of them as are needed.</summary>
    private static bool CanOpen(Cluster cluster, string text, SopsFormat format)
    {
        try
        {
            var keys = SopsFile.KeysOf(Encoding.UTF8.GetBytes(text), format);
            return keys.Groups.Count(group => group.Any(cluster.Recipients.Contains)) >= Math.Max(1, keys.Threshold);
        }
        catch (SopsException)
        {
            return false;
        }
    }

    private static Diagnostic NotEncrypted(string path, string why) => GitOpsCodes.NotEncrypted.At(
        null, $"{path}: {why}", ["encrypt it:", $"  orrery secret encrypt --in-place {path}"]);

    private static Diagnostic ForOthers(Cluster cluster, string path) => GitOpsCodes.ForOthers.At(
        null,
        cluster.Recipients.Count == 0
            ? $"{path}: the cluster {cluster.Name} has no identity yet."
            : $"{path} is encrypted to others than the cluster {cluster.Name}.",
        [
            $"name the recipient in secrets/{cluster.Name}/age-recipient.txt in .sops.yaml, then:",
            $"  orrery secret updatekeys {path}",
        ]);

    private static ValueList<string> EncryptOnlyData(string path) =>
    [
        "encrypt only the data: `encrypted_regex: ^(data|stringData)$` in .sops.yaml, then again:",
        $"  orrery secret encrypt --in-place {path}",
    ];
}
