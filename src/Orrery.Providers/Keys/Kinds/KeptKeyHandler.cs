using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;

namespace Orrery.Providers.Keys.Kinds;

/// <summary>
/// What all kinds of keys have in common: a file whose path is its id. It is made where there is none, encrypted again
/// when the recipients change, and never deleted. Private parts leave only as sensitive outputs.
/// </summary>
internal abstract class KeptKeyHandler(KeyFolder folder) : IResourceHandler, IIdentifiedByInputs
{
    private const string FileField = "file";
    private const string RecipientsField = "recipients";

    public abstract ResourceKind Kind { get; }

    protected KeyFolder Folder { get; } = folder;

    public string? IdOf(Value.Map desired) => desired[FileField].IsKnown ? desired[FileField].AsText() : null;

    /// <summary>Nothing carries a label: each file is looked for where it must be.</summary>
    public Task<IReadOnlyList<Observed>> ListOwnedAsync(string platformId, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<Observed>>([]);

    public async Task<Observed?> ReadAsync(string id, CancellationToken cancellation) =>
        await Folder.ReadAsync(id, Kind.Type, cancellation) is { } file
            ? await ObserveAsync(id, file, cancellation)
            : null;

    public Task<Observed?> FindExistingAsync(CreateRequest request, CancellationToken cancellation) =>
        ReadAsync(PathOf(request.Desired), cancellation);

    public async Task<Observed> CreateAsync(
        CreateRequest request, OperationContext operation, CancellationToken cancellation)
    {
        var path = PathOf(request.Desired);
        // The first generation is made; a later one would stand in for a file that was there and is gone.
        if (request.Owner.Generation > 1)
            throw new ProviderException(
                ProviderErrorCode.NotFound,
                $"{path} was made before and is gone. No new key is made in its place: bring the file back from Git");

        await Folder.MakeAsync(
            path, Kind.Type, await NewAsync(request, path, operation, cancellation), cancellation);
        return await GetAsync(path, cancellation);
    }

    public async Task<Observed> AwaitReadyAsync(
        string id, OperationContext operation, CancellationToken cancellation)
    {
        if (await Folder.ReadAsync(id, Kind.Type, cancellation) is not { } file)
            throw Gone(id);
        foreach (var (path, text) in await PublishedAsync(id, file, cancellation))
            await Folder.PublishAsync(path, text, cancellation);
        return await ObserveAsync(id, file, cancellation);
    }

    public virtual async Task<Observed> UpdateAsync(
        UpdateRequest request, OperationContext operation, CancellationToken cancellation)
    {
        var path = PathOf(request.Desired);
        await Folder.ReencryptAsync(path, Kind.Type, cancellation);
        return await AwaitReadyAsync(path, operation, cancellation);
    }

    /// <summary>Refused while there is something to delete: without its keys a platform cannot be made again.</summary>
    public async Task DeleteAsync(DeleteRequest request, OperationContext operation, CancellationToken cancellation)
    {
        if (await Folder.ReadAsync(request.Id, Kind.Type, cancellation) is not null)
            throw new ProviderException(
                ProviderErrorCode.Invalid, $"{request.Id} is a key, and keys are never deleted");
    }

    /// <summary>What every kind declares.</summary>
    /// <param name="fileRule">What another path means.</param>
    /// <param name="more">Further fields.</param>
    protected static ValueMap<FieldRule> FieldsOf(
        FieldRule fileRule, params ReadOnlySpan<(string Name, FieldRule Rule)> more) => ValueMap.Of(
        [
            (FileField, fileRule), (RecipientsField, new FieldRule(FieldChange.Updates, Unordered: true)), .. more,
        ]);

    /// <summary>A fresh key: texts by name.</summary>
    protected abstract Task<ValueMap<string>> NewAsync(
        CreateRequest request, string path, OperationContext operation, CancellationToken cancellation);

    /// <summary>What differs from the declaration beside the file and its recipients.</summary>
    protected virtual Value.Map PropertiesOf(ValueMap<string> texts) => Value.Map.Empty;

    /// <summary>What others may use; whatever is private is sensitive.</summary>
    protected abstract Value.Map OutputsOf(ValueMap<string> texts);

    /// <summary>Paths and texts of what may stand in clear beside the file.</summary>
    protected virtual IEnumerable<(string Path, string Text)> PublicFiles(string id, ValueMap<string> texts) => [];

    /// <summary>What may stand in clear in the cluster's folder: the newest generation's alone.</summary>
    protected virtual (string Path, string Text)? NewestPublished(string folder, ValueMap<string> texts) => null;

    private async Task<IReadOnlyList<(string Path, string Text)>> PublishedAsync(
        string id, KeptKey file, CancellationToken cancellation)
    {
        var files = PublicFiles(id, file.Content.Texts).ToList();
        if (KeyPath.Parse(id) is { } path
            && NewestPublished($"secrets/{path.Cluster}", file.Content.Texts) is { } newest
            && !await Folder.ExistsAsync($"{path.Next()}", cancellation))
            files.Add(newest);
        return files;
    }

    protected static string PathOf(Value.Map desired) => desired[FileField].AsText()
        ?? throw new InvariantException("a key's file is known before it is made");

    private static ProviderException Gone(string path) => new(ProviderErrorCode.NotFound, $"{path} is gone");

    private async Task<Observed> GetAsync(string path, CancellationToken cancellation) =>
        await ReadAsync(path, cancellation) ?? throw Gone(path);

    private async Task<Observed> ObserveAsync(string id, KeptKey file, CancellationToken cancellation)
    {
        var isReady = true;
        foreach (var (path, text) in await PublishedAsync(id, file, cancellation))
            isReady &= await Folder.IsPublishedAsync(path, text, cancellation);
        var readers = file.Content.Recipients;
        return new Observed
        {
            Id = id,
            Name = id,
            Owner = null,
            IsReady = isReady,
            Properties = new Value.Map(PropertiesOf(file.Content.Texts).Fields
                .With(FileField, id)
                .With(RecipientsField, Value.ListOf(readers.Select(reader => new Value.Text(reader))))),
            Outputs = new Value.Map(OutputsOf(file.Content.Texts).Fields.With("id", id)),
        };
    }
}
