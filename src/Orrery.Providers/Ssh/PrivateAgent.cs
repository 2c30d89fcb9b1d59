using System.Text;
using Orrery.Engine.Ports;
using Orrery.Model.Values;

namespace Orrery.Providers.Ssh;

/// <summary>
/// An SSH agent of our own that holds one private key, so that the key never stands in a file, an argument or an
/// environment. <c>ssh-agent</c> makes a folder that only we may enter, and removes it when it ends. It ends when its
/// standard input does, so it does not outlive us even when we are killed.
/// </summary>
internal sealed class PrivateAgent : IAsyncDisposable
{
    public const string SocketVariable = "SSH_AUTH_SOCK";

    // Started with a command, the agent is that command's child and tells it where it listens. When it is told to end,
    // it removes its socket first, unless that happens before it is ready. A Ctrl-C reaches all that runs in a
    // terminal, and we go on then until our work is saved: it is not for the agent.
    private const string Command =
        """
        trap '' INT TERM HUP
        echo "$SSH_AUTH_SOCK"
        cat >/dev/null
        kill "$SSH_AGENT_PID"
        while [ -e "$SSH_AUTH_SOCK" ] && kill -0 "$SSH_AGENT_PID"; do sleep 0.05; done 2>/dev/null
        rm -f "$SSH_AUTH_SOCK"
        rmdir "${SSH_AUTH_SOCK%/*}" 2>/dev/null
        """;

    private const int SocketCharactersMax = 4096;

    private readonly IRunningProcess _process;

    private PrivateAgent(IRunningProcess process, string socket)
    {
        _process = process;
        Socket = socket;
    }

    /// <summary>The path of its socket.</summary>
    public string Socket { get; }

    /// <summary>Throws <see cref="ProviderErrorCode.Unauthorized"/> where the key cannot be read.</summary>
    public static async Task<PrivateAgent> StartAsync(
        IProcessRunner runner, string privateKey, CancellationToken cancellation)
    {
        var request = new ProcessRequest
        {
            Program = "ssh-agent",
            Arguments = ["/bin/sh", "-c", Command],
            Grace = TimeSpan.FromSeconds(5),
        };
        var process = await runner.StartAsync(request, cancellation);
        try
        {
            var agent = new PrivateAgent(process, await ReadSocketAsync(process, cancellation));
            await agent.AddAsync(runner, privateKey, cancellation);
            return agent;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static async Task<string> ReadSocketAsync(IRunningProcess process, CancellationToken cancellation)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (line.Length < SocketCharactersMax && await process.Stream.ReadAsync(one, cancellation) == 1)
        {
            if (one[0] == '\n')
                return line.ToString();
            line.Append((char)one[0]);
        }

        throw new ProviderException(
            ProviderErrorCode.Unavailable, $"ssh-agent did not start{SshErrors.Quote(process.Error)}");
    }

    /// <summary>
    /// The key with its line breaks: on the way through a variable the last is easily lost, and sometimes all of them
    /// have become spaces.
    /// </summary>
    private static string Lines(string key)
    {
        var text = key.ReplaceLineEndings("\n").Trim();
        if (text.Contains('\n', StringComparison.Ordinal)
            || text.Split("-----") is not ["", var begin, var body, var end, ""])
            return $"{text}\n";
        return $"-----{begin}-----\n{body.Trim().Replace(' ', '\n')}\n-----{end}-----\n";
    }

    private async Task AddAsync(IProcessRunner runner, string privateKey, CancellationToken cancellation)
    {
        // Keys end with a line break, which is easily lost on the way through a variable.
        var result = await runner.RunAsync(
            new ProcessRequest
            {
                Program = "ssh-add",
                Arguments = ["-q", "-"],
                Input = Encoding.UTF8.GetBytes(Lines(privateKey)),

                // A key with a passphrase fails instead of asking on a terminal that may not be ours.
                Environment = ValueMap.Of(
                    (SocketVariable, Socket), ("SSH_ASKPASS", "/bin/false"), ("SSH_ASKPASS_REQUIRE", "force")),
            },
            cancellation);
        if (result.ExitCode != 0)
            throw new ProviderException(
                ProviderErrorCode.Unauthorized,
                "the SSH private key cannot be used. It must be in PEM or OpenSSH format and have no passphrase; a key"
                + $" with a passphrase belongs in your own agent{SshErrors.Quote(result.Error)}");
    }
}
