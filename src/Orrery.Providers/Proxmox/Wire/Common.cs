using System.Text.Json;

namespace Orrery.Providers.Proxmox.Wire;

/// <summary>What stands around each reply.</summary>
internal sealed record Envelope<T>(T? Data)
    where T : class;

/// <summary>A refusal: a sentence, and one for each parameter that is wrong.</summary>
internal sealed record FailureReply(string? Message = null, Dictionary<string, JsonElement>? Errors = null);

/// <summary>A task as a node's list shows it; one that still runs has no end.</summary>
internal sealed record TaskEntry(string Upid, string? Status = null, long? Endtime = null);

/// <summary>A task by itself: <c>running</c> or <c>stopped</c>, and then how it ended.</summary>
internal sealed record TaskStatus(string Upid, string Status, string? Exitstatus = null);

/// <summary>A line of a task's log.</summary>
internal sealed record LogLine(long N, string T);
