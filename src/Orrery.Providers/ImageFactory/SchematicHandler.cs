using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;

namespace Orrery.Providers.ImageFactory;

/// <summary>
/// A schematic that the Image Factory knows: before that it serves no image of it. It is a fact rather than a thing:
/// registering it twice changes nothing, nobody owns it, and it cannot be deleted.
/// </summary>
public sealed class SchematicHandler(FactoryClient client) : IResourceHandler, IIdentifiedByInputs
{
    private const string Document = "document";

    public static ResourceKind Definition { get; } = new()
    {
        Type = "talos/schematic",
        Fields = ValueMap.Of((Document, FieldRule.Replaces)),
        StableOutputs = ["id"],
    };

    public ResourceKind Kind => Definition;

    /// <summary>The output <c>id</c> is the factory's.</summary>
    public static Value.Map Desired(Schematic schematic) => Value.MapOf((Document, schematic.Document));

    public string? IdOf(Value.Map desired) => desired[Document].IsKnown ? IdOf(DocumentOf(desired)) : null;

    /// <summary>Nothing of the factory carries a label: each is looked for by its id.</summary>
    public Task<IReadOnlyList<Observed>> ListOwnedAsync(string platformId, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<Observed>>([]);

    public async Task<Observed?> ReadAsync(string id, CancellationToken cancellation) =>
        await client.FindAsync(id, cancellation) is { } document ? Observe(id, document) : null;

    public Task<Observed?> FindExistingAsync(CreateRequest request, CancellationToken cancellation) =>
        ReadAsync(IdOf(DocumentOf(request.Desired)), cancellation);

    public async Task<Observed> CreateAsync(
        CreateRequest request, OperationContext operation, CancellationToken cancellation)
    {
        var document = DocumentOf(request.Desired);
        var made = await client.RegisterAsync(document, operation, cancellation);
        // Images are named by the factory's id. One that we did not expect would be planned anew in every run.
        if (made.Id == IdOf(document))
            return Observe(made.Id, document);
        throw new ProviderException(
            ProviderErrorCode.Invalid,
            $"the Image Factory gave the schematic the id {made.Id}, and {IdOf(document)} was expected: "
            + (made.Schematic is { } theirs ? $"it understood {Difference(document, theirs)}" : "it does not say why"));
    }

    public async Task<Observed> AwaitReadyAsync(
        string id, OperationContext operation, CancellationToken cancellation) =>
        await ReadAsync(id, cancellation)
        ?? throw new ProviderException(ProviderErrorCode.NotFound, $"the Image Factory has no schematic {id}");

    /// <summary>Nothing of a schematic can be changed; every difference makes another one.</summary>
    public Task<Observed> UpdateAsync(
        UpdateRequest request, OperationContext operation, CancellationToken cancellation) =>
        AwaitReadyAsync(request.Id, operation, cancellation);

    /// <summary>It costs nothing and others may use the same: it stays.</summary>
    public Task DeleteAsync(DeleteRequest request, OperationContext operation, CancellationToken cancellation) =>
        Task.CompletedTask;

    private static Observed Observe(string id, string document) => new()
    {
        Id = id,
        Name = id,
        Owner = null,
        IsReady = true,
        Properties = Value.MapOf((Document, document)),
        Outputs = Value.MapOf(("id", id)),
    };

    private static string IdOf(string document) => Schematic.IdOf(document);

    private static string DocumentOf(Value.Map desired) => desired[Document].AsText()
        ?? throw new InvariantException("a schematic's document is known before it is registered");

    /// <summary>The first line that differs, as both have it.</summary>
    private static string Difference(string ours, string theirs)
    {
        var (one, other) = (ours.Split('\n'), theirs.Split('\n'));
        var at = one.Zip(other).TakeWhile(pair => pair.First == pair.Second).Count();
        return $"'{other.ElementAtOrDefault(at)?.Trim()}' where '{one.ElementAtOrDefault(at)?.Trim()}' was sent";
    }
}
