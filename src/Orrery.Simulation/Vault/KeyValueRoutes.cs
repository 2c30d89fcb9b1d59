using System.Globalization;
using System.Text.Json.Nodes;

namespace Orrery.Simulation.Vault;

/// <summary>KV, version 2, after https://openbao.org/api-docs/secret/kv/kv-v2/ and the words of its engine.</summary>
internal static class KeyValueRoutes
{
    /// <summary>How many versions are kept where nobody says. Source: the same page, <c>max_versions</c>.</summary>
    private const int MaxVersionsDefault = 10;

    public static Answer Handle(Exchange exchange, Mount mount, string rest)
    {
        var parts = rest.Split('/', 2);
        var path = parts.ElementAtOrDefault(1) ?? "";
        return (exchange.Request.Method, parts[0]) switch
        {
            ("GET", "config") when path.Length == 0 => Config(mount),
            ("POST" or "PUT", "config") when path.Length == 0 => Configure(exchange, mount),
            (_, "config") => throw Refusal.Unsupported(),
            (_, "metadata") when exchange.IsList => List(mount, path),
            ("GET", "metadata") => Metadata(Find(mount, path)),
            ("POST" or "PUT", "metadata") => WriteMetadata(exchange, mount, path),
            ("DELETE", "metadata") => Remove(mount, path),
            ("GET", "data") => Read(exchange, mount, path),
            ("POST" or "PUT", "data") => Write(exchange, mount, path),
            ("PATCH", "data") => Patch(exchange, mount, path),
            ("DELETE", "data") => Delete(exchange, mount, path, null),
            ("POST" or "PUT", "delete") => Delete(exchange, mount, path, VersionsOf(exchange)),
            ("POST" or "PUT", "undelete") => Undelete(exchange, mount, path),
            ("POST" or "PUT", "destroy") => Destroy(exchange, mount, path),
            (_, "data" or "metadata" or "delete" or "undelete" or "destroy") => throw Refusal.Unsupported(),
            _ => throw Refusal.NoHandler(exchange.Path),
        };
    }

    /// <summary>A write needs another capability where the document is new.</summary>
    public static bool Exists(Mount mount, string rest) =>
        rest.Split('/', 2) is ["data", var path] && mount.Documents.ContainsKey(path);

    private static Answer Read(Exchange exchange, Mount mount, string path)
    {
        var document = Find(mount, path);
        var asked = int.TryParse(
            exchange.Query("version"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        var version = asked > 0 ? asked : document.CurrentVersion;
        var found = document.Versions.GetValueOrDefault(version) ?? throw Refusal.NothingThere();
        var isThere = found.IsThere(exchange.Now);
        return new Answer(isThere ? 200 : 404, new JsonObject
        {
            ["data"] = isThere ? found.Data!.DeepClone() : null,
            ["metadata"] = Documents.Version(document, version, found),
        });
    }

    private static Answer Write(Exchange exchange, Mount mount, string path)
    {
        if (path.Length == 0)
            throw Refusal.Invalid("missing path");
        var body = exchange.Body();
        var data = Exchange.Map(body, "data") ?? throw Refusal.Invalid("no data provided");
        var document = mount.Documents.GetValueOrDefault(path) ?? new Document(exchange.Now);
        CheckAndSet(body, mount, document);
        mount.Documents[path] = document;
        return Add(exchange, mount, document, data.DeepClone().AsObject());
    }

    private static Answer Patch(Exchange exchange, Mount mount, string path)
    {
        var type = exchange.Request.Headers.GetValueOrDefault("content-type") ?? "";
        if (type.Split(';')[0].Trim() != "application/merge-patch+json")
            throw Refusal.Invalid("PATCH requires Content-Type of application/merge-patch+json");
        var body = exchange.Body();
        var fields = Exchange.Map(body, "data") ?? throw Refusal.Invalid("no data provided");
        var document = Find(mount, path);
        CheckAndSet(body, mount, document);
        var current = document.Versions.GetValueOrDefault(document.CurrentVersion) ?? throw Refusal.NothingThere();
        return current.IsThere(exchange.Now)
            ? Add(exchange, mount, document, Merge(current.Data!.DeepClone().AsObject(), fields))
            : new Answer(404, Documents.Version(document, document.CurrentVersion, current));
    }

    private static void CheckAndSet(JsonObject body, Mount mount, Document document)
    {
        var options = Exchange.Map(body, "options");
        if (options?.ContainsKey("cas") == true)
        {
            var cas = options["cas"] is JsonValue value && int.TryParse(
                value.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw Refusal.Invalid("error parsing check-and-set parameter");
            if (cas != document.CurrentVersion)
                throw Refusal.Invalid("check-and-set parameter did not match the current version");
        }
        else if (mount.IsCasRequired || document.IsCasRequired)
        {
            throw Refusal.Invalid("check-and-set parameter required for this call");
        }
    }

    private static Answer Add(Exchange exchange, Mount mount, Document document, JsonObject data)
    {
        var version = new DocumentVersion(exchange.Now, data);
        document.CurrentVersion++;
        document.Changed = exchange.Now;
        document.Versions.Add(document.CurrentVersion, version);
        var most = document.MaxVersions > 0 ? document.MaxVersions
            : mount.MaxVersions > 0 ? mount.MaxVersions : MaxVersionsDefault;
        while (document.Versions.Count > most)
            document.Versions.Remove(document.Versions.Keys.First());
        // Zero for as long as none was dropped.
        if (document.Versions.Keys.First() is > 1 and var oldest)
            document.OldestVersion = oldest;
        return Answer.Of(Documents.Version(document, document.CurrentVersion, version));
    }

    private static JsonObject Merge(JsonObject target, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            if (value is null)
                target.Remove(name);
            else if (value is JsonObject inner)
                target[name] = Merge(target[name]?.DeepClone() as JsonObject ?? [], inner);
            else
                target[name] = value.DeepClone();
        }

        return target;
    }

    private static Answer Delete(Exchange exchange, Mount mount, string path, IReadOnlyList<int>? versions)
    {
        if (mount.Documents.GetValueOrDefault(path) is not { } document)
            return Answer.Nothing;
        foreach (var number in versions ?? [document.CurrentVersion])
        {
            if (document.Versions.GetValueOrDefault(number) is { } version && version.IsThere(exchange.Now))
                version.Deleted = exchange.Now;
        }

        return Answer.Nothing;
    }

    private static Answer Undelete(Exchange exchange, Mount mount, string path)
    {
        foreach (var version in Named(exchange, mount, path))
            version.Deleted = version.Data is null ? version.Deleted : null;
        return Answer.Nothing;
    }

    private static Answer Destroy(Exchange exchange, Mount mount, string path)
    {
        foreach (var version in Named(exchange, mount, path))
            version.Data = null;
        return Answer.Nothing;
    }

    private static List<DocumentVersion> Named(Exchange exchange, Mount mount, string path)
    {
        var versions = VersionsOf(exchange);
        var document = mount.Documents.GetValueOrDefault(path);
        return [.. versions.Select(number => document?.Versions.GetValueOrDefault(number)).OfType<DocumentVersion>()];
    }

    private static List<int> VersionsOf(Exchange exchange) =>
        Exchange.Texts(Textual(exchange.Body()), "versions") is { Count: > 0 } given
            ? [.. given.Select(text => int.Parse(text, CultureInfo.InvariantCulture))]
            : throw Refusal.Invalid("no version number provided");

    // Numbers come as such or as text.
    private static JsonObject Textual(JsonObject body) => body["versions"] is JsonArray numbers
        ? new JsonObject
        {
            ["versions"] = new JsonArray([.. numbers.Select(number => JsonValue.Create(number?.ToString()))]),
        }
        : body;

    private static Answer List(Mount mount, string folder)
    {
        var prefix = folder.Length == 0 || folder.EndsWith('/') ? folder : $"{folder}/";
        var names = mount.Documents.Keys.Where(path => path.StartsWith(prefix, StringComparison.Ordinal))
            .Select(path => path[prefix.Length..])
            .Select(rest => rest.IndexOf('/', StringComparison.Ordinal) is >= 0 and var at ? rest[..(at + 1)] : rest)
            .Distinct(StringComparer.Ordinal).ToList();
        return names.Count == 0
            ? throw Refusal.NothingThere()
            : Answer.Of(new JsonObject { ["keys"] = new JsonArray([.. names.Select(name => JsonValue.Create(name))]) });
    }

    private static Answer Metadata(Document document) => Answer.Of(Documents.Metadata(document));

    private static Answer WriteMetadata(Exchange exchange, Mount mount, string path)
    {
        var body = exchange.Body();
        var document = mount.Documents.GetValueOrDefault(path) ?? new Document(exchange.Now);
        if (Exchange.Map(body, "custom_metadata") is { } custom)
        {
            document.Custom.Clear();
            foreach (var (name, value) in custom)
                document.Custom[name] = value?.ToString() ?? "";
        }

        document.IsCasRequired = Exchange.Flag(body, "cas_required") ?? document.IsCasRequired;
        document.MaxVersions = Exchange.Number(body, "max_versions") ?? document.MaxVersions;
        document.Changed = exchange.Now;
        mount.Documents[path] = document;
        return Answer.Nothing;
    }

    private static Answer Remove(Mount mount, string path)
    {
        mount.Documents.Remove(path);
        return Answer.Nothing;
    }

    private static Answer Config(Mount mount) => Answer.Of(new JsonObject
    {
        ["cas_required"] = mount.IsCasRequired,
        ["delete_version_after"] = "0s",
        ["max_versions"] = mount.MaxVersions,
    });

    private static Answer Configure(Exchange exchange, Mount mount)
    {
        var body = exchange.Body();
        mount.IsCasRequired = Exchange.Flag(body, "cas_required") ?? mount.IsCasRequired;
        mount.MaxVersions = Exchange.Number(body, "max_versions") ?? mount.MaxVersions;
        return Answer.Nothing;
    }

    private static Document Find(Mount mount, string path) =>
        mount.Documents.GetValueOrDefault(path) ?? throw Refusal.NothingThere();
}
