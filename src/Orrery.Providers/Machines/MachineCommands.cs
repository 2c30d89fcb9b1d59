using System.Text;
using Orrery.Engine.Ports;
using Orrery.Model.Values;
using Orrery.Providers.Ssh;

namespace Orrery.Providers.Machines;

/// <summary>Runs our few commands on one machine and tells what they say.</summary>
internal sealed class MachineCommands(IMachineShell shell, TimeProvider time, OperationContext operation)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Brief = TimeSpan.FromSeconds(20);

    /// <summary>How much of a machine's words goes into a diagnosis.</summary>
    private const int DiagnosisLinesMax = 12;

    private const int DiagnosisCharactersMax = 1500;

    /// <summary>
    /// How often a connection may break before that is told. All that we run may be repeated at any time, and the whole
    /// work of a resource takes a dozen connections.
    /// </summary>
    private const int ConnectionsMax = 4;

    public static SshHost HostOf(Value.Map fields) => new(
        fields["address"].AsText() ?? "",
        22,
        fields["user"].AsText() ?? "root",
        fields["hostKeys"].AsList().Select(key => key.AsText() ?? "").ToValueList());

    /// <summary>A script that must succeed; gives its output.</summary>
    public async Task<string> RunAsync(
        SshHost host, MachineTask task, CancellationToken cancellation, params string[] arguments)
    {
        var result = await ThroughAsync(
            () => shell.TryAsync(host, CommandOf(task, arguments), operation, cancellation), cancellation);
        return result.ExitCode == 0 ? OutputOf(result) : throw Failed(host, task, result);
    }

    /// <summary>
    /// Asks until the script says yes (0), while it says not yet (4) or the machine is not reached. Any other exit code
    /// is a failure. Bounded by the token; what was seen last is told.
    /// </summary>
    public async Task<string> AskUntilAsync(
        SshHost host, MachineTask task, CancellationToken cancellation, params string[] arguments)
    {
        while (true)
        {
            try
            {
                var result = await shell.TryAsync(host, CommandOf(task, arguments), operation, cancellation);
                if (result.ExitCode == 0)
                    return OutputOf(result);
                if (result.ExitCode != MachineTask.NotYet)
                    throw Failed(host, task, result);
                operation.Waiting(new WaitState(task.Purpose, Readable(OutputOf(result))));
            }
            catch (ProviderException refusal) when (refusal.IsTransient)
            {
                operation.Waiting(new WaitState(task.Purpose, refusal.Message));
            }

            await Task.Delay(Interval, time, cancellation);
        }
    }

    /// <summary>
    /// Asks once: what the script says, or null where it does not say yes, or the machine is not reached or not the one
    /// that it should be.
    /// </summary>
    public async Task<string?> AskAsync(SshHost host, MachineTask task, CancellationToken cancellation)
    {
        try
        {
            var result = await shell.TryAsync(host, CommandOf(task, []), operation, cancellation);
            return result.ExitCode == 0 ? OutputOf(result) : null;
        }
        catch (ProviderException refusal) when (refusal.Code != ProviderErrorCode.NotWriter)
        {
            return null;
        }
    }

    public Task DeliverAsync(SshHost host, SshFile file, CancellationToken cancellation) => ThroughAsync(
        async () =>
        {
            await shell.DeliverAsync(host, file, operation, cancellation);
            return true;
        },
        cancellation);

    private async Task<T> ThroughAsync<T>(Func<Task<T>> call, CancellationToken cancellation)
    {
        for (var connection = 1; ; connection++)
        {
            try
            {
                return await call();
            }
            catch (ProviderException refusal) when (refusal.IsTransient && connection < ConnectionsMax)
            {
                operation.Waiting(new WaitState("SSH", refusal.Message));
            }

            await Task.Delay(Interval * connection, time, cancellation);
        }
    }

    private static SshCommand CommandOf(MachineTask task, string[] arguments) =>
        new(SshScript.Of(task.Script, arguments))
        {
            Timeout = task.Timeout ?? Brief,
            Changes = task.Changes,
        };

    private static string OutputOf(ProcessResult result) => Encoding.UTF8.GetString(result.Output.Span).Trim();

    private static ProviderException Failed(SshHost host, MachineTask task, ProcessResult result) => new(
        ProviderErrorCode.ActionFailed,
        $"{host.Address}: {task.Purpose} failed (exit code {result.ExitCode}): "
        + Readable($"{OutputOf(result)}\n{result.Error}"))
    {
        CloudCode = task.Name,
    };

    /// <summary>The last lines in one, without what would move a terminal's cursor.</summary>
    private static string Readable(string said)
    {
        var lines = said.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .TakeLast(DiagnosisLinesMax);
        var text = new string([.. string.Join("; ", lines).Where(character => !char.IsControl(character))]);
        return text.Length <= DiagnosisCharactersMax ? text : $"…{text[^DiagnosisCharactersMax..]}";
    }
}

/// <summary>One thing that is done on a machine.</summary>
/// <param name="Name">Short, for example <c>pin-host-key</c>.</param>
/// <param name="Purpose">In a sentence after "waits for" or before "failed", for example <c>K3s is ready</c>.</param>
/// <param name="Script">For the plain shell; constant.</param>
internal sealed record MachineTask(string Name, string Purpose, string Script)
{
    /// <summary>The exit code of a script that has nothing to complain about and is not done.</summary>
    public const int NotYet = 4;

    public bool Changes { get; init; } = true;

    /// <summary>Null for 20 seconds.</summary>
    public TimeSpan? Timeout { get; init; }
}
