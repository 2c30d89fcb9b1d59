using System.Globalization;
using System.Text;
using System.Text.Json;
using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Machines;
using Orrery.Providers.Ssh;

namespace Orrery.Providers.Edge;

/// <summary>
/// A machine of people as a member of a tailnet. One that is in it already is used as it is and never taken out; one
/// that we made join says so in a file of ours.
/// </summary>
/// <param name="shell">The way to machines.</param>
/// <param name="time">The clock.</param>
/// <param name="address">Of the resource, where we look without being asked for one.</param>
internal sealed class TailnetNodeHandler(IMachineShell shell, TimeProvider time, ResourceAddress address)
    : IResourceHandler
{
    public static ResourceKind Definition { get; } = new()
    {
        Type = "edge/tailnet-node",
        Fields = ValueMap.Of(
            ("host", FieldRule.Replaces),
            ("name", FieldRule.Replaces),
            ("url", FieldRule.Replaces),
            ("headscale", FieldRule.CreateOnly),
            ("user", FieldRule.CreateOnly)),
        HasGenerations = false,
        TypicalDuration = TimeSpan.FromSeconds(10),
    };

    public ResourceKind Kind => Definition;

    /// <summary>Looked for by its inputs alone: one machine is in at most one tailnet.</summary>
    public Task<IReadOnlyList<Observed>> ListOwnedAsync(string platformId, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<Observed>>([]);

    public async Task<Observed?> ReadAsync(string id, CancellationToken cancellation) =>
        TailnetPlace.Parse(id) is { } place ? await FindAsync(place, cancellation) : null;

    public Task<Observed?> FindExistingAsync(CreateRequest request, CancellationToken cancellation) =>
        FindAsync(TailnetPlace.Of(request.Desired), cancellation);

    /// <summary>A key that a dead run has made is over by itself; another one is made.</summary>
    public async Task<Observed> CreateAsync(
        CreateRequest request, OperationContext operation, CancellationToken cancellation)
    {
        var (desired, place) = (request.Desired, TailnetPlace.Of(request.Desired));
        if (await FindAsync(place, cancellation) is not null)
            throw new ProviderException(ProviderErrorCode.Conflict, $"{place.Ssh} is in a tailnet already");
        var commands = new MachineCommands(shell, time, operation);
        var headscale = new HeadscaleServer(commands, SshHost.OfUser(place.Headscale));
        var key = await headscale.MakeKeyAsync(desired["user"].AsText() ?? "", cancellation);
        await commands.DeliverAsync(
            place.Host, new SshFile(TailnetTasks.KeyFile, Encoding.ASCII.GetBytes($"{key}\n")), cancellation);
        var owner = request.Owner;
        await commands.RunAsync(
            place.Host, TailnetTasks.Join, cancellation, TailnetTasks.Marker,
            string.Create(
                CultureInfo.InvariantCulture, $"{owner.PlatformId} {owner.AddressHash} {owner.Generation} {place.Url}"),
            place.Url, place.Name, TailnetTasks.KeyFile);
        return await AwaitReadyAsync($"{place}", operation, cancellation);
    }

    public async Task<Observed> AwaitReadyAsync(
        string id, OperationContext operation, CancellationToken cancellation) =>
        await ReadAsync(id, cancellation)
        ?? throw new ProviderException(ProviderErrorCode.NotFound, $"'{id}' is in no tailnet");

    /// <summary>Every difference makes it join anew.</summary>
    public Task<Observed> UpdateAsync(
        UpdateRequest request, OperationContext operation, CancellationToken cancellation) =>
        AwaitReadyAsync(request.Id, operation, cancellation);

    public async Task DeleteAsync(DeleteRequest request, OperationContext operation, CancellationToken cancellation)
    {
        if (TailnetPlace.Parse(request.Id) is not { } place || await FindAsync(place, cancellation) is not { } there)
            return;
        if (there.Owner is null || (request.Owner is { } owner && owner.AddressHash != there.Owner.AddressHash))
            throw new ProviderException(ProviderErrorCode.Foreign, $"{place.Ssh} joined its tailnet without us");
        var commands = new MachineCommands(shell, time, operation);
        await new HeadscaleServer(commands, SshHost.OfUser(place.Headscale)).RemoveAsync(place.Name, cancellation);
        await commands.RunAsync(place.Host, TailnetTasks.Leave, cancellation, TailnetTasks.Marker);
    }

    private async Task<Observed?> FindAsync(TailnetPlace place, CancellationToken cancellation)
    {
        var commands = new MachineCommands(shell, time, OperationContext.Silent(address));
        var said = await commands.RunAsync(place.Host, TailnetTasks.Read, cancellation, TailnetTasks.Marker);
        var end = said.IndexOf('\n', StringComparison.Ordinal);
        if (end < 0 || !IsRunning(said[end..]))
            return null;
        var words = said[..end].Split(' ');
        var owner = words is [var platform, var hash, var last, _]
            && int.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var generation)
                ? new Owner(platform, hash, generation)
                : null;
        return new Observed
        {
            Id = $"{place}",
            Name = place.Name,
            Owner = owner,
            IsReady = true,
            Properties = Value.MapOf(
                ("host", place.Ssh), ("name", place.Name), ("url", owner is null ? place.Url : words[^1])),
            Outputs = Value.MapOf(("id", $"{place}")),
        };
    }

    /// <summary>https://tailscale.com/kb/1080/cli#status: <c>BackendState</c> of its JSON.</summary>
    private static bool IsRunning(string json)
    {
        try
        {
            using var status = JsonDocument.Parse(json);
            return status.RootElement.TryGetProperty("BackendState", out var state) && state.GetString() == "Running";
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>A machine that joins, and the server that knows it.</summary>
    private sealed record TailnetPlace(string Ssh, string Name, string Url, string Headscale)
    {
        public SshHost Host => SshHost.OfUser(Ssh);

        public static TailnetPlace Of(Value.Map fields) => new(
            fields["host"].AsText() ?? "", fields["name"].AsText() ?? "", fields["url"].AsText() ?? "",
            fields["headscale"].AsText() ?? "");

        public static TailnetPlace? Parse(string id) =>
            id.Split(' ') is [var ssh, var name, var url, var server] ? new TailnetPlace(ssh, name, url, server) : null;

        public override string ToString() => $"{Ssh} {Name} {Url} {Headscale}";
    }
}
