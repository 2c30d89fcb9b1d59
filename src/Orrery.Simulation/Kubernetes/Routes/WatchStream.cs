using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Documents;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Kubernetes.Routes;

/// <summary>One watch: events as lines of JSON until its time is over or the client goes.</summary>
internal sealed class WatchStream(KubernetesApi api, RequestInfo info, Func<JsonObject, bool> filter) : IReplyStream
{
    // The real server draws between 30 and 60 minutes where the client says nothing.
    private static readonly TimeSpan DefaultLength = TimeSpan.FromMinutes(45);

    // The real server's bookmarks come about once a minute.
    private static readonly TimeSpan BookmarkInterval = TimeSpan.FromMinutes(1);

    // One more comes before the end, where anything happened.
    private static readonly TimeSpan LastBookmark = TimeSpan.FromSeconds(2);

    private readonly List<byte[]> _waiting = [];
    private long _sentUpTo;
    private bool _hasSent;
    private bool _hasNews;

    public bool IsEnded { get; private set; }

    public Action Arrived { get; set; } = static () => { };

    public ReadOnlyMemory<byte> Take()
    {
        var all = _waiting.SelectMany(line => line).ToArray();
        _waiting.Clear();
        return all;
    }

    public void Close()
    {
        api.Store.Changed = (api.Store.Changed - Tell) ?? (static _ => { });
        IsEnded = true;
    }

    /// <summary>Sends what there is since the version, 0 for the objects themselves, and goes on.</summary>
    public void Start(long since)
    {
        var table = api.Store.Table;
        if (since > 0 && since < table.CompactedTo)
        {
            Send("ERROR", ApiFailure.Expired($"too old resource version: {since} ({table.CompactedTo})").ToStatus());
            Close();
            return;
        }

        var wantsInitial = info.Query.Has("sendInitialEvents") ? info.Query.IsTrue("sendInitialEvents") : since == 0;
        if (wantsInitial)
        {
            foreach (var item in table.All(info.Kind).Where(filter))
                Send("ADDED", item);
        }

        _sentUpTo = wantsInitial || info.Query.Has("sendInitialEvents") ? table.Version : since;
        if (info.Query.IsTrue("sendInitialEvents"))
            Bookmark(isInitial: true);
        foreach (var change in table.History)
        {
            if (change.ResourceVersion > _sentUpTo)
                Tell(change);
        }

        api.Store.Changed += Tell;
        var length = double.TryParse(info.Query["timeoutSeconds"], out var seconds) && seconds > 0
            ? TimeSpan.FromSeconds(seconds)
            : DefaultLength;
        api.Agenda.After(length, End);
        if (!info.Query.IsTrue("allowWatchBookmarks"))
            return;
        api.Agenda.After(BookmarkInterval, Remind);
        if (length > LastBookmark && length - LastBookmark < BookmarkInterval)
            api.Agenda.After(length - LastBookmark, RemindOfNews);
    }

    private void Tell(StoreChange change)
    {
        var isMine = change.Kind.Plural == info.Kind.Plural && change.Kind.StorageGroup == info.Kind.StorageGroup;
        if (IsEnded || !isMine || change.ResourceVersion <= _sentUpTo)
            return;
        _sentUpTo = change.ResourceVersion;
        var isIn = change.Type != ChangeType.Deleted && filter(change.Object);
        var wasIn = change.Before is not null && filter(change.Before);
        if (isIn)
            Send(wasIn ? "MODIFIED" : "ADDED", change.Object);
        else if (wasIn && change.Before is not null)
            Send("DELETED", Last(change));
    }

    // What leaves the selection is shown as it last was in it, at the version of its leaving.
    private static JsonObject Last(StoreChange change)
    {
        if (change.Type == ChangeType.Deleted || change.Before is null)
            return change.Object;
        var last = change.Before.Copy();
        last.Child("metadata")["resourceVersion"] = $"{change.ResourceVersion}";
        return last;
    }

    private void Remind()
    {
        if (IsEnded)
            return;
        Bookmark(isInitial: false);
        api.Agenda.After(BookmarkInterval, Remind);
    }

    private void RemindOfNews()
    {
        if (!IsEnded && _hasNews)
            Bookmark(isInitial: false);
    }

    private void Bookmark(bool isInitial)
    {
        var metadata = new JsonObject { ["resourceVersion"] = $"{Math.Max(_sentUpTo, api.Store.Version)}" };
        if (isInitial)
            metadata["annotations"] = new JsonObject { ["k8s.io/initial-events-end"] = "true" };
        Send("BOOKMARK", new JsonObject
        {
            ["kind"] = info.Kind.Kind,
            ["apiVersion"] = info.Kind.ApiVersion,
            ["metadata"] = metadata,
        });
    }

    private void Send(string type, JsonObject item)
    {
        var shown = type is "ERROR" ? item : Presentation.Event(api, info, item, isFirst: !_hasSent);
        _hasSent = true;
        _hasNews = type != "BOOKMARK";
        var line = JsonText.Of(new JsonObject { ["type"] = type, ["object"] = shown.DeepClone() });
        _waiting.Add(System.Text.Encoding.UTF8.GetBytes(line + "\n"));
        Arrived();
    }

    private void End()
    {
        if (IsEnded)
            return;
        Close();
        Arrived();
    }
}
