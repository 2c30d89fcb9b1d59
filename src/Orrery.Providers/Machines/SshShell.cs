using Orrery.Engine.Ports;
using Orrery.Providers.Ssh;

namespace Orrery.Providers.Machines;

/// <summary>Machines over the system's <c>ssh</c>.</summary>
public sealed class SshShell(SshClient client) : IMachineShell
{
    public Task<ProcessResult> TryAsync(
        SshHost host, SshCommand command, OperationContext operation, CancellationToken cancellation) =>
        client.TryAsync(host, command, operation, cancellation);

    public Task DeliverAsync(SshHost host, SshFile file, OperationContext operation, CancellationToken cancellation) =>
        client.DeliverAsync(host, file, operation, cancellation);
}
