using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Hetzner.Wire;

namespace Orrery.Providers.Hetzner.Kinds;

/// <summary>
/// A floating IP at a server. Moves in place, without a moment at no server: that is what it is for.
/// </summary>
internal sealed class FloatingIpAssignmentHandler(HetznerServices services) : LinkHandler(services)
{
    public static ResourceKind Definition { get; } = new()
    {
        Type = "hetzner/floating-ip-assignment",
        HasGenerations = false,
        Fields = ValueMap.Of(("floatingIp", FieldRule.Replaces), ("server", FieldRule.Updates)),
        TypicalDuration = TimeSpan.FromSeconds(2),
    };

    public override ResourceKind Kind => Definition;

    protected override string LinkedField => "floatingIp";

    /// <summary>
    /// Moves it from the server that it was at before; from a third one, that somebody else chose, never.
    /// </summary>
    public override async Task<Observed> UpdateAsync(
        UpdateRequest request, OperationContext operation, CancellationToken cancellation)
    {
        var link = await GetAsync(HetznerId.Parse(request.Id), operation, cancellation);
        var server = HetznerId.Parse(request.Desired["server"]);
        if (link.Server == server)
            return Observe(link);
        if (link.Server is { } other && request.Before["server"].AsText() is { } before
            && HetznerId.Parse(before) != other)
        {
            throw new ProviderException(
                ProviderErrorCode.Conflict,
                $"floating IP {link.Id} is at the server {other}, where it was moved by somebody else");
        }

        await Services.Actions.WaitAsync(
            await MoveAsync(link.Id, server, operation, cancellation), operation, cancellation);
        return Observe(await GetAsync(link.Id, operation, cancellation));
    }

    /// <summary>Those of the platform's servers, as an adopted address carries no label of ours.</summary>
    protected override async Task<IReadOnlyList<Link>> ListAsync(string platformId, CancellationToken cancellation)
    {
        var path = $"servers?{OwnerLabels.Selector(platformId)}&sort=id:asc";
        var servers =
            await Client.ListAsync<ServerPage, ServerSchema>(path, HetznerJson.Default.ServerPage, cancellation);
        return [.. servers.SelectMany(server =>
            (server.PublicNet.FloatingIps ?? []).Order().Select(id => new Link(id, server.Id, Value.Map.Empty)))];
    }

    protected override async Task<Link?> FindAsync(
        long id, OperationContext? operation, CancellationToken cancellation) =>
        await Client.FindAsync(
            $"floating_ips/{id}", HetznerJson.Default.FloatingIpReply, operation, cancellation) is { } reply
            ? new Link(reply.FloatingIp.Id, reply.FloatingIp.Server, Value.Map.Empty)
            : null;

    protected override async Task<IReadOnlyList<ActionSchema>> JoinAsync(
        long id, long server, OperationContext operation, CancellationToken cancellation)
    {
        var body = Body.Of(new FloatingIpAssign(server), HetznerJson.Default.FloatingIpAssign);
        var path = $"floating_ips/{id}/actions/assign";
        return (await Client.PostAsync(path, body, HetznerJson.Default.ActionReply, operation, cancellation)).All;
    }

    protected override async Task<IReadOnlyList<ActionSchema>> PartAsync(
        long id, OperationContext operation, CancellationToken cancellation)
    {
        var path = $"floating_ips/{id}/actions/unassign";
        return (await Client.PostAsync(path, HetznerJson.Default.ActionReply, operation, cancellation)).All;
    }

    /// <summary>
    /// Hetzner moves an assigned address in one step, though its documentation also lists a refusal for it
    /// (<c>floating_ip_assigned</c>); then it leaves the old server first.
    /// </summary>
    private async Task<IReadOnlyList<ActionSchema>> MoveAsync(
        long id, long server, OperationContext operation, CancellationToken cancellation)
    {
        try
        {
            return await JoinAsync(id, server, operation, cancellation);
        }
        catch (ProviderException exception) when (exception.CloudCode == "floating_ip_assigned")
        {
            await Services.Actions.WaitAsync(await PartAsync(id, operation, cancellation), operation, cancellation);
            return await JoinAsync(id, server, operation, cancellation);
        }
    }
}
