using Orrery.Engine.Ports;
using Orrery.Model.Diagnostics;
using Orrery.Model.Platforms;
using Orrery.Model.Resources;
using Orrery.Model.Values;

namespace Orrery.Tests.Engine;

/// <summary>A cloud in memory: one kind of thing, scripted refusals, and a log of what changed in it.</summary>
internal sealed class MemoryCloud : IProvider, IResourceHandler
{
    public const string Type = "memory/thing";

    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, Observed> _things = new(StringComparer.Ordinal);
    private int _nextId;

    public List<Resource> Declared { get; } = [];

    /// <summary>What changed, in order: <c>create a-g1</c>, <c>update a-g1</c>, <c>delete a-g1</c>.</summary>
    public List<string> Log { get; } = [];

    /// <summary>Asked before each change, for example <c>create a</c>; a refusal that it returns is thrown.</summary>
    public Func<string, CancellationToken, Task<ProviderException?>> Before { get; set; } =
        static (_, _) => Task.FromResult<ProviderException?>(null);

    /// <summary>The same after the change took effect: a lost reply.</summary>
    public Func<string, ProviderException?> After { get; set; } = static _ => null;

    /// <summary>The same while waiting until a thing is ready.</summary>
    public Func<string, ProviderException?> Readying { get; set; } = static _ => null;

    public bool HasUniqueNames { get; init; } = true;

    public string Name => "memory";

    public IReadOnlyList<IResourceHandler> Handlers => [this];

    public ResourceKind Kind => KindOf(HasUniqueNames);

    public IReadOnlyList<Observed> Things
    {
        get
        {
            lock (_gate)
                return [.. _things.Values];
        }
    }

    public static ResourceKind KindOf(bool hasUniqueNames = true) => new()
    {
        Type = Type,
        Fields = ValueMap.Of(
            ("size", FieldRule.Updates),
            ("image", FieldRule.Replaces),
            ("tags", new FieldRule(FieldChange.Updates, Unordered: true)),
            ("script", new FieldRule(FieldChange.Replaces, WriteOnly: true)),
            ("seed", FieldRule.CreateOnly),
            ("on", FieldRule.Updates)),
        Ephemeral = true,
        NamesAreUnique = hasUniqueNames,
    };

    public static ResourceAddress At(string name) => ResourceAddress.Of("prod", Type, name);

    public static Resource Thing(string name, params (string Key, Value Value)[] fields) =>
        new() { Address = At(name), Desired = Value.MapOf(fields) };

    /// <summary>A value that is known once the other thing is there.</summary>
    public static Value IdOf(string name) => new Value.Unknown(At(name).Output("id"));

    public static (string Key, Value Value) On(params string[] names) => ("on", Value.ListOf(names.Select(IdOf)));

    /// <summary>Something that was there before us.</summary>
    public Observed Put(string name, Owner? owner, params (string Key, Value Value)[] fields)
    {
        lock (_gate)
            return Add(name, owner, Value.MapOf(fields));
    }

    public IEnumerable<Resource> ResourcesOf(Platform platform, Cluster cluster, ISecretValues secrets) => Declared;

    public Task<ValueList<Diagnostic>> CheckAsync(
        Platform platform, Cluster cluster, CancellationToken cancellation) =>
        Task.FromResult(ValueList<Diagnostic>.Empty);

    public Task<IReadOnlyList<Observed>> ListOwnedAsync(string platformId, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<Observed>>([.. Things.Where(thing => thing.Owner?.PlatformId == platformId)]);

    public Task<Observed?> ReadAsync(string id, CancellationToken cancellation) =>
        Task.FromResult(Things.FirstOrDefault(thing => thing.Id == id));

    public Task<Observed?> FindExistingAsync(CreateRequest request, CancellationToken cancellation) =>
        Task.FromResult(Things.FirstOrDefault(thing => thing.Name == request.Name));

    public async Task<Observed> CreateAsync(
        CreateRequest request, OperationContext operation, CancellationToken cancellation)
    {
        operation.Waiting(new WaitState("create", "accepted"));
        await RefuseAsync($"create {request.Address.Name}", cancellation);
        Observed made;
        lock (_gate)
        {
            if (_things.Values.Any(thing => thing.Name == request.Name) && HasUniqueNames)
                throw new ProviderException(ProviderErrorCode.Conflict, "the name is taken");
            made = Add(request.Name, request.Owner, request.Desired);
            Log.Add($"create {request.Address.Name}-g{request.Owner.Generation}");
        }

        return After($"create {request.Address.Name}") is { } lost ? throw lost : made;
    }

    public async Task<Observed> AwaitReadyAsync(string id, OperationContext operation, CancellationToken cancellation)
    {
        operation.Waiting(new WaitState("ready", "starting"));
        await RefuseAsync($"await {operation.Address.Name}", cancellation);
        if (Readying(operation.Address.Name) is { } failed)
            throw failed;
        return Things.FirstOrDefault(thing => thing.Id == id)
            ?? throw new ProviderException(ProviderErrorCode.NotFound, "it is gone");
    }

    public async Task<Observed> UpdateAsync(
        UpdateRequest request, OperationContext operation, CancellationToken cancellation)
    {
        await RefuseAsync($"update {operation.Address.Name}", cancellation);
        lock (_gate)
        {
            var changed = Shown(_things[request.Id], request.Desired);
            Log.Add($"update {operation.Address.Name}-g{changed.Owner?.Generation}");
            return _things[request.Id] = changed;
        }
    }

    public async Task DeleteAsync(DeleteRequest request, OperationContext operation, CancellationToken cancellation)
    {
        await RefuseAsync($"delete {operation.Address.Name}", cancellation);
        lock (_gate)
        {
            if (!_things.TryGetValue(request.Id, out var thing))
                return;
            if (request.Owner != thing.Owner)
                throw new ProviderException(ProviderErrorCode.Foreign, $"{thing.Owner} is not {request.Owner}");
            _things.Remove(request.Id);
            Log.Add($"delete {operation.Address.Name}-g{request.Owner?.Generation}");
        }
    }

    private async Task RefuseAsync(string what, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (await Before(what, cancellation) is { } refusal)
            throw refusal;
    }

    private Observed Add(string name, Owner? owner, Value.Map fields)
    {
        var id = $"{++_nextId:D4}";
        var thing = new Observed
        {
            Id = id,
            Name = name,
            Owner = owner,
            IsReady = true,
            Properties = Value.Map.Empty,
            Outputs = Value.MapOf(("id", id)),
        };
        return _things[id] = Shown(thing, fields);
    }

    /// <summary>What was written only is not shown again.</summary>
    private static Observed Shown(Observed thing, Value.Map fields) => thing with
    {
        Properties = new Value.Map(ValueMap.From(fields.Fields.Where(field => field.Key is not ("script" or "seed")))),
    };
}
