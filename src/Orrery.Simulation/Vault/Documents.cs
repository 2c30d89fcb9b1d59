using System.Globalization;
using System.Text.Json.Nodes;

namespace Orrery.Simulation.Vault;

/// <summary>Replies as Vault writes them.</summary>
internal static class Documents
{
    /// <summary>What stands around the data of most replies.</summary>
    public static JsonObject Envelope(Answer answer, string requestId) => new()
    {
        ["request_id"] = requestId,
        ["lease_id"] = "",
        ["renewable"] = false,
        ["lease_duration"] = 0,
        ["data"] = answer.Data?.DeepClone(),
        ["wrap_info"] = null,
        ["warnings"] = null,
        ["auth"] = answer.Auth?.DeepClone(),
    };

    public static JsonObject Version(Document document, int number, DocumentVersion version) => new()
    {
        ["created_time"] = Time(version.Made),
        ["custom_metadata"] = Custom(document),
        ["deletion_time"] = version.Deleted is { } deleted ? Time(deleted) : "",
        ["destroyed"] = version.Data is null,
        ["version"] = number,
    };

    public static JsonObject Metadata(Document document)
    {
        var versions = new JsonObject();
        foreach (var (number, version) in document.Versions)
        {
            versions[number.ToString(CultureInfo.InvariantCulture)] = new JsonObject
            {
                ["created_time"] = Time(version.Made),
                ["deletion_time"] = version.Deleted is { } deleted ? Time(deleted) : "",
                ["destroyed"] = version.Data is null,
            };
        }

        return new JsonObject
        {
            ["cas_required"] = document.IsCasRequired,
            ["created_time"] = Time(document.Made),
            ["current_version"] = document.CurrentVersion,
            ["custom_metadata"] = Custom(document),
            ["delete_version_after"] = "0s",
            ["max_versions"] = document.MaxVersions,
            ["oldest_version"] = document.OldestVersion,
            ["updated_time"] = Time(document.Changed),
            ["versions"] = versions,
        };
    }

    public static JsonObject Mount(string type, string version, string description, string uuid) => new()
    {
        ["accessor"] = $"{type}_{uuid[..8]}",
        ["config"] = new JsonObject { ["default_lease_ttl"] = 0, ["max_lease_ttl"] = 0, ["force_no_cache"] = false },
        ["description"] = description,
        ["external_entropy_access"] = false,
        ["local"] = false,
        ["options"] = version.Length > 0 ? new JsonObject { ["version"] = version } : null,
        ["seal_wrap"] = false,
        ["type"] = type,
        ["uuid"] = uuid,
    };

    public static JsonObject Auth(Token token, JsonObject metadata) => new()
    {
        ["client_token"] = token.Id,
        ["accessor"] = token.Accessor,
        ["policies"] = Texts(token.Policies),
        ["token_policies"] = Texts(token.Policies),
        ["metadata"] = metadata,
        ["lease_duration"] = token.TtlSeconds,
        ["renewable"] = true,
        ["entity_id"] = "",
        ["token_type"] = "service",
        ["orphan"] = true,
    };

    public static JsonArray Texts(IEnumerable<string> texts) =>
        new([.. texts.Select(text => JsonValue.Create(text))]);

    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);

    private static JsonObject? Custom(Document document)
    {
        if (document.Custom.Count == 0)
            return null;
        var custom = new JsonObject();
        foreach (var (name, value) in document.Custom)
            custom[name] = value;
        return custom;
    }
}
