using System.Security.Cryptography;
using Orrery.Engine.Ports;
using Orrery.Simulation.Time;

namespace Orrery.Simulation.Disks;

/// <summary>A state folder as one life sees it, with the moments at which a power cut hurts.</summary>
public sealed class SimulatedStateFiles(
    SimulatedDisk disk, Life life, TimeProvider time, CrashPlan crashes) : IStateFiles
{
    private const string JournalPrefix = "journal-";

    // A flush to a solid-state disk: 75 microseconds measured at the median; a millisecond is on the safe side.
    private static readonly TimeSpan FlushTime = TimeSpan.FromMilliseconds(1);

    /// <summary>Told before each write, for the checkers.</summary>
    public Action<string> Writing { get; init; } = static _ => { };

    public Task<StateFile?> ReadAsync(string name, CancellationToken cancellation) =>
        life.IsDead ? Life.Never<StateFile?>() : Task.FromResult(Find(name));

    public async Task<string?> TrySwapAsync(
        string name, string? expectedVersion, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        await Task.Delay(FlushTime, time, cancellation);
        if (life.IsDead)
            return await Life.Never<string?>();
        if (Find(name)?.Version != expectedVersion)
            return null;
        Writing(name);
        disk.Put(name, content.Span);
        return VersionOf(content.Span);
    }

    public async Task AppendAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        if (life.IsDead)
            await Life.Never<bool>();
        var isJournal = name.StartsWith(JournalPrefix, StringComparison.Ordinal);
        if (isJournal)
            crashes.CountJournalWrite();
        Writing(name);
        await DieAsync(isJournal);
        if (isJournal && crashes.IsHere())
        {
            // Power fails within the write: a part of it stays, which one depends on the content and nothing else.
            var kept = content.Length * (SHA256.HashData(content.Span)[0] + 1) / 257;
            disk.Append(name, content.Span[..kept]);
            life.Kill();
            await Life.Never<bool>();
        }

        disk.Append(name, content.Span);
        await DieAsync(isJournal);
        await Task.Delay(FlushTime, time, cancellation);
    }

    public async Task DeleteAsync(string name, CancellationToken cancellation)
    {
        if (life.IsDead)
            await Life.Never<bool>();
        disk.Delete(name);
    }

    public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellation) =>
        life.IsDead
            ? Life.Never<IReadOnlyList<string>>()
            : Task.FromResult<IReadOnlyList<string>>(
                [.. disk.Files.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal))]);

    private async Task DieAsync(bool isJournal)
    {
        if (!isJournal || !crashes.IsHere())
            return;
        life.Kill();
        await Life.Never<bool>();
    }

    private StateFile? Find(string name) =>
        disk.Find(name) is { } content ? new StateFile(content, VersionOf(content)) : null;

    private static string VersionOf(ReadOnlySpan<byte> content) =>
        Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 8));
}
