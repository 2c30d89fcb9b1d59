using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Proxmox.Wire;

namespace Orrery.Providers.Proxmox.Kinds;

/// <summary>
/// A file on a storage, from which machines are made. Its id is <c>NODE/STORAGE:CONTENT/NAME</c>; its name says whose
/// it is. Files are made whole or not at all, and nothing of one changes in place.
/// </summary>
internal abstract class FileHandler(ProxmoxServices services) : IResourceHandler
{
    public abstract ResourceKind Kind { get; }

    /// <summary>Which contents of storages may be of this kind.</summary>
    protected abstract IReadOnlyList<string> Contents { get; }

    protected ProxmoxServices Services { get; } = services;

    public async Task<IReadOnlyList<Observed>> ListOwnedAsync(string platformId, CancellationToken cancellation)
    {
        var found = new List<Observed>();
        foreach (var node in await NodesAsync(cancellation))
        {
            var storages = await Services.Client.GetAsync(
                $"nodes/{node}/storage", ProxmoxJson.Default.EnvelopeListStorageEntry, null, cancellation);
            foreach (var storage in storages.Where(storage => storage.Active != 0))
            {
                foreach (var content in Contents.Where(storage.Contents.Contains))
                {
                    found.AddRange((await VolumesAsync(node, storage.Storage, content, cancellation))
                        .Select(volume => Observe(node, volume))
                        .Where(seen => seen is { Owner: { } owner } && owner.PlatformId == platformId)
                        .Select(seen => seen!));
                }
            }
        }

        // A shared storage is the same on every node.
        return [.. found.DistinctBy(file => file.Id[file.Id.IndexOf('/', StringComparison.Ordinal)..])];
    }

    public async Task<Observed?> ReadAsync(string id, CancellationToken cancellation)
    {
        if (FileId.Parse(id) is not { } file)
            return null;
        try
        {
            var volumes = await VolumesAsync(file.Node, file.Storage, file.Content, cancellation);
            return volumes.FirstOrDefault(volume => volume.Volid == file.Volid) is { } volume
                ? Observe(file.Node, volume)
                : null;
        }
        catch (ProviderException refusal) when (refusal.Code == ProviderErrorCode.NotFound)
        {
            return null;
        }
    }

    public Task<Observed?> FindExistingAsync(CreateRequest request, CancellationToken cancellation) =>
        ReadAsync(IdOf(request).Text, cancellation);

    public async Task<Observed> CreateAsync(
        CreateRequest request, OperationContext operation, CancellationToken cancellation)
    {
        var id = IdOf(request);
        await CheckStorageAsync(id, operation, cancellation);
        if (await ReadAsync(id.Text, cancellation) is { } there)
            return there;
        // A file takes no lock of its storage: several come at once.
        var task = await MakeAsync(request, id, operation, cancellation);
        await Services.Tasks.WaitAsync(task, operation, cancellation);
        return await ReadAsync(id.Text, cancellation) ?? throw new ProviderException(
            ProviderErrorCode.ActionFailed, $"Proxmox VE made {id.Volid}, and it is not there");
    }

    public async Task<Observed> AwaitReadyAsync(
        string id, OperationContext operation, CancellationToken cancellation) =>
        await ReadAsync(id, cancellation)
            ?? throw new ProviderException(ProviderErrorCode.NotFound, $"there is no file {id} in this Proxmox VE");

    public Task<Observed> UpdateAsync(
        UpdateRequest request, OperationContext operation, CancellationToken cancellation) =>
        AwaitReadyAsync(request.Id, operation, cancellation);

    public async Task DeleteAsync(DeleteRequest request, OperationContext operation, CancellationToken cancellation)
    {
        if (FileId.Parse(request.Id) is not { } file
            || await ReadAsync(request.Id, cancellation) is not { } current)
        {
            return;
        }

        if (request.Owner is not null && current.Owner != request.Owner)
        {
            throw new ProviderException(
                ProviderErrorCode.Foreign, $"{Kind.Type} '{current.Name}' is not ours: its name names another owner")
            {
                ForeignId = request.Id,
            };
        }

        var path = $"nodes/{file.Node}/storage/{file.Storage}/content/{Uri.EscapeDataString(file.Volid)}";
        try
        {
            var task = await Services.Client.FindTaskAsync(
                HttpMethod.Delete, path, new Parameters(), operation, cancellation);
            await Services.Tasks.WaitAsync(task, operation, cancellation);
        }
        catch (ProviderException refusal) when (refusal.Code == ProviderErrorCode.NotFound)
        {
            operation.Waiting(new WaitState("the file is deleted", "it is gone already"));
        }
    }

    /// <summary>What kind of content the file is: <c>iso</c> or <c>import</c>.</summary>
    protected abstract string ContentOf(Value.Map desired);

    /// <summary>What it is called, with its ending.</summary>
    protected abstract string FileNameOf(Value.Map desired);

    /// <summary>Asks for it; gives the task.</summary>
    protected abstract Task<string> MakeAsync(
        CreateRequest request, FileId id, OperationContext operation, CancellationToken cancellation);

    private FileId IdOf(CreateRequest request)
    {
        var desired = request.Desired;
        return new FileId(
            desired["node"].AsText() ?? "", desired["storage"].AsText() ?? "", ContentOf(desired),
            OwnerNames.Of(request.Owner, FileNameOf(desired)));
    }

    private async Task CheckStorageAsync(FileId id, OperationContext operation, CancellationToken cancellation)
    {
        var storages = await Services.Client.GetAsync(
            $"nodes/{id.Node}/storage", ProxmoxJson.Default.EnvelopeListStorageEntry, operation, cancellation);
        var able = storages.Where(storage => storage.Contents.Contains(id.Content)).Select(storage => storage.Storage)
            .Order(StringComparer.Ordinal).ToArray();
        if (able.Contains(id.Storage))
            return;
        var known = storages.FirstOrDefault(storage => storage.Storage == id.Storage);
        var what = known is null ? "there is no such storage" : $"it is for {known.Content}";
        var others = able.Length > 0 ? $"name one of these: {string.Join(", ", able)}" : "no storage of the node can";
        throw new ProviderException(
            ProviderErrorCode.Invalid,
            $"the storage '{id.Storage}' on {id.Node} cannot hold content of type '{id.Content}' ({what}): {others},"
            + " or allow it in the storage's settings");
    }

    private async Task<IReadOnlyList<string>> NodesAsync(CancellationToken cancellation)
    {
        var nodes = await Services.Client.GetAsync(
            "nodes", ProxmoxJson.Default.EnvelopeListNodeEntry, null, cancellation);
        return [.. nodes.Where(node => node.Status == "online").Select(node => node.Node)
            .Order(StringComparer.Ordinal)];
    }

    private Task<List<VolumeEntry>> VolumesAsync(
        string node, string storage, string content, CancellationToken cancellation) =>
        Services.Client.GetAsync(
            $"nodes/{node}/storage/{storage}/content?content={content}",
            ProxmoxJson.Default.EnvelopeListVolumeEntry, null, cancellation);

    private Observed? Observe(string node, VolumeEntry volume)
    {
        if (FileId.Parse($"{node}/{volume.Volid}") is not { } id || OwnerNames.Read(id.Name) is not { } named
            || !IsOfThisKind(named.FileName))
        {
            return null;
        }

        return new Observed
        {
            Id = id.Text,
            Name = id.Name,
            Owner = named.Owner,
            IsReady = true,
            Properties = Value.MapOf(
                ("node", node), ("storage", id.Storage), ("content", id.Content), ("fileName", named.FileName)),
            Outputs = Value.MapOf(("id", id.Text), ("volume", volume.Volid), ("size", volume.Size)),
        };
    }

    /// <summary>Tells kinds with the same contents apart.</summary>
    protected abstract bool IsOfThisKind(string fileName);
}

/// <summary>Where a file is.</summary>
internal sealed record FileId(string Node, string Storage, string Content, string Name)
{
    public string Volid => $"{Storage}:{Content}/{Name}";

    public string Text => $"{Node}/{Volid}";

    public static FileId? Parse(string? text) =>
        text?.Split('/') is [var node, var place, var name] && place.Split(':') is [var storage, var content]
            ? new FileId(node, storage, content, name)
            : null;
}
