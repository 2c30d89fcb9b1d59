using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Orrery.Model.Values;
using Orrery.Simulation.Faults;
using Orrery.Simulation.Hetzner.Documents;
using Orrery.Simulation.Hetzner.Requests;
using Orrery.Simulation.Hetzner.Routes;
using Orrery.Simulation.Hetzner.State;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Hetzner;

/// <summary>
/// A project of the Hetzner Cloud behind the wire, after the vendor's published contract (https://docs.hetzner.cloud).
/// Everything that comes of it (times, prices, addresses) is simulated.
/// </summary>
public sealed class HetznerWorld : IWorld
{
    private readonly HetznerWorldOptions _options;
    private readonly Project _project;
    private readonly HostReporter? _reporter;
    private TimeSpan _now;

    public HetznerWorld(HetznerWorldOptions options)
    {
        Invariant.Check(options.OthersRequestsPerHour < options.Limits.RequestsPerHour,
            "others use up the whole request budget: nothing would ever get through");
        _options = options;
        _project = new Project(options);
        Presets.Place(_project);
        if (options.Agenda is { } agenda)
            _project.Actions.Scheduled = due => agenda.At(due, () => Advance(agenda.Now > _now ? agenda.Now : _now));
        _reporter = options.Host is { } host ? new HostReporter(_project, host) : null;
        _reporter?.Report();
    }

    public string Name => "hetzner";

    /// <summary>The project's budget, which its other users share.</summary>
    public int RequestsPerHour => _options.Limits.RequestsPerHour;

    public IReadOnlyList<ServiceRecord> Service => _project.Service;

    public WorldReply Handle(WorldRequest request, TimeSpan now)
    {
        // What others of the site do before is done before.
        _options.Agenda?.AdvanceTo(now);
        Advance(now);
        _project.Budget.Advance(now);
        var (answer, injected) = Answer(request);
        _reporter?.Report();
        var body = answer.Write is null ? [] : Json(answer.Write);
        var took = _project.Jittered(TimeFor(request), Identity(request));
        _project.Service.Add(new ServiceRecord(request.Tag, $"{request.Method} {request.Path}", now, now + took));
        return new WorldReply
        {
            Status = answer.Status,
            Headers = HeadersFor(request, answer),
            Body = body,
            ServiceTime = took,
            Injected = injected,
        };
    }

    /// <summary>Lets happen all that is due; checkers call it before they look.</summary>
    public void Advance(TimeSpan now)
    {
        Invariant.Check(now >= _now, "the world's time went back");
        _now = now;
        _project.Actions.Advance(now);
        _reporter?.Report();
    }

    /// <summary>Everything that exists, in the order of kinds and ids.</summary>
    public IReadOnlyList<InventoryItem> Inventory() => InventoryOf.Everything(_project);

    /// <summary>
    /// A program on the server that the volume is attached to writes a value to it. It is on the disk for sure only
    /// after an orderly shutdown or unmount. False when no running server has the volume.
    /// </summary>
    public bool WriteVolume(long volume, string value)
    {
        if (Mounted(volume) is not { } mounted)
            return false;
        // The write before had time to reach the disk; only the last one is at risk.
        mounted.Flush();
        mounted.Unwritten = value;
        return true;
    }

    /// <summary>
    /// The same program reads back; null when no running server has the volume or nothing stands there.
    /// </summary>
    public string? ReadVolume(long volume) =>
        Mounted(volume) is { } mounted ? mounted.Unwritten ?? mounted.Contents.Value : null;

    /// <summary>The server's operating system unmounts the volume: all that was written is on the disk.</summary>
    public bool UnmountVolume(long volume)
    {
        if (Mounted(volume) is not { } mounted)
            return false;
        mounted.Flush();
        return true;
    }

    /// <summary>What is on the disk now, whether or not a machine has it; null when there is no such volume.</summary>
    public VolumeContents? ContentsOf(long volume) => _project.Volumes.Find(volume)?.Contents;

    private Volume? Mounted(long id) =>
        _project.Volumes.Find(id) is { } volume
        && _project.Servers.Find(volume.Server) is { Status: ServerStatus.Running or ServerStatus.Stopping }
            ? volume
            : null;

    private (Answer Answer, bool Injected) Answer(WorldRequest request)
    {
        if (request.Fault is WorldFault.RateLimited)
            return (Refused(Refusal.RateLimited()), true);
        if (!_project.Budget.TryTake())
            return (Refused(Refusal.RateLimited()), false);
        if (request.Fault is WorldFault.ErrorBefore)
            return (Refused(Refusal.ServerError()), true);
        Exchange? exchange = null;
        try
        {
            Authorize(request);
            var (route, ids) = RouteTable.Find(request);
            exchange = new Exchange
            {
                Project = _project,
                Request = request,
                Now = _now,
                Query = new QueryParameters(request.Query),
                Ids = ids,
            };
            var answer = route.Handle(exchange);
            // An error after the effect makes sense only where there was one.
            var lost = request.Fault is WorldFault.ErrorAfter && request.Method != "GET";
            return (lost ? Refused(Refusal.ServerError()) : answer, lost || exchange.Injected);
        }
        catch (Refusal refusal)
        {
            return (Refused(refusal), exchange?.Injected ?? false);
        }
    }

    private static Answer Refused(Refusal refusal) =>
        new(refusal.Status, writer => RefusalDocument.Write(writer, refusal));

    private void Authorize(WorldRequest request)
    {
        if (!request.Headers.TryGetValue("authorization", out var given) || given != $"Bearer {_options.Token}")
            throw Refusal.Unauthorized();
    }

    private ValueMap<string> HeadersFor(WorldRequest request, Answer answer)
    {
        var refused = answer.Status == 429;
        var headers = new Dictionary<string, string>
        {
            ["ratelimit-limit"] = Text(_project.Budget.Limit),
            ["ratelimit-remaining"] = Text(refused ? 0 : _project.Budget.Remaining),
            ["ratelimit-reset"] = Text((_options.Epoch + _now + _project.Budget.UntilFull).ToUnixTimeSeconds()),
            ["x-correlation-id"] = CorrelationOf(request),
        };
        if (answer.Write is not null)
            headers["content-type"] = "application/json";
        if (answer.Link is { } link)
            headers["link"] = link;
        return ValueMap.From(headers);
    }

    private string CorrelationOf(WorldRequest request) =>
        StableHash.Of(_options.Seed).And(Identity(request)).And((ulong)_now.Ticks).Value
            .ToString("x16", CultureInfo.InvariantCulture);

    private TimeSpan TimeFor(WorldRequest request) =>
        request.Method != "GET" ? _options.Latencies.Change
        : char.IsAsciiDigit(request.Path[^1]) ? _options.Latencies.Read
        : _options.Latencies.List;

    private static string Identity(WorldRequest request) => RequestIdentity.Of(request).ToString();

    private static byte[] Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
