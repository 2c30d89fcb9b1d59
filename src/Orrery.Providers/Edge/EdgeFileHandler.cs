using System.Text;
using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Machines;
using Orrery.Providers.Ssh;

namespace Orrery.Providers.Edge;

/// <summary>
/// A file of ours on a machine of people, for one of its programs. It counts as it is only where the program runs with
/// it; a file that lies there and was not taken over yet has no text.
/// </summary>
/// <param name="program">Who reads it.</param>
/// <param name="shell">The way there.</param>
/// <param name="time">The clock.</param>
/// <param name="address">Of the resource, where we look without being asked for one.</param>
/// <param name="declared">Where it must be; null where it must not be anywhere.</param>
internal sealed class EdgeFileHandler(
    EdgeProgram program, IMachineShell shell, TimeProvider time, ResourceAddress address, EdgePlace? declared)
    : IResourceHandler
{
    private const string Applied = "applied\n";
    private const string Waiting = "waiting\n";

    public ResourceKind Kind => program.Kind;

    public async Task<IReadOnlyList<Observed>> ListOwnedAsync(string platformId, CancellationToken cancellation) =>
        declared is not null && await FindAsync(declared, cancellation) is { } found
        && found.Owner?.PlatformId == platformId
            ? [found]
            : [];

    public async Task<Observed?> ReadAsync(string id, CancellationToken cancellation) =>
        EdgePlace.Parse(id) is { } place ? await FindAsync(place, cancellation) : null;

    public Task<Observed?> FindExistingAsync(CreateRequest request, CancellationToken cancellation) =>
        FindAsync(EdgePlace.Of(request.Desired), cancellation);

    /// <summary>One that a dead run has left half-way is finished; one of others is left alone.</summary>
    public async Task<Observed> CreateAsync(
        CreateRequest request, OperationContext operation, CancellationToken cancellation)
    {
        var place = EdgePlace.Of(request.Desired);
        if (await FindAsync(place, cancellation) is { } there && !IsOf(there, request.Owner))
            throw new ProviderException(
                ProviderErrorCode.Conflict, $"{place.Ssh} has a {program.PathOf(place.Name)} that is not ours");
        return await PutAsync(place, request.Owner, request.Desired, operation, cancellation);
    }

    public Task<Observed> AwaitReadyAsync(
        string id, OperationContext operation, CancellationToken cancellation) => GetAsync(id, cancellation);

    public async Task<Observed> UpdateAsync(
        UpdateRequest request, OperationContext operation, CancellationToken cancellation)
    {
        var there = await GetAsync(request.Id, cancellation);
        CheckOwner(there, request.Owner);
        return await PutAsync(
            EdgePlace.Of(request.Desired), there.Owner ?? throw Foreign(there), request.Desired, operation,
            cancellation);
    }

    public async Task DeleteAsync(DeleteRequest request, OperationContext operation, CancellationToken cancellation)
    {
        if (EdgePlace.Parse(request.Id) is not { } place || await FindAsync(place, cancellation) is not { } there)
            return;
        CheckOwner(there, request.Owner);
        await Commands(operation).RunAsync(place.Host, EdgeTasks.Remove, cancellation, ArgumentsOf(place));
    }

    private async Task<Observed> PutAsync(
        EdgePlace place, Owner owner, Value.Map desired, OperationContext operation, CancellationToken cancellation)
    {
        var content = EdgeFile.Write(owner, desired["text"].AsText() ?? "", KeyIn(desired));
        var commands = Commands(operation);
        var staged = new SshFile(program.StagedOf(place.Name), Encoding.UTF8.GetBytes(content))
        {
            Mode = program.Mode,
            Owner = program.Owner,
        };
        await commands.DeliverAsync(place.Host, staged, cancellation);
        await commands.RunAsync(place.Host, EdgeTasks.Apply, cancellation, ArgumentsOf(place));
        return await GetAsync($"{place}", cancellation);
    }

    private static string? KeyIn(Value.Map desired)
    {
        var key = desired["key"];
        while (key is Value.Sensitive inner)
            key = inner.Of;
        return key.AsText();
    }

    private string[] ArgumentsOf(EdgePlace place) =>
        [program.Program, program.PathOf(place.Name), program.AppliedOf(place.Name), program.StagedOf(place.Name)];

    private MachineCommands Commands(OperationContext operation) => new(shell, time, operation);

    private async Task<Observed> GetAsync(string id, CancellationToken cancellation) =>
        await ReadAsync(id, cancellation)
        ?? throw new ProviderException(ProviderErrorCode.NotFound, $"nothing of ours is at {id}");

    private async Task<Observed?> FindAsync(EdgePlace place, CancellationToken cancellation)
    {
        var said = await Commands(OperationContext.Silent(address)).RunAsync(
            place.Host, EdgeTasks.Read, cancellation, program.PathOf(place.Name), program.AppliedOf(place.Name));
        var isApplied = said.StartsWith(Applied, StringComparison.Ordinal);
        if (!isApplied && !said.StartsWith(Waiting.TrimEnd(), StringComparison.Ordinal))
            return null;

        // What a machine says comes without the line break at its end.
        var file = EdgeFile.Read($"{said[Math.Min(said.Length, Applied.Length)..]}\n");
        return new Observed
        {
            Id = $"{place}",
            Name = program.PathOf(place.Name),
            Owner = file.Owner,
            IsReady = true,
            Properties = Value.MapOf(
                ("host", place.Ssh),
                ("name", place.Name),
                ("text", isApplied ? file.Text : ""),
                ("key", file.Key is { } key ? new Value.Sensitive(key) : Value.Null.Instance)),
            Outputs = Value.MapOf(("id", $"{place}")),
        };
    }

    private static bool IsOf(Observed there, Owner owner) =>
        there.Owner?.PlatformId == owner.PlatformId && there.Owner.AddressHash == owner.AddressHash;

    private static void CheckOwner(Observed there, Owner? expected)
    {
        if (there.Owner is null || (expected is not null && !IsOf(there, expected)))
            throw Foreign(there);
    }

    private static ProviderException Foreign(Observed there) => new(
        ProviderErrorCode.Foreign,
        $"{there.Name} at {there.Id} is not ours: its first line names another owner or none")
    {
        ForeignId = there.Id,
    };
}
