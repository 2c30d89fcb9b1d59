using System.Globalization;
using System.Text.Json;
using Orrery.Engine.Ports;
using Orrery.Model.Values;
using Orrery.Providers.Machines;

namespace Orrery.Providers.Edge;

/// <summary>
/// Keys by which machines join a tailnet, made by the <c>headscale</c> of its server:
/// https://headscale.net/stable/ref/registration/. Its JSON has numbers and underscores up to 0.28, later texts and
/// capitals; both are read.
/// </summary>
/// <param name="commands">The way to its shell.</param>
/// <param name="server">Where it runs.</param>
internal sealed class HeadscaleServer(MachineCommands commands, SshHost server)
{
    /// <summary>
    /// A key for one machine, for ten minutes, of a user who is made where there is none. Secret. One that nobody uses
    /// opens nothing after that.
    /// </summary>
    public async Task<string> MakeKeyAsync(string user, CancellationToken cancellation)
    {
        var id = IdOf(await UsersAsync(cancellation), "name", user);
        if (id is null)
        {
            await commands.RunAsync(server, TailnetTasks.MakeUser, cancellation, user);
            id = IdOf(await UsersAsync(cancellation), "name", user);
        }

        var said = await commands.RunAsync(server, TailnetTasks.MakeKey, cancellation, id ?? "");
        return Parse(said).TryGetProperty("key", out var key) && key.GetString() is { Length: > 0 } text
            ? text
            : throw Unexpected("made no key");
    }

    /// <summary>The machines of a user, in the order in which they came.</summary>
    public async Task<ValueList<HeadscaleMachine>> MachinesAsync(string user, CancellationToken cancellation)
    {
        var nodes = Parse(await commands.RunAsync(server, TailnetTasks.ListNodes, cancellation));
        if (nodes.ValueKind != JsonValueKind.Array)
            return [];
        return
        [
            .. from node in nodes.EnumerateArray()
               where node.TryGetProperty("user", out var owner) && TextOf(owner, "name") == user
               select new HeadscaleMachine(
                   NumberOf(node, "id") ?? "", TextOf(node, "name") ?? "",
                   node.TryGetProperty("online", out var online) && online.ValueKind == JsonValueKind.True,
                   TextsOf(node, "available_routes", "availableRoutes"),
                   TextsOf(node, "approved_routes", "approvedRoutes")),
        ];
    }

    /// <summary>
    /// Lets others through a machine to these networks and no others: https://headscale.net/stable/ref/routes/.
    /// </summary>
    public Task ApproveAsync(string machine, ValueList<string> routes, CancellationToken cancellation) =>
        commands.RunAsync(server, TailnetTasks.ApproveRoutes, cancellation, machine, string.Join(',', routes));

    /// <summary>Takes all of a user's machines of this name out of the tailnet; nothing where there is none.</summary>
    public async Task RemoveAsync(string user, string machine, CancellationToken cancellation)
    {
        foreach (var there in await MachinesAsync(user, cancellation))
        {
            if (there.Name == machine)
                await DeleteAsync(there.Id, cancellation);
        }
    }

    /// <summary>Takes a machine out of the tailnet; nothing where it is in none.</summary>
    public async Task RemoveAsync(string machine, CancellationToken cancellation)
    {
        var nodes = Parse(await commands.RunAsync(server, TailnetTasks.ListNodes, cancellation));
        if ((IdOf(nodes, "given_name", machine) ?? IdOf(nodes, "givenName", machine)) is { } id)
            await DeleteAsync(id, cancellation);
    }

    private async Task DeleteAsync(string id, CancellationToken cancellation)
    {
        try
        {
            await commands.RunAsync(server, TailnetTasks.RemoveNode, cancellation, id);
        }
        catch (ProviderException)
        {
            // An answer may have been lost, and Headscale refuses to delete what is gone.
            if (IsThere(Parse(await commands.RunAsync(server, TailnetTasks.ListNodes, cancellation)), id))
                throw;
        }
    }

    private static bool IsThere(JsonElement nodes, string id) =>
        nodes.ValueKind == JsonValueKind.Array && nodes.EnumerateArray().Any(node => NumberOf(node, "id") == id);

    private async Task<JsonElement> UsersAsync(CancellationToken cancellation) =>
        Parse(await commands.RunAsync(server, TailnetTasks.ListUsers, cancellation));

    /// <summary>An empty list is <c>null</c> there.</summary>
    private static string? IdOf(JsonElement list, string field, string value)
    {
        if (list.ValueKind != JsonValueKind.Array)
            return null;
        foreach (var item in list.EnumerateArray())
        {
            if (TextOf(item, field) == value && NumberOf(item, "id") is { } id)
                return id;
        }

        return null;
    }

    private static string? TextOf(JsonElement item, string field) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(field, out var found)
        && found.ValueKind == JsonValueKind.String
            ? found.GetString()
            : null;

    private static string? NumberOf(JsonElement item, string field) =>
        item.TryGetProperty(field, out var found) && found.ValueKind == JsonValueKind.Number
            ? found.GetUInt64().ToString(CultureInfo.InvariantCulture)
            : TextOf(item, field);

    private static ValueList<string> TextsOf(JsonElement item, params ReadOnlySpan<string> fields)
    {
        foreach (var field in fields)
        {
            if (item.TryGetProperty(field, out var found) && found.ValueKind == JsonValueKind.Array)
                return found.EnumerateArray().Select(each => each.GetString() ?? "").ToValueList();
        }

        return [];
    }

    /// <summary>What it says may hold a key: it is never quoted.</summary>
    private JsonElement Parse(string said)
    {
        try
        {
            using var document = JsonDocument.Parse(said);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            throw Unexpected("answered with something that is no JSON");
        }
    }

    private ProviderException Unexpected(string what) =>
        new(ProviderErrorCode.ActionFailed, $"headscale on {server.Address} {what}");
}

/// <summary>A machine of a tailnet as Headscale tells it.</summary>
/// <param name="Id">Headscale's.</param>
/// <param name="Name">As the machine calls itself.</param>
/// <param name="IsOnline">It talks to Headscale at this moment.</param>
/// <param name="Offered">Networks that it says are reached through it.</param>
/// <param name="Approved">Those that others may use.</param>
internal sealed record HeadscaleMachine(
    string Id, string Name, bool IsOnline, ValueList<string> Offered, ValueList<string> Approved);

/// <summary>Whose machines they are.</summary>
/// <param name="Headscale">Where it runs, for example <c>root@example.org</c>.</param>
/// <param name="Name">The user's.</param>
internal sealed record TailnetUser(string Headscale, string Name);
