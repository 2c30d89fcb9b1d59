using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Orrery.Engine.Ports;
using Orrery.Model.Values;

namespace Orrery.Providers.Ssh;

/// <summary>
/// Machines over SSH, with the system's <c>ssh</c>. Host keys are always verified. Logs in with the given private key,
/// or with the keys of the user's agent where there is none. Disposing ends the agent that held the key.
/// </summary>
/// <param name="privateKey">In PEM or OpenSSH format; null for the user's own keys. Secret.</param>
public sealed class SshClient(IProcessRunner runner, TimeProvider time, string? privateKey) : IAsyncDisposable
{
    /// <summary>
    /// How many sessions one machine is asked for at once: sshd drops connections at random above ten that have not yet
    /// logged in (MaxStartups, https://man.openbsd.org/sshd_config#MaxStartups).
    /// </summary>
    private const int SessionsPerHostMax = 8;

    private static readonly TimeSpan ReachableInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ReachableTimeout = TimeSpan.FromSeconds(15);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, SemaphoreSlim> _sessions = [];
    private readonly SemaphoreSlim _agentGate = new(1);
    private PrivateAgent? _agent;

    /// <summary>
    /// Runs a command that must succeed. Throws <see cref="ProviderErrorCode.ActionFailed"/> with the last lines of its
    /// error text where it does not; <see cref="ProviderErrorCode.Unavailable"/> where the machine is not reached or
    /// lost; <see cref="ProviderErrorCode.Unauthorized"/> where it does not let us in;
    /// <see cref="ProviderErrorCode.Invalid"/> where it shows a wrong host key.
    /// </summary>
    public async Task<ProcessResult> RunAsync(
        SshHost host, SshCommand command, OperationContext operation, CancellationToken cancellation)
    {
        var result = await TryAsync(host, command, operation, cancellation);
        return result.ExitCode == 0 ? result : throw SshErrors.Failed(host, result.ExitCode, result.Error);
    }

    /// <summary>Runs a command whose exit code is an answer. 255 never is: ssh uses it for its own failures.</summary>
    public async Task<ProcessResult> TryAsync(
        SshHost host, SshCommand command, OperationContext operation, CancellationToken cancellation)
    {
        var (environment, inherited) = await LoginAsync(cancellation);
        var request = new ProcessRequest
        {
            Program = "ssh",
            Arguments = SshArguments.ForCommand(host, command.Text, privateKey is not null),
            Input = command.Input,
            Environment = environment,
            Inherited = inherited,
            Timeout = command.Timeout,
            OutputBytesMax = command.OutputBytesMax,
            Changes = command.Changes,
            Address = operation.Address,
        };
        var sessions = SessionsOf(host);
        await sessions.WaitAsync(cancellation);
        try
        {
            var result = await runner.RunAsync(request, cancellation);
            return result.ExitCode == SshErrors.OwnExitCode ? throw SshErrors.Classify(host, result.Error) : result;
        }
        finally
        {
            sessions.Release();
        }
    }

    /// <summary>
    /// Puts a file on the machine: complete, with its mode and owner, or not at all. The content goes through standard
    /// input only and its SHA-256 is verified there. Repeating it is harmless.
    /// </summary>
    public async Task DeliverAsync(
        SshHost host, SshFile file, OperationContext operation, CancellationToken cancellation)
    {
        if (!file.Path.StartsWith('/') || file.Path.EndsWith('/') || !IsMode(file.Mode))
            throw new ProviderException(
                ProviderErrorCode.Invalid, $"'{file.Path}' with mode '{file.Mode}' cannot be delivered as a file");
        var digest = Encoding.ASCII.GetBytes($"{Convert.ToHexStringLower(SHA256.HashData(file.Content.Span))}\n");
        var command = new SshCommand(SshScript.ToDeliver(file)) { Input = (byte[])[.. digest, .. file.Content.Span] };
        await RunAsync(host, command, operation, cancellation);
    }

    /// <summary>
    /// Waits until the machine runs commands. Throws <see cref="ProviderErrorCode.Timeout"/> with what was seen last
    /// when it does not within <paramref name="limit"/>; a wrong host key or a refused key is no matter of time and
    /// ends it at once.
    /// </summary>
    public async Task WaitReachableAsync(
        SshHost host, TimeSpan limit, OperationContext operation, CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            try
            {
                var command = new SshCommand("true") { Timeout = ReachableTimeout, Changes = false };
                await RunAsync(host, command, operation, cancellation);
                return;
            }
            catch (ProviderException exception) when (exception.IsTransient)
            {
                operation.Waiting(new WaitState("ssh", exception.Message));
                if (time.GetElapsedTime(began) + ReachableInterval > limit)
                {
                    var seconds = limit.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
                    throw new ProviderException(
                        ProviderErrorCode.Timeout,
                        $"{host.Address} was not reachable by SSH within {seconds} s. Last: {exception.Message}",
                        exception);
                }
            }

            await Task.Delay(ReachableInterval, time, cancellation);
        }
    }

    /// <summary>
    /// A connection that starts on the machine, to <paramref name="target"/> as seen from there. A connection that
    /// cannot be made is told by the first read. Disposing ends it.
    /// </summary>
    public async Task<Stream> ForwardAsync(SshHost host, string target, int port, CancellationToken cancellation)
    {
        var (environment, inherited) = await LoginAsync(cancellation);
        var process = await runner.StartAsync(
            new ProcessRequest
            {
                Program = "ssh",
                Arguments = SshArguments.ForForward(host, target, port, privateKey is not null),
                Environment = environment,
                Inherited = inherited,
            },
            cancellation);
        return new ForwardStream(process, host);
    }

    /// <summary>
    /// Hands our terminal to a shell on the machine, or to a command; gives its exit code. 255 may be ssh's own, which
    /// has then said why on standard error.
    /// </summary>
    /// <param name="command">As the user's login shell reads it; null for a shell. Never with a secret.</param>
    /// <param name="hasTerminal">The command gets a terminal there; a shell has one where we have.</param>
    public async Task<int> AttachAsync(
        SshHost host, string? command, bool hasTerminal, CancellationToken cancellation)
    {
        var (environment, inherited) = await LoginAsync(cancellation);
        var request = new ProcessRequest
        {
            Program = "ssh",
            Arguments = SshArguments.ForPeople(host, command, hasTerminal, privateKey is not null),
            Environment = environment,
            Inherited = inherited,
            IsAttached = true,
        };
        return (await runner.RunAsync(request, cancellation)).ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (_agent is { } agent)
            await agent.DisposeAsync();
        _agentGate.Dispose();
    }

    private async Task<(ValueMap<string> Environment, ValueList<string> Inherited)> LoginAsync(
        CancellationToken cancellation)
    {
        if (privateKey is null)
            return (ValueMap<string>.Empty, [PrivateAgent.SocketVariable]);
        await _agentGate.WaitAsync(cancellation);
        try
        {
            _agent ??= await PrivateAgent.StartAsync(runner, privateKey, cancellation);
            return (ValueMap.Of((PrivateAgent.SocketVariable, _agent.Socket)), []);
        }
        finally
        {
            _agentGate.Release();
        }
    }

    private SemaphoreSlim SessionsOf(SshHost host)
    {
        lock (_gate)
        {
            var key = $"{host.Address} {host.Port}";
            return _sessions.TryGetValue(key, out var found)
                ? found
                : _sessions[key] = new SemaphoreSlim(SessionsPerHostMax);
        }
    }

    private static bool IsMode(string text) => text.Length is 3 or 4 && text.All(digit => digit is >= '0' and <= '7');
}
