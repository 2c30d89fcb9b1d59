using Orrery.Engine.Ports;
using Orrery.Providers.Machines;
using Orrery.Providers.Ssh;

namespace Orrery.Providers.Clusters;

/// <summary>Machines by the system's <c>ssh</c>.</summary>
internal sealed class MachineShell(SshClient ssh) : IMachineShell
{
    public Task<ProcessResult> TryAsync(
        SshHost host, SshCommand command, OperationContext operation, CancellationToken cancellation) =>
        ssh.TryAsync(host, command, operation, cancellation);

    public Task DeliverAsync(
        SshHost host, SshFile file, OperationContext operation, CancellationToken cancellation) =>
        ssh.DeliverAsync(host, file, operation, cancellation);
}
