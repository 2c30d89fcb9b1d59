using Orrery.Engine.Ports;
using Orrery.Model.Plans;
using Orrery.Model.Resources;
using Orrery.Model.Values;

namespace Orrery.Providers.Machines.Kinds;

/// <summary>
/// A machine that is known by a host key of its own and has everything that K3s needs but its secrets. Nobody hands
/// anything to a machine that is not. Where its cluster runs on another machine, it has that one's images too.
/// </summary>
internal sealed class PreparedHandler(
    IMachineShell shell, KnownHosts knownHosts, IRunningCluster running, TimeProvider time) : RememberedHandler
{
    public static ResourceKind Definition { get; } = new()
    {
        Type = "machine/prepared",
        Fields = ValueMap.Of(
            ("server", FieldRule.Replaces),
            ("address", FieldRule.Replaces),
            ("user", FieldRule.Replaces),

            // Another one comes with another machine; one that was made anew because the state was lost means nothing.
            ("oneTimeHostKey", FieldRule.CreateOnly),
            ("k3s", FieldRule.CreateOnly),
            ("k9s", FieldRule.CreateOnly)),
        StableOutputs = ["id", "server", "address", "user", "hostKeys"],
        TypicalDuration = TimeSpan.FromSeconds(75),
    };

    public override ResourceKind Kind => Definition;

    /// <summary>
    /// Waits as long as its deadline allows; what it waits for is told with the machine's own last words. Repeated
    /// after a crash, it finds the machine as it left it, because both keys open it until K3s is about to start.
    /// </summary>
    public override async Task<Observed> CreateAsync(
        CreateRequest request, OperationContext operation, CancellationToken cancellation)
    {
        var desired = request.Desired;
        var server = desired["server"].AsText() ?? "";
        var commands = new MachineCommands(shell, time, operation);

        // The one-time key of a machine that was prepared before may be gone.
        string?[] known =
        [
            desired["oneTimeHostKey"].AsText(),
            await knownHosts.FindAsync(request.Address.Name, server, cancellation),
            Find(server) is { } prepared ? KeyOf(prepared.Outputs) : null,
        ];
        var born = HostOf(
            desired, known.OfType<string>().Where(key => key.Length > 0).Distinct(StringComparer.Ordinal));
        await commands.AskUntilAsync(born, PreparedTasks.Reach, cancellation);
        var key = PublicKeyIn(await commands.RunAsync(born, PreparedTasks.PinHostKey, cancellation));

        // Only what was seen to work is recorded.
        var pinned = HostOf(desired, [key]);
        await commands.AskUntilAsync(pinned, PreparedTasks.Reach, cancellation);
        string[] releases = [Releases.K3s(desired["k3s"].AsText() ?? ""), Releases.K9s(desired["k9s"].AsText() ?? "")];
        await PrepareAsync(commands, pinned, releases, cancellation);
        if (running.PredecessorOf(server) is { } predecessor)
            await commands.RunAsync(pinned, PreparedTasks.NamePredecessor, cancellation, predecessor);
        var images = await running.ImagesBesideAsync(server, cancellation);
        await FetchImagesAsync(commands, pinned, images, operation, cancellation);
        return Remember(server, desired, OutputsOf(server, pinned));
    }

    /// <summary>
    /// A machine that the repository knows and that says that it is prepared. One that does not answer so is not
    /// found; making it says why.
    /// </summary>
    public override async Task<Observed?> FindExistingAsync(CreateRequest request, CancellationToken cancellation)
    {
        var (desired, node) = (request.Desired, request.Address.Name);
        if (!AreKnown(desired["server"], desired["address"])
            || desired["server"].AsText() is not { } server
            || await knownHosts.FindAsync(node, server, cancellation) is not { } key)
            return null;
        var host = HostOf(desired, [key]);
        var commands = new MachineCommands(shell, time, new OperationContext(request.Address, static _ => { }));
        return await commands.AskAsync(host, PreparedTasks.AwaitPrepared, cancellation) is null
            ? null
            : Remember(Found(request, server, desired, OutputsOf(server, host)));
    }

    /// <summary>Not ready while the repository does not know it: then only the state does.</summary>
    public override async Task<Observed?> RecallAsync(RecordedResource recorded, CancellationToken cancellation) =>
        recorded.Id is { } id
            ? Remember(
                id, recorded.Inputs, recorded.Outputs,
                await knownHosts.FindAsync(recorded.Address.Name, id, cancellation) == KeyOf(recorded.Outputs))
            : null;

    /// <summary>Writes its key to the repository: before K3s starts, and the one-time key goes.</summary>
    public override async Task<Observed> AwaitReadyAsync(
        string id, OperationContext operation, CancellationToken cancellation)
    {
        var machine = await base.AwaitReadyAsync(id, operation, cancellation);
        await knownHosts.PutAsync(
            new KnownHosts.KnownHost(
                operation.Address.Name, machine.Outputs["address"].AsText() ?? "", KeyOf(machine.Outputs), id),
            cancellation);
        return Remember(machine with { IsReady = true });
    }

    public override Task DeleteAsync(
        DeleteRequest request, OperationContext operation, CancellationToken cancellation) =>
        knownHosts.RemoveAsync(request.Id, cancellation);

    private static Value.Map OutputsOf(string server, SshHost host) => Value.MapOf(
        ("id", server),
        ("server", server),
        ("address", host.Address),
        ("user", host.User),
        ("hostKeys", Value.ListOf(host.HostKeys.Select(key => (Value)key))));

    private static string KeyOf(Value.Map outputs) =>
        outputs["hostKeys"].AsList() is [var key, ..] ? key.AsText() ?? "" : "";

    /// <summary>A failed preparation is repeated once before anybody hears of it: it is downloads mostly.</summary>
    private static async Task PrepareAsync(
        MachineCommands commands, SshHost host, string[] releases, CancellationToken cancellation)
    {
        try
        {
            await commands.AskUntilAsync(host, PreparedTasks.AwaitPrepared, cancellation);
        }
        catch (ProviderException refusal) when (refusal.CloudCode == PreparedTasks.AwaitPrepared.Name)
        {
            try
            {
                await commands.RunAsync(host, PreparedTasks.PrepareAgain, cancellation, releases);
            }
            catch (ProviderException again) when (again.CloudCode == PreparedTasks.PrepareAgain.Name)
            {
                // The next question has the whole diagnosis.
            }

            await commands.AskUntilAsync(host, PreparedTasks.AwaitPrepared, cancellation);
        }
    }

    /// <summary>
    /// While the old machine serves, so that the new one pulls nothing once it does. It only saves time: what is not
    /// fetched here is pulled when its pod starts.
    /// </summary>
    private static async Task FetchImagesAsync(
        MachineCommands commands, SshHost host, ValueList<string> images, OperationContext operation,
        CancellationToken cancellation)
    {
        if (images.Count == 0)
            return;
        var task = PreparedTasks.FetchImages;
        operation.Waiting(new WaitState(task.Purpose, $"{images.Count} images"));
        try
        {
            await commands.RunAsync(host, task, cancellation, [.. images]);
        }
        catch (ProviderException refusal) when (refusal.Code != ProviderErrorCode.NotWriter)
        {
            operation.Waiting(new WaitState(task.Purpose, refusal.Message));
        }
    }

    private static SshHost HostOf(Value.Map desired, IEnumerable<string> keys) => new(
        desired["address"].AsText() ?? "", 22, desired["user"].AsText() ?? "root", keys.ToValueList());

    /// <summary>The machine's answer is data from outside: one key, of the kind that it was told to make.</summary>
    private static string PublicKeyIn(string output)
    {
        var words = output.Split(' ', '\n');
        return words is ["ssh-ed25519", { Length: > 40 and < 200 } key, ..] && key.All(IsBase64)
            ? $"ssh-ed25519 {key}"
            : throw new ProviderException(
                ProviderErrorCode.ActionFailed, "the machine answered with something that is no public host key");
    }

    private static bool IsBase64(char character) =>
        char.IsAsciiLetterOrDigit(character) || character is '+' or '/' or '=';
}
