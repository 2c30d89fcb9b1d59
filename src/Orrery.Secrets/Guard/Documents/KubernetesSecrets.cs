using System.Text;
using Orrery.Secrets.Guard.Values;

namespace Orrery.Secrets.Guard.Documents;

/// <summary>Kubernetes Secrets whose values everybody can read. Base64 is no encryption.</summary>
internal static class KubernetesSecrets
{
    private const string Kind = "Secret";

    /// <summary>Names of values that are named in a report.</summary>
    private const int KeysShownMax = 3;

    /// <summary>
    /// Argo CD keeps its settings in Secrets, and of those these are none.
    /// https://argo-cd.readthedocs.io/en/stable/operator-manual/declarative-setup/
    /// </summary>
    private static readonly string[] PublicForArgoCd =
    [
        "type", "url", "name", "project", "enableOCI", "insecure", "enableLfs", "forceHttpBasicAuth", "server",
        "namespaces", "clusterResources", "githubAppID", "githubAppInstallationID",
    ];

    /// <summary>Whether a file may have one: read only then.</summary>
    public static bool MayBeIn(string text) =>
        text.Contains(Kind, StringComparison.Ordinal)
        && (text.Contains("data:", StringComparison.OrdinalIgnoreCase)
            || text.Contains("Data\"", StringComparison.OrdinalIgnoreCase));

    public static IEnumerable<Finding> Of(GuardedText file, IEnumerable<ObjectMap> documents) =>
        documents.SelectMany(Objects).Where(item => item.TextAt("kind") == Kind && item.TextAt("apiVersion") == "v1")
            .Select(item => Find(file, item)).OfType<Finding>();

    /// <summary>The lines of each Secret: what else is found there is the same again.</summary>
    public static IEnumerable<ObjectMap> Objects(ObjectMap document) =>
        document.TextAt("kind") == "List" ? document.ItemsAt("items").OfType<ObjectMap>() : [document];

    private static Finding? Find(GuardedText file, ObjectMap secret)
    {
        var isOfArgoCd = secret.TextAt("metadata", "labels", "argocd.argoproj.io/secret-type") is not null;
        var clear = Values(secret, "data", isEncoded: true).Concat(Values(secret, "stringData", isEncoded: false))
            .Where(value => !isOfArgoCd || !PublicForArgoCd.Contains(value.Key, StringComparer.Ordinal))
            .ToArray();
        if (clear is not [var first, ..])
            return null;
        var names = string.Join(", ", clear.Take(KeysShownMax).Select(value => value.Key));
        var more = clear.Length > KeysShownMax ? $" and {clear.Length - KeysShownMax} more" : "";
        return file.AtPlace(
            GuardRules.KubernetesSecret, first.Value.Line, first.Value.Column,
            $"{Named(secret)}: {names}{more}", "Base64 is no encryption.");
    }

    private static string Named(ObjectMap secret) => $"Secret {secret.TextAt("metadata", "name") ?? "without a name"}";

    private static IEnumerable<(string Key, ObjectNode Value)> Values(ObjectMap secret, string field, bool isEncoded)
    {
        foreach (var (key, node) in (secret.At(field) as ObjectMap)?.Entries ?? [])
        {
            if (node is ObjectText { Text: var text } && IsSecret(text, isEncoded))
                yield return (key, node);
        }
    }

    private static bool IsSecret(string text, bool isEncoded)
    {
        if (Placeholder.IsValue(text) || IsTemplate(text))
            return false;
        if (!isEncoded)
            return !IsPublic(text);
        var bytes = new byte[text.Length];
        // What is no base64, the API server refuses: then it is no Secret, and may be one all the same.
        if (!Convert.TryFromBase64String(text, bytes, out var length))
            return true;
        var decoded = Encoding.UTF8.GetString(bytes.AsSpan(0, length));
        return !Placeholder.IsValue(decoded) && !IsPublic(decoded);
    }

    private static bool IsTemplate(string text) => text.Contains("{{", StringComparison.Ordinal);

    /// <summary>Certificates and public keys alone.</summary>
    private static bool IsPublic(string text) =>
        text.Contains("-----BEGIN ", StringComparison.Ordinal)
        && !text.Contains("PRIVATE KEY", StringComparison.Ordinal)
        && text.TrimStart().StartsWith("-----BEGIN ", StringComparison.Ordinal);
}
