using System.Globalization;
using System.Text.Json;
using Orrery.Engine.Ports;
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

    /// <summary>Takes a machine out of the tailnet; nothing where it is in none.</summary>
    public async Task RemoveAsync(string machine, CancellationToken cancellation)
    {
        var nodes = Parse(await commands.RunAsync(server, TailnetTasks.ListNodes, cancellation));
        if ((IdOf(nodes, "given_name", machine) ?? IdOf(nodes, "givenName", machine)) is { } id)
            await commands.RunAsync(server, TailnetTasks.RemoveNode, cancellation, id);
    }

    private async Task<JsonElement> UsersAsync(CancellationToken cancellation) =>
        Parse(await commands.RunAsync(server, TailnetTasks.ListUsers, cancellation));

    /// <summary>An empty list is <c>null</c> there.</summary>
    private static string? IdOf(JsonElement list, string field, string value)
    {
        if (list.ValueKind != JsonValueKind.Array)
            return null;
        foreach (var item in list.EnumerateArray())
        {
            if (item.TryGetProperty(field, out var found) && found.GetString() == value
                && item.TryGetProperty("id", out var id))
                return id.ValueKind == JsonValueKind.Number
                    ? id.GetUInt64().ToString(CultureInfo.InvariantCulture)
                    : id.GetString();
        }

        return null;
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
