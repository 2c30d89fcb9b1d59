using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orrery.Providers.Vault.Wire;

/// <summary>A refusal, or the envelope of a 404 that tells what was there.</summary>
internal sealed record FailureReply(IReadOnlyList<string>? Errors = null, JsonElement? Data = null);

/// <summary>A document, or nothing.</summary>
internal sealed record SecretReply(SecretSchema? Data = null);

/// <summary>A version's data, which is missing where it is deleted, and what is known of it.</summary>
internal sealed record SecretSchema(VersionSchema Metadata, JsonObject? Data = null);

/// <summary>What is known of a version.</summary>
internal sealed record VersionSchema(
    int Version, bool Destroyed = false, Dictionary<string, string>? CustomMetadata = null);

/// <summary>The version that a write follows.</summary>
internal sealed record WriteOptions(int Cas);

/// <summary>The body that writes a document, or patches it.</summary>
internal sealed record WriteRequest(WriteOptions Options, JsonObject Data);

/// <summary>The version that came of it.</summary>
internal sealed record WriteReply(VersionSchema Data);

/// <summary>Names in a folder; missing in the reply that there are none.</summary>
internal sealed record ListReply
{
    public KeysSchema Data { get; init; } = new([]);
}

/// <summary>Names.</summary>
internal sealed record KeysSchema(IReadOnlyList<string> Keys);

/// <summary>The body that changes what is known of a document.</summary>
internal sealed record MetadataRequest(bool CasRequired, Dictionary<string, string> CustomMetadata);

/// <summary>What is known of a document.</summary>
internal sealed record MetadataReply(MetadataSchema Data);

/// <summary>What is known of a document.</summary>
internal sealed record MetadataSchema(
    int CurrentVersion, int MaxVersions, bool CasRequired, Dictionary<string, string>? CustomMetadata = null);

/// <summary>Versions to delete, bring back or destroy.</summary>
internal sealed record VersionsRequest(IReadOnlyList<int> Versions);
