using Orrery.Engine.Ports;
using Orrery.Model.Platforms;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Machines.Kinds;
using Orrery.Providers.Talos.Api;
using Orrery.Providers.Talos.Upgrades;

namespace Orrery.Providers.Talos.Kinds;

/// <summary>
/// A machine with its configuration. Making it waits until the machine asks for one, looks that it is the one whose
/// console was read, gives it, and waits until it answers to its cluster's authority.
/// </summary>
/// <param name="nodes">Opens clients.</param>
/// <param name="console">Where a machine without a configuration says by what it is known.</param>
/// <param name="render">The text of a configuration as its resource has it. Secret.</param>
/// <param name="fleet">All machines of the cluster.</param>
internal sealed class MachineHandler(
    TalosNodes nodes, IMachineConsole console, Func<Value, string> render, TalosFleet fleet)
    : RememberedHandler, IPerformsSteps
{
    /// <summary>The field with those whose turn in an upgrade is before this one's.</summary>
    public const string After = "after";

    /// <summary>
    /// Fingerprints that people read from consoles themselves, by cluster and node: these machines are not restarted.
    /// </summary>
    public ValueMap<string> Accepted { get; init; } = ValueMap<string>.Empty;

    /// <summary>
    /// The step before its machine is stopped: it leaves etcd and wipes itself, or, where it is needed or alone, it
    /// only goes off. A machine that is out of reach does not hold anybody up.
    /// </summary>
    public const string Goodbye = "goodbye";

    private const string Configuration = "configuration";

    /// <summary>
    /// A machine that shows another certificate again and again is not the one whose console is read.
    /// </summary>
    private const int OthersMax = 3;

    private static readonly TimeSpan AskInterval = TimeSpan.FromSeconds(5);

    /// <summary>A machine that ends is asked for one number, and nobody else waits for anything.</summary>
    private static readonly TimeSpan GoneInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a machine that shall end may be out of reach before it counts as gone.</summary>
    private static readonly TimeSpan ReachableMax = TimeSpan.FromSeconds(30);

    /// <summary>How long it may take to end: etcd is left, services are stopped, partitions wiped.</summary>
    private static readonly TimeSpan EndingMax = TimeSpan.FromMinutes(2);

    public static ResourceKind Definition { get; } = new()
    {
        Type = "talos/machine",
        Fields = ValueMap.Of(
            ("server", FieldRule.Replaces),
            (TalosNodes.Address, FieldRule.Replaces),
            (Configuration, FieldRule.Updates with { WriteOnly = true }),
            (NodeUpgrade.Talos, FieldRule.Updates),
            (NodeUpgrade.ApiServer, FieldRule.Updates),
            (NodeUpgrade.Controllers, FieldRule.Updates),
            (NodeUpgrade.Kubelet, FieldRule.Updates),
            ("installer", FieldRule.CreateOnly),
            (After, FieldRule.CreateOnly),

            // A renewed certificate opens the same machine.
            (TalosNodes.Authority, FieldRule.CreateOnly),
            (TalosNodes.ClientCertificate, FieldRule.CreateOnly),
            (TalosNodes.ClientKey, FieldRule.CreateOnly with { WriteOnly = true })),
        StableOutputs =
        [
            "id", TalosNodes.Address, TalosNodes.Authority, TalosNodes.ClientCertificate, TalosNodes.ClientKey,
        ],
        Ephemeral = true,
        TypicalDuration = TimeSpan.FromSeconds(90),
    };

    public override ResourceKind Kind => Definition;

    /// <summary>What runs there, as fields of its resource.</summary>
    public static IEnumerable<(string Key, Value Value)> VersionFields(TalosPlace place)
    {
        yield return (NodeUpgrade.Talos, place.Versions.Talos);
        yield return (NodeUpgrade.Kubelet, place.Versions.Kubelet);
        yield return ("installer", place.Machine.Install.Image);
        if (place.Pool.Role != NodeRole.ControlPlane)
            yield break;
        yield return (NodeUpgrade.ApiServer, place.Versions.ApiServer);
        yield return (NodeUpgrade.Controllers, place.Versions.Controllers);
    }

    /// <summary>
    /// Repeated after a crash, or after a reply that was lost, it finds the machine with its configuration, and gives
    /// it once more, which changes nothing.
    /// </summary>
    public override async Task<Observed> CreateAsync(
        CreateRequest request, OperationContext operation, CancellationToken cancellation)
    {
        var (desired, seen) = (request.Desired, new Seen());
        if (Accepted.TryGetValue($"{request.Address.Cluster}/{request.Address.Name}", out var accepted))
            seen = new Seen { Fingerprint = accepted, IsAccepted = true };
        await nodes.UntilAsync(
            "the machine takes its configuration",
            async () => (await GiveAsync(desired, seen, operation, cancellation), "it is about to restart"),
            operation, cancellation);
        var server = desired["server"].AsText() ?? "";
        return Remember(server, desired, TalosNodes.AccessOf(server, desired), isReady: false);
    }

    /// <summary>
    /// A machine that answers to its authority; where it has another configuration, that is to be changed.
    /// </summary>
    public override async Task<Observed?> FindExistingAsync(CreateRequest request, CancellationToken cancellation)
    {
        var desired = request.Desired;
        if (!AreKnown(
                desired["server"], desired[TalosNodes.Address], desired[Configuration], desired[TalosNodes.Authority],
                desired[TalosNodes.ClientCertificate], desired[TalosNodes.ClientKey]))
        {
            return null;
        }

        var client = nodes.Configured(desired, OperationContext.Silent(request.Address));
        var difference = await TalosNodes.TryAsync(() => client.ApplyAsync(
            render(desired[Configuration]), ApplyMode.Auto, isDryRun: true, null, cancellation));
        if (difference is null)
            return null;
        var server = desired["server"].AsText() ?? "";
        var properties = difference.Details.Contains("No changes", StringComparison.OrdinalIgnoreCase)
            ? desired
            : new Value.Map(desired.Fields.With(Configuration, ""));
        return Remember(Found(request, server, properties, TalosNodes.AccessOf(server, desired)));
    }

    public override async Task<Observed> AwaitReadyAsync(
        string id, OperationContext operation, CancellationToken cancellation)
    {
        var machine = await base.AwaitReadyAsync(id, operation, cancellation);
        await AwaitAnswerAsync(nodes.Configured(machine.Outputs, operation), operation, cancellation);
        return Remember(machine with { IsReady = true });
    }

    public override async Task<Observed> UpdateAsync(
        UpdateRequest request, OperationContext operation, CancellationToken cancellation)
    {
        var desired = request.Desired;
        if (desired.Fields.ContainsKey(After))
        {
            await new NodeUpgrade(nodes, fleet, render).RunAsync(
                operation.Address.Name, request.Before, desired, operation, cancellation);
            return Remember(request.Id, desired, TalosNodes.AccessOf(request.Id, desired));
        }

        var client = nodes.Configured(desired, operation);
        await nodes.UntilAsync(
            "the machine takes its changed configuration",
            async () =>
            {
                var applied = await client.ApplyAsync(
                    render(desired[Configuration]), ApplyMode.Auto, isDryRun: false, null, cancellation);
                return (applied, "");
            },
            operation, cancellation);
        await AwaitAnswerAsync(client, operation, cancellation);
        return Remember(request.Id, desired, TalosNodes.AccessOf(request.Id, desired));
    }

    public async Task PerformAsync(
        string step, string id, OperationContext operation, CancellationToken cancellation)
    {
        if (step != Goodbye)
            throw new ProviderException(ProviderErrorCode.Invalid, $"{Kind.Type} knows no step {step}");
        if (Find(id) is not { } machine)
            return;
        var client = nodes.Configured(machine.Outputs, operation);
        var node = operation.Address.Name;
        if (operation.EndsAll || fleet.Find(node) is not null || fleet.ControlPlanes.Count == 0)
            await EndAsync(client, operation, cancellation);
        else
            await new NodeDeparture(nodes, fleet, token => EndAsync(client, operation, token))
                .RunAsync(node, machine.Outputs, operation, cancellation);
    }

    /// <summary>The machine's own end, as far as it is there.</summary>
    private async Task EndAsync(TalosClient client, OperationContext operation, CancellationToken cancellation)
    {
        if (!await WithinAsync(ReachableMax, either => SayGoodbyeAsync(client, operation, either), cancellation))
            return;
        await WithinAsync(
            EndingMax,
            async either =>
            {
                while (await TalosNodes.TryAsync(() => client.VersionAsync(either)) is not null)
                {
                    operation.Waiting(new WaitState("the machine has ended", "it answers still"));
                    await Task.Delay(GoneInterval, nodes.Time, either);
                }
            },
            cancellation);
    }

    /// <summary>
    /// Gives the configuration to whoever is there; null where the machine is known to go on by itself.
    /// </summary>
    private async Task<AppliedConfiguration?> GiveAsync(
        Value.Map desired, Seen seen, OperationContext operation, CancellationToken cancellation)
    {
        var text = render(desired[Configuration]);
        var configured = nodes.Configured(desired, operation);
        if (await TalosNodes.TryAsync(() => configured.VersionAsync(cancellation)) is not null)
            return await configured.ApplyAsync(text, ApplyMode.Auto, isDryRun: false, null, cancellation);
        seen.Fingerprint ??= await ReadFingerprintAsync(desired, configured, operation, cancellation);
        if (seen.Fingerprint is null)
            return null;
        // Whoever was called so before is gone with its disk.
        if (desired.Fields.ContainsKey(NodeUpgrade.ApiServer))
            await fleet.ForgetMemberAsync(operation.Address.Name, desired, operation, cancellation);
        try
        {
            return await nodes.Maintenance(desired[TalosNodes.Address].AsText() ?? "", seen.Fingerprint, operation)
                .ApplyAsync(text, ApplyMode.Auto, isDryRun: false, null, cancellation);
        }
        catch (ProviderException refusal) when (refusal.Code == ProviderErrorCode.Foreign)
        {
            // It may have started once more since, or got its configuration just now and shows another certificate.
            if (!seen.IsAccepted)
                seen.Fingerprint = null;
            if ((++seen.Others >= OthersMax || seen.IsAccepted)
                && await TalosNodes.TryAsync(() => configured.VersionAsync(cancellation)) is null)
                throw;
            return null;
        }
    }

    /// <summary>
    /// Starts the machine again and reads its console, because each boot into maintenance mode has another fingerprint
    /// and prints it once. Null where it answers with a configuration meanwhile: then it prints none.
    /// </summary>
    private async Task<string?> ReadFingerprintAsync(
        Value.Map desired, TalosClient configured, OperationContext operation, CancellationToken cancellation)
    {
        using var answered = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        operation.Waiting(new WaitState("the machine prints its fingerprint", "it boots"));
        var reading = console.ReadBootAsync(
            desired["server"].AsText() ?? "", HasFingerprint, operation, answered.Token);
        while (true)
        {
            await Task.WhenAny(reading, Task.Delay(AskInterval, nodes.Time, answered.Token));
            if (reading.IsCompleted)
                return ConsoleFingerprint.Find(await reading);
            if (await TalosNodes.TryAsync(() => configured.VersionAsync(cancellation)) is null)
                continue;
            await answered.CancelAsync();
            await Task.WhenAny(reading);
            return null;
        }
    }

    private static bool HasFingerprint(string text) => ConsoleFingerprint.Find(text) is not null;

    private async Task AwaitAnswerAsync(
        TalosClient client, OperationContext operation, CancellationToken cancellation) => await nodes.UntilAsync(
            "the machine answers with its configuration",
            async () =>
            {
                var condition = await client.ConditionAsync(cancellation);
                var isUp = condition.Stage is MachineStage.Running or MachineStage.Booting;
                return (isUp ? condition : null, condition.InWords());
            },
            operation, cancellation);

    private async Task SayGoodbyeAsync(
        TalosClient client, OperationContext operation, CancellationToken cancellation) =>
        await nodes.UntilAsync(
            "the machine says goodbye",
            async () =>
            {
                try
                {
                    await client.ResetAsync(
                        new ResetOrder { IsGraceful = true, Reboots = false, Partitions = ["STATE", "EPHEMERAL"] },
                        cancellation);
                }
                catch (ProviderException refusal) when (refusal.Code == ProviderErrorCode.ActionFailed)
                {
                    // The last member of etcd, or one without which the others cannot agree.
                    await client.ShutdownAsync(isForced: true, cancellation);
                }

                return ((object?)Goodbye, "");
            },
            operation, cancellation);

    /// <summary>Whether it came to its end in time.</summary>
    private async Task<bool> WithinAsync(
        TimeSpan limit, Func<CancellationToken, Task> work, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(limit, nodes.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        try
        {
            await work(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>What is known of a machine while its configuration is given to it.</summary>
    private sealed class Seen
    {
        public string? Fingerprint { get; set; }

        /// <summary>A person said so: no other one is looked for.</summary>
        public bool IsAccepted { get; init; }

        /// <summary>How often it showed another one than its console says.</summary>
        public int Others { get; set; }
    }
}
