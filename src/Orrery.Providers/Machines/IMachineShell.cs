using Orrery.Engine.Ports;
using Orrery.Providers.Ssh;

namespace Orrery.Providers.Machines;

/// <summary>The way to a machine: commands and files over SSH, to a host whose keys are known.</summary>
public interface IMachineShell
{
    /// <summary>
    /// Runs a command whose exit code is an answer. Throws <see cref="ProviderErrorCode.Unavailable"/> where the
    /// machine is not reached or lost, <see cref="ProviderErrorCode.Unauthorized"/> where it does not let us in, and
    /// <see cref="ProviderErrorCode.Invalid"/> where it shows another host key.
    /// </summary>
    Task<ProcessResult> TryAsync(
        SshHost host, SshCommand command, OperationContext operation, CancellationToken cancellation);

    /// <summary>Puts a file there, complete with its mode and owner, or not at all. Its folder exists.</summary>
    Task DeliverAsync(SshHost host, SshFile file, OperationContext operation, CancellationToken cancellation);
}
