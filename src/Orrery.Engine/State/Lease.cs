using System.Text.Json;
using System.Text.Json.Serialization;
using Orrery.Engine.Ports;

namespace Orrery.Engine.State;

/// <summary>
/// Who may write, until when. The token grows with each new holder, so that a late writer is recognised.
/// </summary>
/// <param name="Holder">For people: user, host and process.</param>
/// <param name="Token">The fencing token: 1, 2, 3 ...</param>
public sealed record LeaseRecord(string Holder, DateTimeOffset Since, DateTimeOffset Expires, long Token);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(LeaseRecord))]
internal sealed partial class LeaseJson : JsonSerializerContext;

/// <summary>
/// The one writer of a platform's state. Held for <see cref="Duration"/> at a time and renewed while the run lasts; one
/// left behind by a dead run ends by itself.
/// </summary>
public sealed class Lease : IWriterGuard, IAsyncDisposable
{
    /// <summary>
    /// Long enough for three missed renewals, short enough that the run after a crash starts within half a minute.
    /// </summary>
    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(30);

    /// <summary>A holder whose lease was taken away notices by then at the latest.</summary>
    public static readonly TimeSpan RenewAfter = TimeSpan.FromSeconds(10);

    private const string FileName = "lease.json";
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(1);

    private readonly IStateFiles _files;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _renewing = new(1);
    private LeaseRecord _record;
    private string? _version;
    private bool _lost;

    private Lease(IStateFiles files, TimeProvider time, LeaseRecord record)
    {
        _files = files;
        _time = time;
        _record = record;
    }

    public long Token => _record.Token;

    /// <summary>Who holds it now, or null when nobody does.</summary>
    public static async Task<LeaseRecord?> CurrentAsync(
        IStateFiles files, TimeProvider time, CancellationToken cancellation)
    {
        var file = await files.ReadAsync(FileName, cancellation);
        var record = file is null ? null : Read(file);
        return record is not null && record.Expires > time.GetUtcNow() ? record : null;
    }

    /// <summary>
    /// Takes the lease, waiting for another's to end for as long as that can last unrenewed; told through
    /// <paramref name="waiting"/>. Throws <see cref="StateException"/> when the other holder lives.
    /// </summary>
    public static async Task<Lease> AcquireAsync(
        IStateFiles files, TimeProvider time, string holder, Action<LeaseRecord> waiting,
        CancellationToken cancellation)
    {
        var giveUpAt = time.GetUtcNow() + Duration + LookAgainAfter;
        for (; ; )
        {
            var file = await files.ReadAsync(FileName, cancellation);
            var current = file is null ? null : Read(file);
            var now = time.GetUtcNow();
            if (current is null || current.Expires <= now)
            {
                var lease = new Lease(
                    files, time, new LeaseRecord(holder, now, now + Duration, (current?.Token ?? 0) + 1));
                if (await lease.TryWriteAsync(lease._record, file?.Version, cancellation))
                    return lease;
                continue;
            }

            if (now > giveUpAt)
                throw Held(current);
            waiting(current);
            var left = current.Expires - now;
            // Delays are cut to whole milliseconds: a little more, so that the end is really past.
            await Task.Delay(
                (left < LookAgainAfter ? left : LookAgainAfter) + TimeSpan.FromMilliseconds(1), time, cancellation);
        }
    }

    /// <summary>
    /// Ends another's lease at once, and says whether there was one to end. A holder that lives after all notices when
    /// it renews next, within ten seconds: until then there are two writers, so only a person may decide this. The
    /// token stays on file, so that the next one is greater.
    /// </summary>
    public static async Task<bool> BreakAsync(IStateFiles files, TimeProvider time, CancellationToken cancellation)
    {
        var file = await files.ReadAsync(FileName, cancellation);
        if (file is null)
            return false;
        var record = Read(file);
        if (record.Expires <= time.GetUtcNow())
            return false;
        var ended = record with { Expires = time.GetUtcNow() };
        var content = JsonSerializer.SerializeToUtf8Bytes(ended, LeaseJson.Default.LeaseRecord);
        return await files.TrySwapAsync(FileName, file.Version, content, cancellation) is not null;
    }

    public async Task EnsureAsync(TimeSpan requestTimeout, CancellationToken cancellation)
    {
        if (!_lost && _record.Expires - _time.GetUtcNow() > requestTimeout)
            return;
        await RenewAsync(cancellation);
        if (_record.Expires - _time.GetUtcNow() <= requestTimeout)
            throw NotWriter();
    }

    /// <summary>
    /// Renews until cancelled; a lost lease ends it, and then every <see cref="EnsureAsync"/> refuses.
    /// </summary>
    public async Task KeepAsync(CancellationToken cancellation)
    {
        try
        {
            while (!_lost)
            {
                await Task.Delay(RenewAfter, _time, cancellation);
                await TryRenewAsync(cancellation);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ProviderException)
        {
            // Cancelled: the run is over. Lost: the guard says so before the next request that changes anything.
        }
    }

    private async Task TryRenewAsync(CancellationToken cancellation)
    {
        try
        {
            await RenewAsync(cancellation);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or StateException)
        {
            // A disk that is busy or full now may not be so in ten seconds; until then the guard counts the time that
            // is left.
        }
    }

    /// <summary>Lets go, so that the next run need not wait. A lost lease is left to its new holder.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_lost)
        {
            try
            {
                // Not a caller's token: letting go must happen also when the run was cancelled.
                await TryWriteAsync(_record with { Expires = _time.GetUtcNow() }, _version, CancellationToken.None);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or StateException)
            {
                // A lease that cannot be let go of ends by itself; the run's own result must not be lost for it.
            }
        }

        _renewing.Dispose();
    }

    private async Task RenewAsync(CancellationToken cancellation)
    {
        await _renewing.WaitAsync(cancellation);
        try
        {
            if (_lost)
                throw NotWriter();
            // Believed only once it is written: meanwhile the guard must go by what the file says.
            if (await TryWriteAsync(_record with { Expires = _time.GetUtcNow() + Duration }, _version, cancellation))
                return;
            _lost = true;
            throw NotWriter();
        }
        finally
        {
            _renewing.Release();
        }
    }

    private async Task<bool> TryWriteAsync(LeaseRecord record, string? expectedVersion, CancellationToken cancellation)
    {
        var content = JsonSerializer.SerializeToUtf8Bytes(record, LeaseJson.Default.LeaseRecord);
        var version = await _files.TrySwapAsync(FileName, expectedVersion, content, cancellation);
        if (version is null)
            return false;
        (_record, _version) = (record, version);
        return true;
    }

    private static LeaseRecord Read(StateFile file)
    {
        try
        {
            // Tokens count from 1: without one, or with nothing at all, the next holder's could be no greater.
            return JsonSerializer.Deserialize(file.Content.Span, LeaseJson.Default.LeaseRecord) is { Token: > 0 } record
                ? record
                : throw Unreadable();
        }
        catch (JsonException)
        {
            throw Unreadable();
        }
    }

    private static StateException Unreadable() => new(
        StateCodes.LeaseUnreadable,
        "lease.json cannot be read",
        "make sure that nobody else works on this platform, then delete it");

    private static StateException Held(LeaseRecord current) => new(
        StateCodes.Held,
        $"{current.Holder} works on this platform since {current.Since:u}",
        "wait until it has finished; if it died, its lease ends by itself within 30 seconds");

    private static ProviderException NotWriter() => new(
        ProviderErrorCode.NotWriter,
        "another run has taken over this platform's state; nothing more is changed by this one");
}
