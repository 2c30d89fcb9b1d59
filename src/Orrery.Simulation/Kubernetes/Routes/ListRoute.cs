using System.Globalization;
using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Documents;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.Kubernetes.Routes;

/// <summary>Lists, in pages, at versions, narrowed by selectors; and where watches begin.</summary>
internal sealed class ListRoute(KubernetesApi api)
{
    public Answer List(RequestInfo info)
    {
        var version = VersionOf(info);
        var (token, start) = Continue(info);
        version = token ?? version;
        var all = version is { } at && at < api.Store.Version ? ItemsAt(info, at) : api.Store.Table.All(info.Kind);
        var chosen = Select(info, all)
            .Where(item => start is null || string.CompareOrdinal(KeyOf(info, item), start) >= 0)
            .ToList();
        var metadata = new JsonObject { ["resourceVersion"] = Text(version ?? api.Store.Version) };
        if (info.Kind.Definition is not null)
            metadata = new JsonObject { ["continue"] = "", ["resourceVersion"] = Text(version ?? api.Store.Version) };
        var limit = long.TryParse(info.Query["limit"], out var given) ? given : 0;
        if (limit <= 0 || chosen.Count <= limit)
            return Presentation.List(api, info, chosen, metadata);
        var page = chosen[..(int)limit];
        metadata["continue"] = Token(version ?? api.Store.Version, KeyOf(info, page[^1]) + "\0");
        if (!info.Query.Has("labelSelector") && !info.Query.Has("fieldSelector"))
            metadata["remainingItemCount"] = chosen.Count - page.Count;
        return Presentation.List(api, info, page, metadata);
    }

    public Answer Watch(RequestInfo info)
    {
        var filter = Filter(info);
        var text = info.Query["resourceVersion"];
        var since = 0L;
        if (text.Length > 0 && !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out since))
        {
            throw ApiFailure.BadRequest(
                $"invalid resource version \"{text}\": strconv.ParseUint: parsing \"{text}\": invalid syntax");
        }

        if (info.Query.Has("sendInitialEvents") && info.Query["resourceVersionMatch"] != "NotOlderThan")
        {
            throw ApiFailure.Invalid("meta.k8s.io", "ListOptions", "", [FieldProblem.Forbidden(
                "resourceVersionMatch",
                "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan")]);
        }

        var stream = new WatchStream(api, info, filter);
        stream.Start(since);
        return new Answer { Stream = stream };
    }

    /// <summary>Those that the request's path and selectors mean.</summary>
    public static IEnumerable<JsonObject> Select(RequestInfo info, IEnumerable<JsonObject> items) =>
        items.Where(Filter(info));

    private static Func<JsonObject, bool> Filter(RequestInfo info)
    {
        var labels = LabelSelector.Parse(info.Query["labelSelector"]);
        var fields = FieldSelector.Parse(info.Query["fieldSelector"], info.Kind);
        return item => (info.Namespace.Length == 0 || item.TextAt("metadata", "namespace") == info.Namespace)
            && (info.Name.Length == 0 || item.TextAt("metadata", "name") == info.Name)
            && labels.Matches(item.At("metadata", "labels") as JsonObject) && fields.Matches(item);
    }

    private long? VersionOf(RequestInfo info)
    {
        var text = info.Query["resourceVersion"];
        if (!long.TryParse(text, out var version) || info.Query["resourceVersionMatch"] != "Exact")
            return null;
        return version < api.Store.Table.CompactedTo
            ? throw ApiFailure.Expired("The resourceVersion for the provided list is too old.")
            : version;
    }

    /// <summary>The items as they were, by taking back the changes since.</summary>
    private SortedDictionary<string, JsonObject>.ValueCollection ItemsAt(RequestInfo info, long version)
    {
        var items = new SortedDictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var item in api.Store.Table.All(info.Kind))
            items[FullKey(item)] = item;
        foreach (var change in api.Store.Table.History.Reverse())
        {
            if (change.ResourceVersion <= version)
                break;
            if (change.Kind.Plural != info.Kind.Plural || change.Kind.StorageGroup != info.Kind.StorageGroup)
                continue;
            if (change.Before is null)
                items.Remove(FullKey(change.Object));
            else
                items[FullKey(change.Before)] = change.Before;
        }

        return items.Values;
    }

    private (long? Version, string? Start) Continue(RequestInfo info)
    {
        var token = info.Query["continue"];
        if (token.Length == 0)
            return (null, null);
        var padded = token.Replace('-', '+').Replace('_', '/');
        padded += new string('=', (4 - (padded.Length % 4)) % 4);
        var bytes = new byte[padded.Length];
        if (!Convert.TryFromBase64String(padded, bytes, out var length))
        {
            throw ApiFailure.BadRequest("invalid continue token: continue key is not valid: illegal base64 data at "
                + $"input byte {token.Length / 4 * 4}");
        }

        var content = JsonNode.Parse(bytes.AsSpan(0, length));
        var version = content.At("rv").Number() ?? 0;
        if (version < api.Store.Table.CompactedTo)
        {
            throw ApiFailure.Expired("The provided continue parameter is too old to display a consistent list result. "
                + "You can start a new list without the continue parameter.");
        }

        return (version, content.TextAt("start"));
    }

    private static string Token(long version, string start)
    {
        var content = JsonText.Bytes(new JsonObject { ["v"] = "meta.k8s.io/v1", ["rv"] = version, ["start"] = start });
        return Convert.ToBase64String(content).TrimEnd('=').Replace('+', '-').Replace('/', '_');
    }

    private static string FullKey(JsonObject item) =>
        $"{item.TextAt("metadata", "namespace")}/{item.TextAt("metadata", "name")}";

    private static string KeyOf(RequestInfo info, JsonObject item) =>
        info.Namespace.Length > 0 || !info.Kind.IsNamespaced
            ? "/" + item.TextAt("metadata", "name")
            : "/" + FullKey(item);

    private static string Text(long version) => version.ToString(CultureInfo.InvariantCulture);
}
