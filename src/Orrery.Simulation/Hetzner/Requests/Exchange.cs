using System.Globalization;
using System.Text.Json;
using Orrery.Model.Values;
using Orrery.Simulation.Hetzner.State;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Hetzner.Requests;

/// <summary>One request on its way through a route.</summary>
internal sealed class Exchange
{
    public required Project Project { get; init; }

    public required WorldRequest Request { get; init; }

    public required TimeSpan Now { get; init; }

    public required QueryParameters Query { get; init; }

    /// <summary>The numbers that stand in the path, in order.</summary>
    public required IReadOnlyList<long> Ids { get; init; }

    /// <summary>The requested fault was played.</summary>
    public bool Injected { get; set; }

    public RequestBody Body => field ??= RequestBody.Read(Request.Body);

    /// <summary>The thing that the path names.</summary>
    public T Target<T>(Collection<T> collection)
        where T : Entity =>
        collection.TryFind(Ids[0], out var found)
            ? found
            : throw Refusal.NotFound($"{collection.Noun} with ID '{Ids[0]}' not found");

    /// <summary>Nobody else changes it at the moment.</summary>
    public void RequireUnlocked(Entity entity)
    {
        if (Request.Fault == WorldFault.Locked)
        {
            Injected = true;
            throw Refusal.Locked(entity.Type);
        }

        if (entity.Locked)
            throw Refusal.Locked(entity.Type);
    }

    /// <summary>The name is free among those of its kind.</summary>
    public static void RequireUniqueName<T>(Collection<T> collection, string name, T? itself = null)
        where T : Entity
    {
        if (collection.Named(name) is { } other && other != itself)
            throw Refusal.NotUnique($"{collection.Noun.Replace('_', ' ')} name is already used", "name");
    }

    public static void RequireRoom<T>(Collection<T> collection)
        where T : Entity
    {
        if (collection.Full)
            throw Refusal.LimitExceeded($"{collection.Noun}_limit");
    }

    /// <summary>
    /// Starts an action on behalf of this request. The first one of a request plays what it was told to.
    /// </summary>
    public CloudAction Start(string command, IReadOnlyList<Entity> on, ActionWork work, CloudAction? after = null)
    {
        var name =
            $"{command}/{string.Join('/', on.Select(entity => entity.Id.ToString(CultureInfo.InvariantCulture)))}";
        var duration = Project.Jittered(Project.Options.Latencies.Actions[command], name);
        var slow = after is null && Request.Fault == WorldFault.ActionSlow;
        var doomed = after is null && Request.Fault == WorldFault.ActionFails;
        Injected |= slow || doomed;
        var begins = after?.Due ?? Now;
        var action = new CloudAction
        {
            Id = Project.Identifiers.Next("action", name),
            Command = command,
            Resources = on.Select(entity => new ActionResource(entity.Type, entity.Id)).ToValueList(),
            Started = Now,
            Begins = begins,
            Due = begins + duration * (slow ? Project.Options.Latencies.SlowFactor : 1),
            Work = work,
            After = after,
            Tag = Request.Tag,
            Doomed = doomed,
        };
        Project.Actions.Start(action);
        // What takes no time is done before the reply, as with changes of the protection.
        if (action.Due <= Now)
            Project.Actions.Advance(Now);
        return action;
    }
}

/// <summary>What a route answers: a status and what to write below it.</summary>
internal sealed record Answer(int Status, Action<Utf8JsonWriter>? Write = null)
{
    /// <summary>The vendor's Link header, for lists of several pages.</summary>
    public string? Link { get; init; }

    public static Answer Empty { get; } = new(204);
}
