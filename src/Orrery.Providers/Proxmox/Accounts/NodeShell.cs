using Orrery.Engine.Ports;
using Orrery.Providers.Ssh;

namespace Orrery.Providers.Proxmox.Accounts;

/// <summary>
/// The shell of a node, as root, with the programs of Proxmox VE. They end with 255 when they refuse, which ssh would
/// take for a failure of its own: scripts say <c>|| exit 1</c>.
/// </summary>
internal sealed class NodeShell(SshClient ssh, string target)
{
    private readonly SshHost _host = SshHost.OfUser(target);

    /// <summary>Runs a script that changes nothing; its exit code is an answer.</summary>
    public Task<ProcessResult> AskAsync(
        string script, OperationContext operation, CancellationToken cancellation, params string[] arguments) =>
        ssh.TryAsync(
            _host, new SshCommand(SshScript.Of(script, arguments)) { Changes = false }, operation, cancellation);

    /// <summary>Runs a script that must succeed.</summary>
    public Task<ProcessResult> RunAsync(
        string script, OperationContext operation, CancellationToken cancellation, params string[] arguments) =>
        ssh.RunAsync(_host, new SshCommand(SshScript.Of(script, arguments)), operation, cancellation);

    public override string ToString() => target;
}
