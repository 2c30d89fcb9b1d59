using Orrery.Engine.Ports;
using Orrery.Model.Plans;
using Orrery.Model.Resources;
using Orrery.Model.Values;

namespace Orrery.Engine.Planning;

/// <summary>
/// Looks at the clouds: one list per kind for all that carries our platform's id, single reads only for what no list
/// can show. Changes nothing.
/// </summary>
internal sealed class SnapshotTaker(string platformName, HandlerSet handlers, ResourceGraph graph, Recorded recorded)
{
    private readonly Dictionary<ResourceAddress, List<Live>> _found = [];
    private readonly Dictionary<(string Type, string Id), Observed> _untagged = [];
    private readonly List<Live> _strays = [];
    private readonly HashSet<(string Type, string Id)> _listed = [];

    public async Task<Snapshot> TakeAsync(CancellationToken cancellation)
    {
        foreach (var resource in recorded.Resources.Values.Where(resource => resource.Id is not null))
            handlers.Learn(resource.Address, resource.Outputs);
        await ListAsync(cancellation);
        await ReadRecordedAsync(cancellation);
        // A cluster of which the state says nothing any more is listed once it is found.
        if (await ResolveDeclaredAsync(cancellation))
            await ListAsync(cancellation);
        return new Snapshot
        {
            Live = _found.ToValueMap(entry => entry.Key.Text, entry => NewestFirst(entry.Value)[0]),
            Older = _found.Where(entry => entry.Value.Count > 1)
                .ToValueMap(entry => entry.Key.Text, entry => NewestFirst(entry.Value).Skip(1).ToValueList()),
            Strays = _strays.OrderBy(stray => stray.Address).ToValueList(),
        };
    }

    private async Task ListAsync(CancellationToken cancellation)
    {
        var addresses = new Dictionary<string, ResourceAddress>(StringComparer.Ordinal);
        foreach (var resource in graph.InOrder)
            addresses[resource.Address.Hash] = resource.Address;
        foreach (var resource in recorded.Resources.Values.Where(resource => graph.Find(resource.Address) is null))
            addresses[resource.Address.Hash] = resource.Address;

        var lists = await Task.WhenAll(handlers.All.Select(async entry =>
        (
            entry.Cluster,
            entry.Handler.Kind,
            Things: await entry.Handler.ListOwnedAsync(recorded.PlatformId, cancellation)
        )));
        foreach (var (cluster, kind, things) in lists)
        {
            foreach (var thing in things)
            {
                // Clusters of one account list the same things.
                if (!_listed.Add((kind.Type, thing.Id)))
                    continue;
                if (thing.Owner is null)
                    _untagged[(kind.Type, thing.Id)] = thing;
                else if (addresses.TryGetValue(thing.Owner.AddressHash, out var address))
                    Found(address, thing, thing.Owner.Generation, isOurs: true);
                else
                {
                    var stray = ResourceAddress.OfStray(cluster, kind.Type, thing.Id);
                    _strays.Add(ToLive(stray, thing, thing.Owner.Generation, true));
                }
            }
        }
    }

    /// <summary>A list may lag behind; what we know the id of is asked for by its id.</summary>
    private async Task ReadRecordedAsync(CancellationToken cancellation)
    {
        var missing = recorded.Resources.Values
            .Where(resource => resource.Id is not null ? !Has(resource.Address, resource.Id) : IsKept(resource))
            .Select(async resource => (resource, Thing: await ReadAsync(resource, resource.Id ?? "", cancellation)));
        foreach (var (resource, thing) in await Task.WhenAll(missing))
        {
            if (thing is not null)
                Found(resource.Address, thing, thing.Owner?.Generation ?? resource.Generation, resource.IsOurs);
        }

        foreach (var resource in recorded.Resources.Values)
        {
            foreach (var old in resource.Deposed.Where(old => !Has(resource.Address, old.Id)))
            {
                var older = resource with
                {
                    Generation = old.Generation,
                    Inputs = old.Inputs,
                    Outputs = Value.Map.Empty,
                };
                if (await ReadAsync(older, old.Id, cancellation) is { } thing)
                    Found(resource.Address, thing, thing.Owner?.Generation ?? old.Generation, resource.IsOurs);
            }
        }
    }

    private async Task<Observed?> ReadAsync(RecordedResource resource, string id, CancellationToken cancellation) =>
        handlers.For(resource.Address) is IKeptInState kept
            ? await kept.RecallAsync(id.Length > 0 ? resource with { Id = id } : resource, cancellation)
            : _untagged.GetValueOrDefault((resource.Address.Type, id))
                ?? await handlers.For(resource.Address).ReadAsync(id, cancellation);

    private bool IsKept(RecordedResource resource) => handlers.For(resource.Address) is IKeptInState;

    /// <summary>
    /// Finds what has no label of ours: level by level of the graph, since its inputs may be others' outputs. Tells
    /// whether something was found that only the state knows as a rule.
    /// </summary>
    private async Task<bool> ResolveDeclaredAsync(CancellationToken cancellation)
    {
        var isRecovered = false;
        foreach (var level in Levels())
        {
            var found = await Task.WhenAll(level.Select(async resource =>
                (Resource: resource, Thing: await FindAsync(resource, cancellation))));
            foreach (var (resource, thing) in found)
            {
                if (thing is null)
                    continue;
                var remembered = recorded.Resources.GetValueOrDefault(resource.Address.Text);
                var isByInputs = handlers.For(resource.Address) is IIdentifiedByInputs;
                isRecovered |= handlers.For(resource.Address) is IKeptInState;
                var generation = isByInputs ? remembered?.Generation ?? 1 : thing.Owner?.Generation ?? 1;
                Found(resource.Address, thing, generation, isByInputs || IsOurs(thing, resource.Address));
            }
        }

        return isRecovered;
    }

    /// <summary>What is still unknown and not simply missing, each after what it needs.</summary>
    private IEnumerable<List<Resource>> Levels()
    {
        var unseen = graph.InOrder
            .Where(resource => !_found.ContainsKey(resource.Address) && CanBeFound(resource)).ToList();
        if (unseen.Count == 0)
            return [];
        var depths = new Dictionary<ResourceAddress, int>();
        foreach (var resource in graph.InOrder)
        {
            var depth = 0;
            foreach (var need in resource.Needs)
                depth = Math.Max(depth, depths[need] + 1);
            depths[resource.Address] = depth;
        }

        var levels = new SortedDictionary<int, List<Resource>>();
        foreach (var resource in unseen)
        {
            var depth = depths[resource.Address];
            if (!levels.TryGetValue(depth, out var level))
                levels[depth] = level = [];
            level.Add(resource);
        }

        return levels.Values;
    }

    private bool CanBeFound(Resource resource) =>
        resource.Lifecycle.Ownership != Ownership.Owned
        || handlers.For(resource.Address) is IIdentifiedByInputs or IKeptInState;

    private async Task<Observed?> FindAsync(Resource resource, CancellationToken cancellation)
    {
        var handler = handlers.For(resource.Address);
        var desired = (Value.Map)resource.Desired.Resolve(KnownOutput);
        if (handler is not IIdentifiedByInputs byInputs)
            return await handler.FindExistingAsync(RequestFor(resource.Address, desired), cancellation);
        if (byInputs.IdOf(desired) is not { } id)
            return null;
        return _untagged.GetValueOrDefault((resource.Type, id)) ?? await handler.ReadAsync(id, cancellation);
    }

    private CreateRequest RequestFor(ResourceAddress address, Value.Map desired) => new(
        address, CloudName.Of(platformName, address, 1), new Owner(recorded.PlatformId, address.Hash, 1), desired);

    private bool IsOurs(Observed thing, ResourceAddress address) =>
        thing.Owner is { } owner && owner.PlatformId == recorded.PlatformId && owner.AddressHash == address.Hash;

    private Value? KnownOutput(OutputReference reference) =>
        _found.TryGetValue(reference.Resource, out var lives)
        && lives.MaxBy(live => live.Generation)?.Outputs.Fields.TryGetValue(reference.Output, out var value) == true
            ? value
            : null;

    private bool Has(ResourceAddress address, string id) =>
        _found.TryGetValue(address, out var lives) && lives.Any(live => live.Id == id);

    private void Found(ResourceAddress address, Observed thing, int generation, bool isOurs)
    {
        if (!_found.TryGetValue(address, out var lives))
            _found[address] = lives = new List<Live>(1);
        if (!lives.Any(live => live.Id == thing.Id))
            lives.Add(ToLive(address, thing, generation, isOurs));
        handlers.Learn(address, thing.Outputs);
    }

    private static List<Live> NewestFirst(List<Live> lives) =>
        lives.Count == 1 ? lives : [.. lives.OrderByDescending(live => live.Generation)];

    private static Live ToLive(ResourceAddress address, Observed thing, int generation, bool isOurs) => new()
    {
        Address = address,
        Id = thing.Id,
        Generation = generation,
        OwnerHash = thing.Owner?.AddressHash,
        IsOurs = isOurs,
        IsReady = thing.IsReady,
        Properties = thing.Properties,
        Outputs = thing.Outputs,
    };
}
