using System.Text.Json;
using Orrery.Engine.Ports;
using Orrery.Model.Documents;
using Orrery.Model.Values;
using Orrery.Providers.Kubernetes.Configuration;
using Orrery.Secrets;
using Orrery.Secrets.Age;
using Orrery.Secrets.Sops;

namespace Orrery.Providers.Vault;

/// <summary>
/// A kubeconfig of many clusters as one field of a SOPS document, <c>secrets/prod/kubeconfig.sops.yaml</c>, and of a
/// document in a Vault. It is opened and changed in memory: no file ever holds it in clear, no other document is
/// opened for it, and no other field is touched.
/// </summary>
public static class KubeconfigDocument
{
    /// <summary>The field, as programs look for it in their environment.</summary>
    public const string Field = "KUBECONFIG";

    /// <summary>Where a cluster's is kept.</summary>
    public static string PathOf(string cluster) => $"secrets/{cluster}/kubeconfig.sops.yaml";

    /// <summary>The kubeconfig in a document. Throws <see cref="SopsException"/> where that does not open.</summary>
    public static Kubeconfig Read(
        ReadOnlySpan<byte> file, string path, IReadOnlyCollection<IKeyHolder> identities) =>
        Kubeconfig.Read(TextOf(SopsFile.Open(file, SopsFormat.Yaml, identities)), path);

    /// <summary>The document in clear, as it is before it is encrypted for the first time.</summary>
    public static string TextOf(Kubeconfig kubeconfig) => $"{Field}: {Quoted(kubeconfig.ToText())}\n";

    /// <summary>The document with a changed kubeconfig: only this value, the MAC and the date differ.</summary>
    public static byte[] Change(
        KubeconfigFile file, Func<Kubeconfig, Kubeconfig> change, DateTimeOffset now, FillRandom random)
    {
        var document = SopsFile.Open(file.Content.Span, SopsFormat.Yaml, file.Identities);
        var before = TextOf(document);
        var after = change(Kubeconfig.Read(before, file.Path)).ToText();
        return after == before
            ? file.Content.ToArray()
            : document.Set([Field], Quoted(after), now, random);
    }

    /// <summary>The same in a Vault: only this field goes over the wire, and no other one is lost.</summary>
    public static Task<KeyValueChange> PutAsync(
        KeyValueDocument document, Kubeconfig kubeconfig, OperationContext? operation,
        CancellationToken cancellation) =>
        document.SetAsync(Field, kubeconfig.ToText(), operation, cancellation);

    private static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text)}\"";

    private static string TextOf(SopsDocument document) =>
        YamlDocuments.Read(System.Text.Encoding.UTF8.GetString(document.Plain)) is [Value.Map map]
            ? map[Field].AsText() ?? ""
            : "";
}

/// <summary>A document of SOPS as it is kept, and who opens it.</summary>
/// <param name="Path">For messages.</param>
public sealed record KubeconfigFile(
    string Path, ReadOnlyMemory<byte> Content, IReadOnlyCollection<IKeyHolder> Identities)
{
    public override string ToString() => Path;
}
