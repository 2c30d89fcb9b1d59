using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Orrery.Engine.Ports;
using Orrery.Model.Values;
using Orrery.Providers.Vault.Wire;
using static Orrery.Providers.Vault.VaultClient;

namespace Orrery.Providers.Vault;

/// <summary>
/// One mount of the engine KV, version 2: https://openbao.org/api-docs/secret/kv/kv-v2/. Each write names the version
/// that it follows; there is no other way to write here.
/// </summary>
/// <param name="mount">For example <c>secret</c>.</param>
public sealed class KeyValueEngine(VaultClient client, string mount)
{
    private const string MergePatch = "application/merge-patch+json";

    internal VaultClient Client => client;

    /// <summary>A document and its version, read in one request.</summary>
    /// <param name="version">Null for the current one.</param>
    public async Task<KeyValueRead> ReadAsync(
        string path, int? version, OperationContext? operation, CancellationToken cancellation)
    {
        var query = version is { } number ? $"?version={number.ToString(CultureInfo.InvariantCulture)}" : "";
        var (_, reply) = await client.AskAsync(
            new Outgoing(HttpMethod.Get, PathOf(mount, "data", path) + query, operation) { Awaited = IsMissing },
            VaultJson.Default.SecretReply, cancellation);
        return reply.Data switch
        {
            null => new KeyValueRead.Absent(),
            { Data: { } data } => new KeyValueRead.Present(
                reply.Data.Metadata.Version, data, MapOf(reply.Data.Metadata.CustomMetadata)),
            { Metadata: var last } => new KeyValueRead.Deleted(last.Version, last.Destroyed),
        };
    }

    /// <summary>
    /// Writes a whole document and gives its version. Where the current one is not <paramref name="cas"/> nothing
    /// happens, and the refusal is a <see cref="ProviderErrorCode.Conflict"/>. Never repeated by itself.
    /// </summary>
    public async Task<int> WriteAsync(
        string path, JsonObject data, int cas, OperationContext? operation, CancellationToken cancellation)
    {
        var outgoing = new Outgoing(HttpMethod.Post, PathOf(mount, "data", path), operation)
            .With(new WriteRequest(new WriteOptions(cas), data), VaultJson.Default.WriteRequest);
        var (_, reply) = await client.AskAsync(outgoing, VaultJson.Default.WriteReply, cancellation);
        return reply.Data.Version;
    }

    /// <summary>
    /// Merges fields into a document, whose others stay as they are; a null removes one. Refused as
    /// <see cref="WriteAsync"/> is, and with <see cref="ProviderErrorCode.NotFound"/> where there is no document.
    /// </summary>
    public async Task<int> PatchAsync(
        string path, JsonObject fields, int cas, OperationContext? operation, CancellationToken cancellation)
    {
        var outgoing = new Outgoing(HttpMethod.Patch, PathOf(mount, "data", path), operation)
            .With(new WriteRequest(new WriteOptions(cas), fields), VaultJson.Default.WriteRequest, MergePatch);
        var (_, reply) = await client.AskAsync(outgoing, VaultJson.Default.WriteReply, cancellation);
        return reply.Data.Version;
    }

    /// <summary>Names directly below a folder, in order; those of folders end with a slash.</summary>
    /// <param name="folder">Empty for the top.</param>
    public async Task<IReadOnlyList<string>> ListAsync(string folder, CancellationToken cancellation)
    {
        // With a slash at its end: the name of a folder, not of a document.
        var (status, reply) = await client.AskAsync(
            new Outgoing(HttpMethod.Get, $"{PathOf(mount, "metadata", folder)}/?list=true") { Awaited = IsMissing },
            VaultJson.Default.ListReply, cancellation);
        return status == HttpStatusCode.OK ? [.. reply.Data.Keys.Order(StringComparer.Ordinal)] : [];
    }

    /// <summary>What is known of a document beside its data; null where nothing is.</summary>
    public async Task<KeyValueMetadata?> MetadataAsync(
        string path, OperationContext? operation, CancellationToken cancellation)
    {
        var reply = await client.FindAsync(
            PathOf(mount, "metadata", path), VaultJson.Default.MetadataReply, operation, cancellation);
        return reply is { Data: var found }
            ? new KeyValueMetadata(
                found.CurrentVersion, found.MaxVersions, found.CasRequired, MapOf(found.CustomMetadata))
            : null;
    }

    /// <summary>
    /// Writes a document's custom metadata, all of it, before or after its first version; and that each later write
    /// must name the version that it follows.
    /// </summary>
    public Task WriteMetadataAsync(
        string path, ValueMap<string> custom, OperationContext? operation, CancellationToken cancellation) =>
        client.SendAsync(
            new Outgoing(HttpMethod.Post, PathOf(mount, "metadata", path), operation) { IsRepeatable = true }
                .With(new MetadataRequest(true, new(custom)), VaultJson.Default.MetadataRequest),
            cancellation);

    /// <summary>Deletes versions; <see cref="UndeleteAsync"/> brings them back.</summary>
    public Task DeleteAsync(
        string path, ValueList<int> versions, OperationContext operation, CancellationToken cancellation) =>
        VersionsAsync("delete", path, versions, operation, cancellation);

    /// <summary>Brings deleted versions back.</summary>
    public Task UndeleteAsync(
        string path, ValueList<int> versions, OperationContext operation, CancellationToken cancellation) =>
        VersionsAsync("undelete", path, versions, operation, cancellation);

    /// <summary>Removes the data of versions for ever.</summary>
    public Task DestroyAsync(
        string path, ValueList<int> versions, OperationContext operation, CancellationToken cancellation) =>
        VersionsAsync("destroy", path, versions, operation, cancellation);

    /// <summary>Removes a document with all versions and its metadata for ever.</summary>
    public Task RemoveAsync(string path, OperationContext operation, CancellationToken cancellation) =>
        client.DeleteAsync(PathOf(mount, "metadata", path), operation, cancellation);

    private Task VersionsAsync(
        string verb, string path, ValueList<int> versions, OperationContext operation,
        CancellationToken cancellation) =>
        client.SendAsync(
            new Outgoing(HttpMethod.Post, PathOf(mount, verb, path), operation) { IsRepeatable = true }
                .With(new VersionsRequest(versions), VaultJson.Default.VersionsRequest),
            cancellation);

    private static ValueMap<string> MapOf(Dictionary<string, string>? custom) =>
        custom is null ? ValueMap<string>.Empty : ValueMap.From(custom);
}
