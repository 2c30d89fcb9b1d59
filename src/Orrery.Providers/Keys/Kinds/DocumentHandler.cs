using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Secrets.Sops;

namespace Orrery.Providers.Keys.Kinds;

/// <summary>
/// A SOPS document that people keep for a cluster. What it says is theirs; who can open it follows from the
/// declaration. It is never made, never deleted, and no value of it changes.
/// </summary>
internal sealed class DocumentHandler(KeyFolder folder) : IResourceHandler, IIdentifiedByInputs
{
    private const string FileField = "file";
    private const string RecipientsField = "recipients";

    public static ResourceKind Definition { get; } = new()
    {
        Type = "secret/document",
        Fields = ValueMap.Of(
            (FileField, FieldRule.Replaces),
            (RecipientsField, new FieldRule(FieldChange.Updates, Unordered: true))),
        StableOutputs = ["id"],
        HasGenerations = false,
    };

    public ResourceKind Kind => Definition;

    public string? IdOf(Value.Map desired) => desired[FileField].AsText();

    public Task<IReadOnlyList<Observed>> ListOwnedAsync(string platformId, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<Observed>>([]);

    public async Task<Observed?> ReadAsync(string id, CancellationToken cancellation) =>
        await folder.FindAsync(id, cancellation) is { } file ? Observe(id, file) : null;

    public Task<Observed?> FindExistingAsync(CreateRequest request, CancellationToken cancellation) =>
        ReadAsync(PathOf(request.Desired), cancellation);

    public Task<Observed> CreateAsync(
        CreateRequest request, OperationContext operation, CancellationToken cancellation) => throw Gone(
            PathOf(request.Desired));

    public async Task<Observed> AwaitReadyAsync(
        string id, OperationContext operation, CancellationToken cancellation) =>
        await ReadAsync(id, cancellation) ?? throw Gone(id);

    public async Task<Observed> UpdateAsync(
        UpdateRequest request, OperationContext operation, CancellationToken cancellation)
    {
        var path = PathOf(request.Desired);
        var readers = request.Desired[RecipientsField] is Value.List list
            ? list.Items.Select(item => item.AsText() ?? "").Order(StringComparer.Ordinal).ToValueList()
            : [];
        await folder.WrapAsync(path, readers, cancellation);
        return await AwaitReadyAsync(path, operation, cancellation);
    }

    public Task DeleteAsync(DeleteRequest request, OperationContext operation, CancellationToken cancellation) =>
        throw new ProviderException(
            ProviderErrorCode.Invalid, $"{request.Id} is people's, and is never deleted");

    private static Observed Observe(string id, ReadOnlyMemory<byte> file) => new()
    {
        Id = id,
        Name = id,
        Owner = null,
        IsReady = true,
        Properties = Value.MapOf(
            (FileField, id),
            (RecipientsField, Value.ListOf(SopsReaders.Of(id, file.Span).Select(reader => (Value)reader)))),
        Outputs = Value.MapOf(("id", id)),
    };

    private static string PathOf(Value.Map desired) => desired[FileField].AsText()
        ?? throw new InvariantException("a document's file is known");

    private static ProviderException Gone(string path) => new(ProviderErrorCode.NotFound, $"{path} is gone");
}

/// <summary>Who can open a SOPS document, as far as its metadata says.</summary>
public static class SopsReaders
{
    /// <summary>
    /// In ordinal order: age recipients as they are, other keys by kind and name. None where it is plain.
    /// </summary>
    public static ValueList<string> Of(string path, ReadOnlySpan<byte> file) =>
        KeysOf(path, file) is { } keys
            ? keys.Groups.SelectMany(group => group).Order(StringComparer.Ordinal).ToValueList()
            : [];

    /// <summary>Whether every age recipient alone opens it, and nobody else does: then we may change who can.</summary>
    public static bool AreSimple(string path, ReadOnlySpan<byte> file) =>
        KeysOf(path, file) is { Groups: [var group] }
        && group.All(reader => reader.StartsWith("age1", StringComparison.Ordinal));

    private static SopsKeys? KeysOf(string path, ReadOnlySpan<byte> file)
    {
        try
        {
            return SopsFile.KeysOf(file, SopsFormats.OfPath(path));
        }
        catch (SopsException)
        {
            // It is no SOPS document, or a damaged one: whoever opens it is told what is wrong.
            return null;
        }
    }
}
