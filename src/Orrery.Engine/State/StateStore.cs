using System.Globalization;
using Orrery.Engine.Ports;
using Orrery.Model.Plans;
using Orrery.Model.Values;

namespace Orrery.Engine.State;

/// <summary>
/// A platform's state: the last checkpoint and the journal that continues it. One run writes it, under its lease; each
/// checkpoint is kept in the history.
/// </summary>
public sealed class StateStore
{
    private const string CheckpointName = "state.json";
    private const string JournalPrefix = "journal-";
    private const string HistoryPrefix = "history/";

    /// <summary>Longer than any disk that works needs for a flush.</summary>
    private static readonly TimeSpan FlushTimeMax = TimeSpan.FromSeconds(2);

    private readonly IStateFiles _files;
    private readonly IStateCipher _cipher;
    private readonly Dictionary<string, RecordedResource> _resources;
    private readonly List<string> _journalsRead = [];
    private readonly Lock _gate = new();
    private ValueMap<int> _goals;
    private string? _checkpointVersion;
    private long _serial;
    private Journal? _journal;
    private StateWriter? _writer;
    private bool _changed;

    private StateStore(IStateFiles files, IStateCipher cipher, Recorded checkpoint, string? version)
    {
        _files = files;
        _cipher = cipher;
        _checkpointVersion = version;
        _serial = checkpoint.Serial;
        _goals = checkpoint.Goals;
        PlatformId = checkpoint.PlatformId;
        _resources = new Dictionary<string, RecordedResource>(checkpoint.Resources, StringComparer.Ordinal);
    }

    public string PlatformId { get; }

    /// <summary>Some run died: its journal is here, its checkpoint is not.</summary>
    public bool WasInterrupted => _journalsRead.Count > 0;

    /// <summary>What the state says now.</summary>
    public Recorded Recorded
    {
        get
        {
            lock (_gate)
            {
                return new Recorded
                {
                    PlatformId = PlatformId,
                    Serial = _serial,
                    Goals = _goals,
                    Resources = ValueMap.From(_resources),
                };
            }
        }
    }

    /// <summary>Reads checkpoint and journal; writes nothing. No state at all is an empty one.</summary>
    public static async Task<StateStore> LoadAsync(
        IStateFiles files, string platformId, IStateCipher cipher, CancellationToken cancellation)
    {
        var file = await files.ReadAsync(CheckpointName, cancellation);
        var checkpoint = file is null ? Recorded.Nothing(platformId) : StateDocument.Read(file.Content, cipher);
        if (checkpoint.PlatformId != platformId)
            throw OtherPlatform(checkpoint.PlatformId, platformId);
        var store = new StateStore(files, cipher, checkpoint, file?.Version);
        foreach (var name in await files.ListAsync(JournalPrefix, cancellation))
            await store.FollowAsync(name, cancellation);
        return store;
    }

    /// <summary>
    /// Opens the state without reading what it says, to restore a version over it: also where it is damaged.
    /// </summary>
    public static async Task<StateStore> LoadForRestoreAsync(
        IStateFiles files, string platformId, IStateCipher cipher, CancellationToken cancellation)
    {
        var file = await files.ReadAsync(CheckpointName, cancellation);
        var kept = await HistoryAsync(files, cancellation);
        var journals = await files.ListAsync(JournalPrefix, cancellation);
        // Beyond every journal too: one that continues the very serial that the restored version gets would be
        // followed.
        var serial = kept.Concat(journals.Select(name => ReadJournalName(name).BaseSerial)).DefaultIfEmpty().Max();
        var store = new StateStore(files, cipher, Recorded.Nothing(platformId) with { Serial = serial }, file?.Version);
        store._journalsRead.AddRange(journals);
        return store;
    }

    /// <summary>
    /// Begins to write: makes what a dead run left its own checkpoint first, then opens a journal under the lease's
    /// token.
    /// </summary>
    public async Task BeginAsync(
        string verb, ValueMap<int> goals, StateWriter writer, CancellationToken cancellation)
    {
        _writer = writer;
        var token = writer.Token;
        if (WasInterrupted)
            await CheckpointAsync(cancellation);
        var name = JournalName(_serial, token);
        _journal = new Journal(_files, name, new JournalLines(_serial, token), _cipher);
        _journalsRead.Add(name);
        if (_goals.Count == 0)
            await WriteAsync(new JournalRecord.Begin(verb, goals));
        else
            await WriteAsync(new JournalRecord.Begin(verb, _goals));
    }

    /// <summary>Records a resource before or after a change; returns when that is durable.</summary>
    public Task PutAsync(string about, RecordedResource resource) => WriteAsync(new JournalRecord.Put(about, resource));

    public Task ForgetAsync(ResourceAddress address) => WriteAsync(new JournalRecord.Forget(address));

    public RecordedResource? Find(ResourceAddress address)
    {
        lock (_gate)
            return _resources.GetValueOrDefault(address.Text);
    }

    /// <summary>Ends the run: the checkpoint replaces its journal. Nothing is written when nothing changed.</summary>
    public async Task EndAsync(bool allGoalsReached, CancellationToken cancellation)
    {
        // Reached goals go with the checkpoint and not before: a run that dies here finds them reached, and makes
        // nothing anew that is new already.
        if (allGoalsReached)
            _goals = ValueMap<int>.Empty;
        if (_changed)
            await CheckpointAsync(cancellation);
    }

    /// <summary>Each kept version, oldest first, with its serial.</summary>
    public static async Task<IReadOnlyList<long>> HistoryAsync(IStateFiles files, CancellationToken cancellation) =>
        (await files.ListAsync(HistoryPrefix, cancellation))
        .Select(
            name => long.Parse(name.AsSpan(HistoryPrefix.Length, 10), NumberStyles.None, CultureInfo.InvariantCulture))
        .ToList();

    /// <summary>One kept version, or null.</summary>
    public static async Task<Recorded?> VersionAsync(
        IStateFiles files, long serial, IStateCipher cipher, CancellationToken cancellation)
    {
        var file = await files.ReadAsync(HistoryName(serial), cancellation);
        return file is null ? null : StateDocument.Read(file.Content, cipher);
    }

    /// <summary>What the state says now as one document, its sensitive values sealed.</summary>
    public byte[] Export() => StateDocument.Write(Recorded, _cipher);

    /// <summary>Reads an exported document; throws <see cref="StateException"/> where it is none.</summary>
    public static Recorded Import(ReadOnlyMemory<byte> document, IStateCipher cipher) =>
        StateDocument.Read(document, cipher);

    /// <summary>
    /// Makes an older version the current one, under a new serial; journals that continue other versions go.
    /// </summary>
    public async Task RestoreAsync(Recorded version, CancellationToken cancellation)
    {
        if (version.PlatformId != PlatformId)
            throw OtherPlatform(version.PlatformId, PlatformId);
        lock (_gate)
        {
            _resources.Clear();
            foreach (var (address, resource) in version.Resources)
                _resources[address] = resource;
            _goals = version.Goals;
        }

        await CheckpointAsync(cancellation);
    }

    private static string HistoryName(long serial) => $"{HistoryPrefix}{serial:D10}.json";

    private async Task WriteAsync(JournalRecord record)
    {
        Invariant.Check(_journal is not null, "the state is written outside of a run");
        Invariant.Check(_writer is not null, "the state is written outside of a run");
        // A run that slept through its lease adds nothing to what another one goes on with.
        await _writer.Guard.EnsureAsync(FlushTimeMax, CancellationToken.None);
        // Disk first, memory second: nobody may act on what a power loss could undo.
        await _journal.WriteAsync(record);
        lock (_gate)
            Follow(record);
        _changed = true;
    }

    private void Follow(JournalRecord record)
    {
        switch (record)
        {
            case JournalRecord.Begin begin:
                _goals = begin.Goals;
                break;
            case JournalRecord.Put put:
                _resources[put.Resource.Address.Text] = put.Resource;
                break;
            case JournalRecord.Forget forget:
                _resources.Remove(forget.Address.Text);
                break;
        }
    }

    private async Task FollowAsync(string name, CancellationToken cancellation)
    {
        var (baseSerial, token) = ReadJournalName(name);
        _journalsRead.Add(name);
        // A newer base means that state.json was put back by hand or lost: what came between is not here.
        if (baseSerial > _serial)
            throw Behind(baseSerial);
        // An older base means that the run died between its checkpoint and the removal of its journal.
        if (baseSerial < _serial)
            return;
        var file = await _files.ReadAsync(name, cancellation);
        foreach (var record in new JournalLines(baseSerial, token).ReadAll(file?.Content ?? default, _cipher))
            Follow(record);
    }

    private static string JournalName(long baseSerial, long token) =>
        $"{JournalPrefix}{baseSerial:D10}-{token:D10}.jsonl";

    private static (long BaseSerial, long Token) ReadJournalName(string name)
    {
        var parts = name[JournalPrefix.Length..].Split('-', '.');
        return (
            long.Parse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture),
            long.Parse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture));
    }

    private async Task CheckpointAsync(CancellationToken cancellation)
    {
        var next = Recorded with { Serial = _serial + 1 };
        var content = StateDocument.Write(next, _cipher);
        var version = await _files.TrySwapAsync(CheckpointName, _checkpointVersion, content, cancellation);
        _checkpointVersion = version ?? throw Moved();
        _serial = next.Serial;
        await _files.TrySwapAsync(HistoryName(next.Serial), null, content, cancellation);
        foreach (var name in _journalsRead)
            await _files.DeleteAsync(name, cancellation);
        _journalsRead.Clear();
        _changed = false;
    }

    private static StateException OtherPlatform(string recorded, string declared) => new(
        StateCodes.OtherPlatform,
        $"this state belongs to the platform {recorded}, the declaration is {declared}",
        $"if it is the same platform under a new name or repository, keep its id: metadata: {{ id: {recorded} }}");

    private static StateException Behind(long serial) => new(
        StateCodes.JournalDamaged,
        $"a journal continues version {serial}, and state.json is older or missing",
        "put state.json back as it was, or restore a version that is kept: orrery state restore DIR SERIAL");

    private static StateException Moved() => new(
        StateCodes.Moved,
        "the state was changed by someone else while this run went on",
        "run the command again: it goes on from what is there");
}

/// <summary>
/// Who writes the state: the fencing token of its lease, and the guard that says whether it still holds it.
/// </summary>
public sealed record StateWriter(long Token, IWriterGuard Guard);
