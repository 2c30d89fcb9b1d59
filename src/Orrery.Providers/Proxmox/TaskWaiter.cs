using Orrery.Engine.Ports;
using Orrery.Providers.Proxmox.Wire;

namespace Orrery.Providers.Proxmox;

/// <summary>
/// Waits for tasks. All that wait for a node share one list of it, which is asked for no more often than the most
/// impatient of them wants; a task that the list shows no more is asked for by itself.
/// </summary>
internal sealed class TaskWaiter(ProxmoxClient client, TimeProvider time)
{
    private const int ListedMax = 500;
    private const int LogLinesShown = 5;
    private const int LogLinesMax = 5000;
    private const string Success = "OK";

    // A task that ended with warnings did its work.
    private const string Warnings = "WARNINGS";

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Look> _looks = [];

    /// <summary>
    /// Returns when the task has succeeded; throws what its last words mean when it has not, with the end of its log.
    /// </summary>
    /// <param name="upid">As Proxmox VE names it: <c>UPID:node:…</c>; null where there is nothing to wait for.</param>
    public async Task WaitAsync(string? upid, OperationContext operation, CancellationToken cancellation)
    {
        if (upid is null)
            return;
        var node = NodeOf(upid);
        var since = time.GetTimestamp();
        WaitState? told = null;
        while (true)
        {
            var waited = time.GetElapsedTime(since);
            var interval = waited / 60 < Shortest ? Shortest : waited / 60 > Longest ? Longest : waited / 60;
            await Task.Delay(interval, time, cancellation);
            var state = await LookAsync(node, upid, interval, operation, cancellation);
            if (state.Exit is { } exit)
            {
                if (exit == Success || exit.StartsWith(Warnings, StringComparison.Ordinal))
                    return;
                throw await FailureAsync(node, upid, exit, operation, cancellation);
            }

            if (state.Seen != told)
                operation.Waiting(told = state.Seen);
        }
    }

    /// <summary>The second part of <c>UPID:node:pid:pstart:starttime:type:id:user:</c>.</summary>
    public static string NodeOf(string upid) => Part(upid, 1);

    private static string Part(string upid, int index) => upid.Split(':') is { Length: > 7 } parts
        ? parts[index]
        : throw new ProviderException(ProviderErrorCode.Unavailable, "Proxmox VE named a task that is no UPID");

    private async Task<(string? Exit, WaitState Seen)> LookAsync(
        string node, string upid, TimeSpan interval, OperationContext operation, CancellationToken cancellation)
    {
        var seen = new WaitState($"the task {Part(upid, 5)} of {Part(upid, 6)} on {node}", "running");
        try
        {
            var listed = await ListAsync(node, interval).WaitAsync(cancellation);
            if (listed.TryGetValue(upid, out var entry))
                return (entry.Endtime is null ? null : entry.Status ?? Success, seen);
            var path = $"nodes/{node}/tasks/{Uri.EscapeDataString(upid)}/status";
            var one = await client.GetAsync(path, ProxmoxJson.Default.EnvelopeTaskStatus, operation, cancellation);
            return (one.Status == "running" ? null : one.Exitstatus ?? "no exit status", seen);
        }
        catch (ProviderException exception) when (exception.IsTransient)
        {
            // The task goes on without us, and whoever waits has a deadline.
            return (null, seen with { LastSeen = exception.Message });
        }
    }

    /// <summary>A list no older than the interval; one for all who ask at the same time.</summary>
    private Task<Dictionary<string, TaskEntry>> ListAsync(string node, TimeSpan interval)
    {
        lock (_gate)
        {
            if (_looks.TryGetValue(node, out var last)
                && (!last.Listed.IsCompleted
                    || (last.Listed.IsCompletedSuccessfully && time.GetElapsedTime(last.Began) < interval)))
            {
                return last.Listed;
            }

            var look = new Look(time.GetTimestamp(), AskAsync(node));
            _looks[node] = look;
            return look.Listed;
        }
    }

    private async Task<Dictionary<string, TaskEntry>> AskAsync(string node)
    {
        // On behalf of all who wait: no token of one of them. Its attempts are bounded in time and number.
        var listed = await client.GetAsync(
            $"nodes/{node}/tasks?source=all&limit={ListedMax}", ProxmoxJson.Default.EnvelopeListTaskEntry, null,
            CancellationToken.None);
        var byUpid = new Dictionary<string, TaskEntry>(StringComparer.Ordinal);
        foreach (var entry in listed)
            byUpid[entry.Upid] = entry;
        return byUpid;
    }

    private async Task<ProviderException> FailureAsync(
        string node, string upid, string exit, OperationContext operation, CancellationToken cancellation)
    {
        var log = "";
        try
        {
            var path = $"nodes/{node}/tasks/{Uri.EscapeDataString(upid)}/log?limit={LogLinesMax}";
            var lines = await client.GetAsync(
                path, ProxmoxJson.Default.EnvelopeListLogLine, operation, cancellation);
            log = string.Join(" | ", lines.TakeLast(LogLinesShown).Select(line => ProxmoxErrors.Shorten(line.T)));
        }
        catch (ProviderException)
        {
            // What the task ended with says the most; its log is a help only.
        }

        var said = ProxmoxErrors.Shorten(exit);
        var shown = log.Length > 0 ? $"; its log ends with: {log}" : "";
        return new ProviderException(
            ProxmoxErrors.CodeOfTask(exit),
            $"Proxmox VE could not finish {Part(upid, 5)} of {Part(upid, 6)} on {node}: {said}"
            + $"{StaleLock.Advice(exit)}{shown} (task {upid})");
    }

    private sealed record Look(long Began, Task<Dictionary<string, TaskEntry>> Listed);
}
