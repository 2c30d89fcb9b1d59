using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Edge;
using Orrery.Providers.Machines;

namespace Orrery.Providers.Talos.Kinds;

/// <summary>
/// A node in a tailnet, with the routes that others reach through it. It joins by a key of minutes, which is made over
/// SSH, stands in its configuration until it has joined, and is taken out again. Known by its name among the machines
/// of the platform's user.
/// </summary>
/// <param name="nodes">Opens clients.</param>
/// <param name="shell">The way to Headscale.</param>
/// <param name="render">The text of a configuration as its resource has it, with a key or none. Secret.</param>
/// <param name="declared">Whose machines are listed; null where there is no tailnet.</param>
internal sealed class TailnetMemberHandler(
    TalosNodes nodes, IMachineShell shell, Func<Value, string?, string> render, TailnetUser? declared)
    : IResourceHandler, IIdentifiedByInputs
{
    private const string Configuration = "configuration";

    public static ResourceKind Definition { get; } = new()
    {
        Type = "talos/tailnet-member",
        Fields = ValueMap.Of(
            // Another machine is no member yet, whatever it is called.
            ("machine", FieldRule.Replaces with { WriteOnly = true }),
            ("name", FieldRule.Replaces),
            ("headscale", FieldRule.Replaces),
            ("user", FieldRule.Replaces),
            ("url", FieldRule.Replaces with { WriteOnly = true }),
            ("routes", FieldRule.Updates with { Unordered = true }),
            (Configuration, FieldRule.CreateOnly with { WriteOnly = true }),
            (TalosNodes.Address, FieldRule.CreateOnly),
            (TalosNodes.Authority, FieldRule.CreateOnly),
            (TalosNodes.ClientCertificate, FieldRule.CreateOnly),
            (TalosNodes.ClientKey, FieldRule.CreateOnly with { WriteOnly = true })),
        HasGenerations = false,
        TypicalDuration = TimeSpan.FromSeconds(15),
    };

    public ResourceKind Kind => Definition;

    public string? IdOf(Value.Map desired) => $"{TailnetMember.Of(desired)}";

    /// <summary>One question for all of the platform's machines.</summary>
    public async Task<IReadOnlyList<Observed>> ListOwnedAsync(string platformId, CancellationToken cancellation)
    {
        if (declared is null)
            return [];
        var all = await Server(declared, Silent).MachinesAsync(declared.Name, cancellation);
        return [.. all.DistinctBy(machine => machine.Name).Select(machine => Observe(
            new TailnetMember(declared, machine.Name), machine))];
    }

    public async Task<Observed?> ReadAsync(string id, CancellationToken cancellation) =>
        TailnetMember.Parse(id) is { } member && await FindAsync(member, Silent, cancellation) is { } found
            ? Observe(member, found)
            : null;

    public Task<Observed?> FindExistingAsync(CreateRequest request, CancellationToken cancellation) =>
        ReadAsync(IdOf(request.Desired) ?? "", cancellation);

    /// <summary>
    /// Whoever was called so before goes: it is the machine before this one, or this one by a key whose reply was lost.
    /// </summary>
    public async Task<Observed> CreateAsync(
        CreateRequest request, OperationContext operation, CancellationToken cancellation)
    {
        var (desired, member) = (request.Desired, TailnetMember.Of(request.Desired));
        var server = Server(member.User, operation);
        await server.RemoveAsync(member.User.Name, member.Name, cancellation);
        var key = await server.MakeKeyAsync(member.User.Name, cancellation);
        await ApplyAsync(desired, key, operation, cancellation);
        return await OpenAsync(member, desired, operation, cancellation);
    }

    public async Task<Observed> AwaitReadyAsync(
        string id, OperationContext operation, CancellationToken cancellation) =>
        await ReadAsync(id, cancellation)
        ?? throw new ProviderException(ProviderErrorCode.NotFound, $"'{id}' is in no tailnet");

    public Task<Observed> UpdateAsync(
        UpdateRequest request, OperationContext operation, CancellationToken cancellation) =>
        OpenAsync(TailnetMember.Of(request.Desired), request.Desired, operation, cancellation);

    public async Task DeleteAsync(DeleteRequest request, OperationContext operation, CancellationToken cancellation)
    {
        if (TailnetMember.Parse(request.Id) is { } member)
            await Server(member.User, operation).RemoveAsync(member.User.Name, member.Name, cancellation);
    }

    private static OperationContext Silent =>
        OperationContext.Silent(ResourceAddress.Of("any", Definition.Type, "any"));

    /// <summary>
    /// Waits until it is there, takes the key out of its configuration, and only then lets others through: so one whose
    /// routes are open is complete.
    /// </summary>
    private async Task<Observed> OpenAsync(
        TailnetMember member, Value.Map desired, OperationContext operation, CancellationToken cancellation)
    {
        var routes = desired["routes"].AsList().Select(route => route.AsText() ?? "").ToValueList();
        await AwaitAsync(member, routes, operation, cancellation);
        // Its service starts anew with other variables.
        await ApplyAsync(desired, null, operation, cancellation);
        var joined = await AwaitAsync(member, routes, operation, cancellation);
        await Server(member.User, operation).ApproveAsync(joined.Id, routes, cancellation);
        return Observe(member, joined with { Approved = routes });
    }

    private Task<HeadscaleMachine> AwaitAsync(
        TailnetMember member, ValueList<string> routes, OperationContext operation, CancellationToken cancellation) =>
        nodes.UntilAsync(
            "the node is in its tailnet with its routes",
            async () =>
            {
                var found = await FindAsync(member, operation, cancellation);
                var isThere = found is { IsOnline: true } && routes.All(found.Offered.Contains);
                return (isThere ? found : null, found is null ? "Headscale does not know it"
                    : found.IsOnline ? $"it offers {Words(found.Offered)}" : "it is offline");
            },
            operation, cancellation);

    private Task ApplyAsync(
        Value.Map desired, string? key, OperationContext operation, CancellationToken cancellation) => nodes.UntilAsync(
            "the machine takes its changed configuration",
            async () => (
                await nodes.Configured(desired, operation).ApplyAsync(
                    render(desired[Configuration], key), Api.ApplyMode.NoReboot, isDryRun: false, null, cancellation),
                ""),
            operation, cancellation);

    private async Task<HeadscaleMachine?> FindAsync(
        TailnetMember member, OperationContext operation, CancellationToken cancellation) =>
        (await Server(member.User, operation).MachinesAsync(member.User.Name, cancellation))
            .LastOrDefault(machine => machine.Name == member.Name);

    private HeadscaleServer Server(TailnetUser user, OperationContext operation) =>
        new(new MachineCommands(shell, nodes.Time, operation), SshHost.OfUser(user.Headscale));

    private static string Words(ValueList<string> routes) =>
        routes.Count == 0 ? "no route" : string.Join(", ", routes);

    private static Observed Observe(TailnetMember member, HeadscaleMachine machine) => new()
    {
        Id = $"{member}",
        Name = member.Name,
        Owner = null,
        IsReady = true,
        Properties = Value.MapOf(
            ("name", member.Name),
            ("headscale", member.User.Headscale),
            ("user", member.User.Name),
            ("routes", Value.ListOf(machine.Approved.Select(route => (Value)route)))),
        Outputs = Value.MapOf(("id", $"{member}")),
    };

    /// <summary>A node by its name in the tailnet.</summary>
    private sealed record TailnetMember(TailnetUser User, string Name)
    {
        public static TailnetMember Of(Value.Map fields) => new(
            new TailnetUser(fields["headscale"].AsText() ?? "", fields["user"].AsText() ?? ""),
            fields["name"].AsText() ?? "");

        public static TailnetMember? Parse(string id) => id.Split(' ') is [var headscale, var user, var name]
            ? new TailnetMember(new TailnetUser(headscale, user), name)
            : null;

        public override string ToString() => $"{User.Headscale} {User.Name} {Name}";
    }
}
