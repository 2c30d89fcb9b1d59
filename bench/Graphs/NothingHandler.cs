using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;

namespace Orrery.Bench.Graphs;

/// <summary>
/// Makes, shows and deletes things that are entries of a dictionary. Asks the guard as every provider must.
/// </summary>
internal sealed class NothingHandler(string type, Dictionary<string, Observed> things, IWriterGuard guard)
    : IResourceHandler
{
    public const string NameField = "name";
    public const string SizeField = "size";
    public const string SettingsField = "settings";
    public const string UsesField = "uses";

    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(5);

    public ResourceKind Kind { get; } = new()
    {
        Type = type,
        Fields = ValueMap.Of(
            (NameField, FieldRule.Replaces),
            (SizeField, FieldRule.Updates),
            (SettingsField, FieldRule.Updates),
            (UsesField, new FieldRule(FieldChange.Updates, Unordered: true))),
    };

    public Task<IReadOnlyList<Observed>> ListOwnedAsync(string platformId, CancellationToken cancellation)
    {
        lock (things)
        {
            return Task.FromResult<IReadOnlyList<Observed>>(
                [.. things.Values.OrderBy(thing => thing.Id, StringComparer.Ordinal)]);
        }
    }

    public Task<Observed?> ReadAsync(string id, CancellationToken cancellation)
    {
        lock (things)
            return Task.FromResult(things.GetValueOrDefault(id));
    }

    public Task<Observed?> FindExistingAsync(CreateRequest request, CancellationToken cancellation) =>
        ReadAsync(request.Name, cancellation);

    public async Task<Observed> CreateAsync(
        CreateRequest request, OperationContext operation, CancellationToken cancellation)
    {
        await guard.EnsureAsync(RequestTimeout, cancellation);
        var made = new Observed
        {
            Id = request.Name,
            Name = request.Name,
            Owner = request.Owner,
            IsReady = true,
            Properties = request.Desired,
            Outputs = Value.MapOf(("endpoint", $"{request.Name}.example"), ("id", request.Name)),
        };
        lock (things)
        {
            if (!things.TryAdd(made.Id, made))
                throw new ProviderException(ProviderErrorCode.Conflict, $"'{made.Id}' exists already");
        }

        return made;
    }

    public Task<Observed> AwaitReadyAsync(string id, OperationContext operation, CancellationToken cancellation)
    {
        lock (things)
            return Task.FromResult(things[id]);
    }

    public async Task<Observed> UpdateAsync(
        UpdateRequest request, OperationContext operation, CancellationToken cancellation)
    {
        await guard.EnsureAsync(RequestTimeout, cancellation);
        lock (things)
            return things[request.Id] = things[request.Id] with { Properties = request.Desired };
    }

    public async Task DeleteAsync(DeleteRequest request, OperationContext operation, CancellationToken cancellation)
    {
        await guard.EnsureAsync(RequestTimeout, cancellation);
        lock (things)
            things.Remove(request.Id);
    }
}
