using System.Text.Json.Serialization.Metadata;
using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Hetzner.Wire;
using Orrery.Providers.Machines;

namespace Orrery.Providers.Hetzner.Kinds;

/// <summary>A machine. It is cheap to make anew, so only its firewalls change in place.</summary>
internal sealed class ServerHandler(HetznerServices services)
    : LabelledHandler<ServerSchema, ServerReply, ServerPage>(services), IPerformsSteps, IPriced
{
    public const string Shutdown = "shutdown";

    /// <summary>
    /// On a server of an alternative type: the type that was wanted. Read back as the server's type, so that a server
    /// that was made of the second choice is not replaced at the next run.
    /// </summary>
    private const string InsteadOfLabel = "orrery.dev/instead-of";

    /// <summary>systemd lets a unit take 90 s to stop before it kills it (DefaultTimeoutStopSec).</summary>
    private static readonly TimeSpan ShutdownMax = TimeSpan.FromSeconds(90);

    public static ResourceKind Definition { get; } = new()
    {
        Type = "hetzner/server",
        Fields = ValueMap.Of(
            ("type", FieldRule.Replaces),
            ("typeAlternatives", FieldRule.CreateOnly),
            ("image", FieldRule.Replaces),
            ("location", FieldRule.Replaces),
            ("sshKeys", FieldRule.CreateOnly),
            ("firewalls", FieldRule.Updates with { Unordered = true }),

            // A primary IP moves only while both servers are off: it comes to a server when that is made.
            ("primaryIpv4", FieldRule.CreateOnly),
            ("publicIpv6", FieldRule.Replaces),

            // A machine's specification, or a text that is sent as it is. A machine boots from it once.
            ("userData", FieldRule.CreateOnly with { WriteOnly = true })),
        StableOutputs = ["id", "ipv4", "ipv6", "type"],
        Ephemeral = true,
        TypicalDuration = TimeSpan.FromSeconds(25),
    };

    public override ResourceKind Kind => Definition;

    protected override string Path => "servers";

    protected override JsonTypeInfo<ServerReply> ReplyType => HetznerJson.Default.ServerReply;

    protected override JsonTypeInfo<ServerPage> PageType => HetznerJson.Default.ServerPage;

    /// <summary>Asks for the first type, and where there is none left, for the alternatives in their order.</summary>
    public override async Task<Observed> CreateAsync(
        CreateRequest request, OperationContext operation, CancellationToken cancellation)
    {
        var wanted = request.Desired["type"].AsText() ?? "";
        string[] types = [wanted, .. request.Desired["typeAlternatives"].AsList().Select(type => type.AsText() ?? "")];
        for (var choice = 0; ; choice++)
        {
            try
            {
                var body = Body.Of(BodyOf(request, types[choice], wanted), HetznerJson.Default.ServerCreate);
                return await MakeAsync(body, operation, cancellation);
            }
            catch (ProviderException exception)
                when (exception.Code == ProviderErrorCode.CapacityUnavailable && choice + 1 < types.Length)
            {
                operation.Waiting(new WaitState($"a server of type {types[choice + 1]}", exception.Message));
            }
        }
    }

    public override async Task<Observed> AwaitReadyAsync(
        string id, OperationContext operation, CancellationToken cancellation)
    {
        var observed = await base.AwaitReadyAsync(id, operation, cancellation);
        if (observed.IsReady)
            return observed;
        await AwaitRunningAsync(id, operation, cancellation);
        var server = await AwaitStatusAsync(id, ["running", "off"], operation, cancellation);

        // Hetzner starts new servers itself; one that is off all the same was switched off or failed to start.
        if (server.Status == "off")
        {
            await ActAsync(ActionOf(server, "poweron"), operation, cancellation);
            server = await AwaitStatusAsync(id, ["running"], operation, cancellation);
        }

        return Observe(server);
    }

    /// <summary>
    /// <c>shutdown</c>: the operating system is asked to stop; what does not stop in time is switched off. One that
    /// has said that it let its disks go is left as it is: that is all that a shutdown is for.
    /// </summary>
    public async Task PerformAsync(string step, string id, OperationContext operation, CancellationToken cancellation)
    {
        Invariant.Check(step == Shutdown, $"a server cannot do the step '{step}'");
        if (Services.Released.Contains(id)
            || await FindAsync(id, operation, cancellation) is not { } server || server.Status == "off")
        {
            return;
        }

        // The action says only that the request was passed on; the status says when the machine is off.
        await ActAsync(ActionOf(server, "shutdown"), operation, cancellation);
        using var patience = new CancellationTokenSource(ShutdownMax, Services.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        try
        {
            await AwaitStatusAsync(id, ["off"], operation, either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            await ActAsync(ActionOf(server, "poweroff"), operation, cancellation);
            await AwaitStatusAsync(id, ["off"], operation, cancellation);
        }
    }

    public async Task<decimal?> PricePerMonthAsync(Value.Map desired, CancellationToken cancellation)
    {
        var location = desired["location"].AsText() ?? "";
        var server = await Services.Prices.ServerAsync(desired["type"].AsText() ?? "", location, cancellation);

        // Hetzner sells the IPv4 address apart; one of its own comes with a server that brings none.
        return desired["primaryIpv4"] is Value.Null
            ? server + await Services.Prices.PrimaryIpAsync("ipv4", location, cancellation)
            : server;
    }

    protected override Observed Observe(ServerSchema server)
    {
        var properties = ValueMap.Of<Value>(
            ("type", server.Labels.GetValueOrDefault(InsteadOfLabel, server.ServerType.Name)),
            ("location", server.Location.Name),
            ("firewalls", HetznerId.ListOf((server.PublicNet.Firewalls ?? []).Select(firewall => firewall.Id))),
            ("primaryIpv4", HetznerId.ValueOf(server.PublicNet.Ipv4?.Id)),
            ("publicIpv6", server.PublicNet.Ipv6 is not null));

        // Hetzner forgets the names of images that it no longer offers; then there is nothing to compare.
        if (server.Image?.Name is { } image)
            properties = properties.With("image", image);
        var outputs = Value.MapOf(
            ("ipv4", server.PublicNet.Ipv4 is { } ipv4 ? ipv4.Ip : Value.Null.Instance),
            ("ipv6", server.PublicNet.Ipv6 is { } ipv6 ? ipv6.Ip : Value.Null.Instance),
            ("type", server.ServerType.Name));
        return Observed(server, new Value.Map(properties), outputs, server.Status == "running");
    }

    protected override async Task ChangeAsync(
        ServerSchema current, Value.Map desired, OperationContext operation, CancellationToken cancellation)
    {
        var have = (current.PublicNet.Firewalls ?? []).Select(firewall => firewall.Id).Order().ToArray();
        var want = desired["firewalls"].AsList().Select(HetznerId.Parse).Order().ToArray();
        FirewallResourceSchema[] server = [new("server", new ReferenceSchema(current.Id))];

        // Protected by the new ones before the old ones go.
        foreach (var firewall in want.Except(have))
        {
            var body = Body.Of(new FirewallApply(server), HetznerJson.Default.FirewallApply);
            await ActAsync($"firewalls/{firewall}/actions/apply_to_resources", body, operation, cancellation);
        }

        foreach (var firewall in have.Except(want))
        {
            var body = Body.Of(new FirewallRemove(server), HetznerJson.Default.FirewallRemove);
            await ActAsync($"firewalls/{firewall}/actions/remove_from_resources", body, operation, cancellation);
        }
    }

    private Task<ServerSchema> AwaitStatusAsync(
        string id, string[] statuses, OperationContext operation, CancellationToken cancellation)
    {
        var awaited = new Awaited<ServerSchema>(
            () => GetAsync(id, operation, cancellation),
            server => statuses.Contains(server.Status),
            server => new WaitState($"the server is {string.Join(" or ", statuses)}", server.Status));
        return PollStatus.UntilAsync(Services.Time, awaited, operation, cancellation);
    }

    private static ServerCreate BodyOf(CreateRequest request, string type, string wanted)
    {
        var desired = request.Desired;
        var labels = OwnerLabels.Of(request.Owner, request.Address);
        if (type != wanted)
            labels[InsteadOfLabel] = wanted;
        long? primaryIpv4 = desired["primaryIpv4"].AsText() is { } id ? HetznerId.Parse(id) : null;
        return new ServerCreate
        {
            Name = request.Name,
            ServerType = type,
            Image = desired["image"].AsText() ?? "",
            Location = desired["location"].AsText() ?? "",
            Labels = labels,
            SshKeys = [.. desired["sshKeys"].AsList().Select(key => key.AsText() ?? "")],
            Firewalls = [.. desired["firewalls"].AsList().Select(f => new ServerFirewall(HetznerId.Parse(f)))],
            PublicNet = new ServerPublicNet(true, desired["publicIpv6"].AsBool(), primaryIpv4),
            UserData = UserDataOf(desired["userData"]),
        };
    }

    private static string? UserDataOf(Value specification) => specification switch
    {
        Value.Sensitive sensitive => UserDataOf(sensitive.Of),
        Value.Map machine => UserData.Render(machine),
        Value.Text text => UserData.Fitting(text.Of, "the server", ""),
        _ => null,
    };
}
