using System.Text;
using Orrery.Engine.Ports;
using Orrery.Simulation.Machines;
using Orrery.Simulation.Machines.Ssh;

namespace Orrery.Simulation.Wire;

/// <summary>
/// What calls of <c>ssh</c>, <c>ssh-agent</c> and <c>ssh-add</c> mean at the moment at which they get there, towards
/// simulated machines. How time passes until then, and who is told, is for others to say.
/// </summary>
/// <param name="userKeys">Public keys, as type and base64, of the agent that calls inherit.</param>
public sealed class SshPrograms(MachinePark machines, IReadOnlyList<string> userKeys)
{
    private const string SocketVariable = "SSH_AUTH_SOCK";
    private const int SshFailed = 255;

    // ssh gives up a host that does not answer: ConnectTimeout, ten seconds where nothing is said. Assumed the same.
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, List<string>> _agents = new(StringComparer.Ordinal);

    /// <summary>A new agent without keys; gives the path of its socket.</summary>
    public string StartAgent()
    {
        var socket = $"/tmp/ssh-simulated/agent.{_agents.Count + 1}";
        _agents[socket] = [];
        return socket;
    }

    /// <summary>Puts the key on standard input into the agent that the environment names.</summary>
    public ProcessResult AddKey(ProcessRequest request)
    {
        var socket = request.Environment.TryGetValue(SocketVariable, out var given) ? given : "";
        if (!_agents.TryGetValue(socket, out var keys))
            return new ProcessResult(2, default, "Could not open a connection to your authentication agent.\n");
        if (SshKey.PublicOf(Encoding.UTF8.GetString(request.Input.Span)) is not { } key)
            return new ProcessResult(1, default, "Error loading key \"(stdin)\": error in libcrypto\n");
        keys.Add(key);
        return new ProcessResult(0, default, "");
    }

    /// <summary>
    /// What ssh says instead of opening a session, in its own words, and how long it tries before; null where it opens
    /// one. Nobody there is known only after a while; whoever is there says so at once.
    /// </summary>
    internal (ProcessResult Result, TimeSpan Patience)? Refusal(ProcessRequest request, SshCall call)
    {
        if (machines.Find(call.Host) is null)
            return (Failed($"ssh: connect to host {call.Host} port 22: Connection timed out\r\n"), ConnectTimeout);
        return Objection(request, call) is { } said ? (Failed(said), TimeSpan.Zero) : null;
    }

    /// <summary>Starts the command of a call that is not refused.</summary>
    internal SshCommand? Start(ProcessRequest request, SshCall call) =>
        machines.Connect(call.Host)?.Open(call.User, Offered(request, call) ?? "")
            ?.Run(call.Command, request.Input, request.Timeout);

    /// <summary>How ssh itself fails.</summary>
    internal static ProcessResult Failed(string said) => new(SshFailed, default, said);

    /// <summary>What ssh gives when the command has ended.</summary>
    internal static ProcessResult ResultOf(ProcessRequest request, SshCommand ended)
    {
        var output = ended.Output;
        var error = ended.Error;
        return new ProcessResult(
            ended.ExitCode,
            output.Length > request.OutputBytesMax ? output[..request.OutputBytesMax] : output,
            error.Length > request.OutputBytesMax ? error[^request.OutputBytesMax..] : error)
        {
            IsCut = output.Length > request.OutputBytesMax,
        };
    }

    private string? Objection(ProcessRequest request, SshCall call)
    {
        if (machines.Connect(call.Host) is not { } server)
            return $"ssh: connect to host {call.Host} port 22: Connection refused\r\n";
        var shown = server.HostKeys;
        var known = call.ReadsKnownHosts ? [.. call.KnownKeys, .. machines.KnownKeysOf(call.Host)] : call.KnownKeys;
        if (!known.Any(shown.Contains))
        {
            return known.Count == 0
                ? "No ED25519 host key is known for the host and you have requested strict checking.\r\n"
                    + "Host key verification failed.\r\n"
                : "@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\r\nHost key verification failed.\r\n";
        }

        return Offered(request, call) is null ? $"{call.User}@{call.Host}: Permission denied (publickey).\r\n" : null;
    }

    // The first key of the agent that the machine takes.
    private string? Offered(ProcessRequest request, SshCall call)
    {
        var socket = request.Environment.TryGetValue(SocketVariable, out var given) ? given : "";
        var keys = _agents.TryGetValue(socket, out var held) ? held
            : request.Inherited.Contains(SocketVariable) ? userKeys
            : (IReadOnlyList<string>)[];
        var server = machines.Connect(call.Host);
        return keys.FirstOrDefault(key => server?.Open(call.User, key) is not null);
    }
}
