using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Orrery.Engine.Ports;
using Orrery.GitOps.Catalog;
using Orrery.Model.Documents;
using Orrery.Model.Values;
using Orrery.Providers.Kubernetes.Objects;
using Orrery.Secrets.Age;
using Orrery.Secrets.Sops;

namespace Orrery.Providers.Vault;

/// <summary>What people keep for one cluster in SOPS documents, opened in memory and nowhere else.</summary>
/// <param name="files">The declaration's folder.</param>
/// <param name="identities">Our own, asked for when the first document is opened.</param>
/// <param name="cluster">For example <c>prod</c>.</param>
internal sealed class DocumentSource(
    IStateFiles files, Func<IReadOnlyList<IIdentity>> identities, string cluster)
{
    /// <summary>
    /// Says which content a document has, without showing it: of its encrypted values alone. Who else may open it, and
    /// since when, changes nothing that is copied.
    /// </summary>
    public static string DigestOf(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(WithoutMetadata(text))));

    private static string WithoutMetadata(string text)
    {
        try
        {
            return YamlDocuments.Read(text) is [Value.Map document]
                ? YamlText.Write(new Value.Map(ValueMap.From(document.Fields.Where(field => field.Key != "sops"))))
                : text;
        }
        catch (FormatException)
        {
            // Whoever opens it says what is wrong with it.
            return text;
        }
    }

    /// <summary>The document of a name, or null where there is none.</summary>
    public async Task<OpenedDocument?> OpenAsync(string name, CancellationToken cancellation)
    {
        var folder = $"secrets/{cluster}/";
        foreach (var path in await files.ListAsync($"{folder}{name}.sops.", cancellation))
        {
            if (VaultDocuments.NameOf(path[folder.Length..]) == name
                && await files.ReadAsync(path, cancellation) is { } file)
                return Open(path, file.Content.Span);
        }

        return null;
    }

    private OpenedDocument Open(string path, ReadOnlySpan<byte> file)
    {
        try
        {
            if (!SopsFile.IsEncrypted(file, SopsFormats.OfPath(path)))
                throw new FormatException("it is not encrypted");
            var plain = SopsFile.Decrypt(file, SopsFormats.OfPath(path), identities());
            if (YamlDocuments.Read(Encoding.UTF8.GetString(plain)) is not [Value.Map document])
                throw new FormatException("it is not a map of keys and values");
            if (document.Fields.Keys.FirstOrDefault(key => !VaultDocuments.IsKey(key)) is { } wrong)
                throw new FormatException($"its key '{wrong}' cannot be one of a Secret of Kubernetes");
            return new OpenedDocument(
                DigestOf(Encoding.UTF8.GetString(file)), ManifestJson.ToJson(document)!.AsObject());
        }
        catch (Exception problem) when (problem is SopsException or AgeException or FormatException)
        {
            // The reader's own words may quote a line of what is inside.
            var why = problem is FormatException { InnerException: not null } ? "it is no YAML" : problem.Message;
            throw new ProviderException(ProviderErrorCode.Invalid, $"{path} cannot be copied to Vault: {why}");
        }
    }
}

/// <summary>A document in clear.</summary>
/// <param name="Digest">Of its values as they are kept.</param>
/// <param name="Fields">Secret.</param>
internal sealed record OpenedDocument(string Digest, JsonObject Fields)
{
    /// <summary>Without the fields.</summary>
    public override string ToString() => $"{Fields.Count} fields";
}
