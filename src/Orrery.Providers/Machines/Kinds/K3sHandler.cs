using System.Text;
using Orrery.Engine.Ports;
using Orrery.Model.Plans;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Ssh;

namespace Orrery.Providers.Machines.Kinds;

/// <summary>
/// K3s, running on one machine. Making it delivers what must be there before its first start and starts it; deleting it
/// stops it and lets the machine's volumes go. Where Kubernetes goes on elsewhere, the datastore goes with a volume.
/// </summary>
internal sealed class K3sHandler(IMachineShell shell, ReleasedMachines released, TimeProvider time) : RememberedHandler
{
    /// <summary>Of <c>datastore</c>: a machine that takes this one's place goes on with it.</summary>
    public const string Kept = "goes with the volume";

    /// <summary>Of <c>datastore</c>: what Git and the keys give, and nothing else.</summary>
    public const string MadeAnew = "made anew";

    /// <summary>How long a machine that shall stop may be out of reach before it counts as gone.</summary>
    private static readonly TimeSpan ReachableMax = TimeSpan.FromSeconds(60);

    public static ResourceKind Definition { get; } = new()
    {
        Type = "machine/k3s",
        HasGenerations = false,
        Fields = ValueMap.Of(
            ("server", FieldRule.Replaces),
            ("address", FieldRule.Replaces),
            ("user", FieldRule.Replaces),
            ("hostKeys", FieldRule.Replaces),

            // What K3s stands on: a volume leaves only after K3s has stopped.
            ("attachments", FieldRule.Replaces with { Unordered = true }),
            ("mountPaths", FieldRule.Replaces),
            ("assignment", FieldRule.Updates),
            ("version", FieldRule.Updates),
            ("datastore", FieldRule.Updates),
            ("files", FieldRule.Updates with { WriteOnly = true }),
            ("running", FieldRule.Updates)),
        StableOutputs = ["id", "server", "address", "hostKeys"],
        TypicalDuration = TimeSpan.FromSeconds(30),
    };

    public override ResourceKind Kind => Definition;

    /// <summary>
    /// A start whose end is not recorded may have happened: it is there and not known to run, so that it is started
    /// once more or stopped, and never forgotten.
    /// </summary>
    public override Task<Observed?> RecallAsync(RecordedResource recorded, CancellationToken cancellation)
    {
        var id = recorded.Id ?? (recorded.IsPending ? recorded.Inputs["server"].AsText() : null);
        return Task.FromResult(id is null
            ? null
            : Remember(
                id,
                new Value.Map(recorded.Inputs.Fields.With("running", !recorded.IsPending)),
                recorded.Outputs,
                isReady: !recorded.IsPending));
    }

    /// <summary>K3s that runs and is ready on a machine that is known. One that does not is only started.</summary>
    public override async Task<Observed?> FindExistingAsync(CreateRequest request, CancellationToken cancellation)
    {
        var desired = request.Desired;
        if (!AreKnown(desired["server"], desired["address"], desired["hostKeys"])
            || desired["server"].AsText() is not { } server)
            return null;
        var commands = new MachineCommands(shell, time, new OperationContext(request.Address, static _ => { }));
        var host = MachineCommands.HostOf(desired);
        if (await commands.AskAsync(host, K3sTasks.AwaitReady, cancellation) is null
            || await commands.AskAsync(host, K3sTasks.ReadClusterId, cancellation) is not { } clusterId
            || await commands.AskAsync(host, K3sTasks.ReadVersion, cancellation) is not { } version
            || await commands.AskAsync(host, K3sTasks.ReadKubeconfig, cancellation) is not { } kubeconfig)
            return null;
        return Remember(Found(
            request,
            server,
            new Value.Map(desired.Fields.With("version", version)),
            OutputsOf(host, server, new Begun(clusterId, kubeconfig, ""))));
    }

    public override Task<Observed> CreateAsync(
        CreateRequest request, OperationContext operation, CancellationToken cancellation) =>
        BringUpAsync(request.Desired, K3sTasks.Start, operation, cancellation);

    /// <summary>New files count from a new start on; the containers run on meanwhile.</summary>
    public override async Task<Observed> UpdateAsync(
        UpdateRequest request, OperationContext operation, CancellationToken cancellation)
    {
        var (desired, commands) = (request.Desired, new MachineCommands(shell, time, operation));
        if (!request.Before["version"].Equals(desired["version"]))
        {
            await commands.RunAsync(
                MachineCommands.HostOf(desired), K3sTasks.Install, cancellation,
                Releases.K3s(desired["version"].AsText() ?? ""));
        }

        var onlyAddress = request.Before["running"].AsBool()
            && request.Before["version"].Equals(desired["version"])
            && request.Before["files"].Equals(FieldDifferences.Digest(desired["files"]));
        return await BringUpAsync(
            desired, onlyAddress ? K3sTasks.Start : K3sTasks.Restart, operation, cancellation);
    }

    /// <summary>
    /// Stops it and unmounts its volumes. A machine that cannot be reached, or will not stop, does not hold anybody up:
    /// whoever takes its disks shuts it down first, because it is not among the released.
    /// </summary>
    public override async Task DeleteAsync(
        DeleteRequest request, OperationContext operation, CancellationToken cancellation)
    {
        var known = request.Known;
        using var patience = new CancellationTokenSource(ReachableMax, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        var commands = new MachineCommands(shell, time, operation);
        var host = MachineCommands.HostOf(known);
        try
        {
            async Task Stop()
            {
                if (request.IsReplaced && known["datastore"].AsText() == Kept)
                    await HandOverAsync(commands, host, request, operation, cancellation);
                await commands.RunAsync(host, K3sTasks.Stop, cancellation, PathsOf(known));
            }

            await StopAsync(commands, host, Stop, either.Token);
            released.Add(request.Id);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            operation.Waiting(new WaitState("the machine answers by SSH", "it does not: it is shut down instead"));
        }
        catch (ProviderException refusal) when (!refusal.IsTransient && refusal.Code != ProviderErrorCode.NotWriter)
        {
            operation.Waiting(new WaitState("K3s stops", $"{refusal.Message}: the machine is shut down instead"));
        }
    }

    /// <param name="stop">May be repeated.</param>
    /// <param name="patience">Ends the waiting for a machine that does not answer, and not the stop.</param>
    private static async Task StopAsync(
        MachineCommands commands, SshHost host, Func<Task> stop, CancellationToken patience)
    {
        try
        {
            await stop();
        }
        catch (ProviderException refusal) when (refusal.IsTransient)
        {
            await commands.AskUntilAsync(host, PreparedTasks.Reach, patience);
            await stop();
        }
    }

    private static async Task HandOverAsync(
        MachineCommands commands, SshHost host, DeleteRequest request, OperationContext operation,
        CancellationToken cancellation)
    {
        var said = await commands.RunAsync(
            host, K3sTasks.HandOver, cancellation, PathsOf(request.Known)[0], request.Id);
        if (said.Length == 0)
            operation.Waiting(new WaitState("the datastore is handed over", "it cannot be copied: it is made anew"));
    }

    private async Task<Observed> BringUpAsync(
        Value.Map desired, MachineTask start, OperationContext operation, CancellationToken cancellation)
    {
        var commands = new MachineCommands(shell, time, operation);
        var host = MachineCommands.HostOf(desired);
        var server = desired["server"].AsText() ?? "";
        released.Remove(server);

        // The machine's own key is on our disk by now: what stands in user data may not open it any longer.
        await commands.RunAsync(host, PreparedTasks.RetireOneTimeKey, cancellation);
        await DeliverAsync(commands, host, desired["files"].AsList(), cancellation);
        var isKept = desired["datastore"].AsText() == Kept;
        if (isKept)
            await commands.RunAsync(host, K3sTasks.TakeOver, cancellation, PathsOf(desired)[0]);
        var startedAt = await commands.RunAsync(host, start, cancellation);
        await commands.AskUntilAsync(host, K3sTasks.AwaitReady, cancellation);
        var kubeconfig = commands.RunAsync(host, K3sTasks.ReadKubeconfig, cancellation);
        var clusterId = commands.AskUntilAsync(host, K3sTasks.ReadClusterId, cancellation);
        var dropped = isKept
            ? commands.RunAsync(host, K3sTasks.DropHandedOver, cancellation, PathsOf(desired))
            : Task.CompletedTask;
        await Task.WhenAll(kubeconfig, clusterId, dropped);
        return Remember(
            server, desired, OutputsOf(host, server, new Begun(await clusterId, await kubeconfig, startedAt)));
    }

    private static string[] PathsOf(Value.Map fields) =>
        [.. fields["mountPaths"].AsList().Select(path => path.AsText() ?? "")];

    private static Value.Map OutputsOf(SshHost host, string server, Begun begun) =>
        Value.MapOf(
            ("id", server),
            ("server", server),
            ("address", host.Address),
            ("hostKeys", Value.ListOf(host.HostKeys.Select(key => (Value)key))),
            ("clusterId", begun.ClusterId),
            ("startedAt", begun.Since),
            ("kubeconfig", new Value.Sensitive($"{begun.Kubeconfig}\n")));

    private static async Task DeliverAsync(
        MachineCommands commands, SshHost host, ValueList<Value> files, CancellationToken cancellation)
    {
        var all = files.SelectMany(file => FilesIn((Value.Map)file)).ToArray();
        var folders = all.Select(file => FolderOf(file["path"].AsText() ?? ""))
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        if (folders.Length > 0)
            await commands.RunAsync(host, K3sTasks.MakeFolders, cancellation, folders);
        // Each takes a login, so they go side by side; the client bounds how many at once.
        await Task.WhenAll(all.Select(file => commands.DeliverAsync(host, DeliveredAs(file), cancellation)));
    }

    private static SshFile DeliveredAs(Value.Map file) =>
        new(file["path"].AsText() ?? "", Encoding.UTF8.GetBytes(file["content"].AsText() ?? ""))
        {
            Mode = file["mode"].AsText() ?? "0600",
            Owner = file["owner"].AsText(),
        };

    /// <summary>A folder of files is as many files with the same mode and owner.</summary>
    private static IEnumerable<Value.Map> FilesIn(Value.Map file)
    {
        var content = file["content"];
        while (content is Value.Sensitive inner)
            content = inner.Of;
        return content is Value.Map texts
            ? texts.Fields.Select(text => new Value.Map(file.Fields
                .With("path", $"{file["path"].AsText()}{text.Key}").With("content", text.Value)))
            : [file];
    }

    private static string FolderOf(string path) => path[..Math.Max(1, path.LastIndexOf('/'))];

    /// <summary>What K3s says once it runs.</summary>
    /// <param name="Since">When we started it, as Kubernetes writes moments; empty where somebody else did.</param>
    private sealed record Begun(string ClusterId, string Kubeconfig, string Since);
}
