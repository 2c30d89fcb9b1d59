using System.Net;
using System.Text;
using Orrery.Model.Values;
using Orrery.Simulation.Kubernetes;
using Orrery.Simulation.Kubernetes.Store;
using Orrery.Simulation.Worlds;

namespace Orrery.Tests.Simulation.Kubernetes;

/// <summary>Plays recorded exchanges, in their order, against a simulated server.</summary>
internal sealed class Replay
{
    // Watches were recorded when they ended: some of what they saw is recorded after them.
    private const int WatchesSeeFurther = 6;

    private readonly KubernetesApi _api;
    private readonly ValueMapping _mapping = new();
    private readonly Dictionary<int, IReplyStream?> _watches = [];
    private TimeSpan _now = TimeSpan.FromSeconds(10);

    private static readonly DateTimeOffset Epoch = new(2026, 11, 21, 1, 15, 30, TimeSpan.Zero);

    public Replay()
    {
        _api = new KubernetesApi(
            new KubernetesApiOptions
            {
                Epoch = Epoch,
                Audience = "https://k",
                Latencies = new KubernetesLatencies
                {
                    Establishing = TimeSpan.FromMilliseconds(1),
                    StorageReady = TimeSpan.FromMilliseconds(3),
                },
                Version = "v1.36.2",
                ServiceNetwork = IPNetwork.Parse("10.96.0.0/12"),
                AllowsPrivileged = false,
                HasControllers = false,
                Tokens = ValueMap.Of(
                    ("admin", new Identity("admin", "1", ["system:masters", "system:authenticated"])),
                    ("low", new Identity("low", "2", ["", "system:authenticated"]))),
            },
            new Agenda());
    }

    /// <summary>What differs, for each exchange that does; <paramref name="count"/> is how many there were.</summary>
    public List<(Recording Recording, List<string> Differences)> Play(
        IReadOnlyList<Recording> recordings, out int count)
    {
        var different = new List<(Recording, List<string>)>();
        _watches.Clear();
        var late = new Queue<(int Due, Recording Recording)>();
        for (var i = 0; i < recordings.Count; i++)
        {
            StartEarlyWatches(recordings, i);
            if (recordings[i].Case == "too-old" && recordings[i - 1].Case != "too-old")
                _api.Store.Compact();
            if (recordings[i].IsWatch)
            {
                Open(recordings[i]);
                late.Enqueue((recordings[i].Path.Contains("timeoutSeconds=", StringComparison.Ordinal)
                    && recordings[i].Case == "watch" ? i : i + WatchesSeeFurther, recordings[i]));
            }
            else
            {
                Note(recordings[i], Exchange(recordings[i]));
            }

            while (late.TryPeek(out var next) && (next.Due <= i || i == recordings.Count - 1))
                Note(late.Dequeue().Recording, Finish(next.Recording));
        }

        count = recordings.Count;
        return different;

        void Note(Recording recording, List<string> found)
        {
            if (found.Count > 0)
                different.Add((recording, found));
        }
    }

    private List<string> Exchange(Recording recording)
    {
        var reply = Send(recording);
        if (reply.Status != recording.Status)
            return [$"status {recording.Status} is {reply.Status}: {Encoding.UTF8.GetString(reply.Body.Span)}"];
        if (recording.IsProtobuf)
            return ["protobuf is JSON"];
        var differences = new DocumentDifferences(_mapping);
        CompareHeaders(recording, reply, differences);
        if (recording.Omitted is not null)
            return differences.Found;
        var (real, simulated) = (recording.Documents, Recording.Parse(reply.Body));
        if (real.Count != simulated.Count)
            return [$"{real.Count} documents are {simulated.Count}"];
        for (var i = 0; i < real.Count; i++)
            differences.Compare(real[i], simulated[i], "");
        return differences.Found;
    }

    private static void CompareHeaders(Recording recording, WorldReply reply, DocumentDifferences differences)
    {
        foreach (var name in new[] { "Content-Type", "Warning" })
        {
            var real = (string?)recording.Response["headers"]?[name];
            reply.Headers.TryGetValue(name.ToLowerInvariant(), out var simulated);
            if (real is not null && real != simulated)
                differences.Found.Add($"{name}: {real} is {simulated}");
        }
    }

    private void StartEarlyWatches(IReadOnlyList<Recording> recordings, int at)
    {
        if (recordings[at].Method == "GET" || (at > 0 && recordings[at - 1].Method != "GET"))
            return;
        foreach (var watch in recordings.Skip(at).TakeWhile(other => other.Case == recordings[at].Case))
        {
            if (watch.IsWatch && !watch.Path.Contains("resourceVersion=", StringComparison.Ordinal))
                Open(watch);
        }
    }

    private void Open(Recording recording)
    {
        if (!_watches.ContainsKey(recording.Number))
            _watches[recording.Number] = Send(recording).Stream;
    }

    private List<string> Finish(Recording recording)
    {
        if (_watches[recording.Number] is not { } stream)
            return ["no stream"];
        var isCut = !recording.Path.Contains("timeoutSeconds=", StringComparison.Ordinal)
            || recording.Case.StartsWith("kubectl", StringComparison.Ordinal);
        if (!isCut)
            _api.Agenda.AdvanceTo(_now += TimeSpan.FromSeconds(7));
        var simulated = Recording.Parse(stream.Take());
        var real = recording.Documents;
        stream.Close();
        if (recording.IsProtobuf)
            return ["protobuf is JSON"];
        if (simulated.Count < real.Count || (!isCut && simulated.Count > real.Count))
            return [$"{real.Count} events are {simulated.Count}"];
        var differences = new DocumentDifferences(_mapping);
        for (var i = 0; i < real.Count; i++)
            differences.Compare(real[i], simulated[i], $"event{i}");
        return differences.Found;
    }

    private WorldReply Send(Recording recording)
    {
        _now += TimeSpan.FromMilliseconds(2);
        // The same second as then: owners of fields are in the order of their times.
        if (!recording.IsWatch && recording.LatestTime is { } time && time - Epoch > _now)
            _now = time - Epoch;
        var parts = _mapping.InText(recording.Path).Split('?', 2);
        var headers = new Dictionary<string, string>
        {
            ["accept"] = recording.Header("Accept"),
            ["user-agent"] = recording.Header("User-Agent"),
        };
        if (recording.Header("Content-Type") is { Length: > 0 } type)
            headers["content-type"] = type;
        if (TokenFor(recording) is { } token)
            headers["authorization"] = $"Bearer {token}";
        return _api.Handle(
            new WorldRequest
            {
                Method = recording.Method,
                Path = parts[0],
                Query = parts.Length > 1 ? _mapping.InQuery(parts[1]) : "",
                Headers = ValueMap.From(headers),
                Body = Encoding.UTF8.GetBytes(_mapping.InBody(recording.Body)),
            },
            _now);
    }

    // Credentials are not recorded; who asked is seen from the answer.
    private static string? TokenFor(Recording recording)
    {
        var text = recording.Response.ToJsonString();
        if (recording.Status == 401)
            return "unknown";
        if (text.Contains("system:anonymous", StringComparison.Ordinal))
            return null;
        var isLow = text.Contains("\\u0022low\\u0022 cannot", StringComparison.Ordinal)
            || text.Contains("\"username\":\"low\"", StringComparison.Ordinal)
            || text.Contains("\"allowed\":false", StringComparison.Ordinal);
        return isLow ? "low" : "admin";
    }
}
