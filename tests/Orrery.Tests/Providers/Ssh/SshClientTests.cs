using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Orrery.Engine.Ports;
using Orrery.Model.Values;
using Orrery.Providers.Ssh;
using Orrery.Secrets.Ssh;
using Orrery.Tests.Programs;
using Orrery.Tests.Secrets;

namespace Orrery.Tests.Providers.Ssh;

/// <summary>Debian's ssh against Debian's sshd on loopback.</summary>
public sealed class SshClientTests : IAsyncLifetime
{
    private static readonly OperationContext Quiet =
        OperationContext.Silent(ResourceAddress.Of("prod", "machine/boot", "cosmos-0"));

    private SshServer _server = null!;

    public async Task InitializeAsync()
    {
        if (File.Exists(SshServer.Program))
            _server = await SshServer.StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }

    [ProgramFact("sshd")]
    public async Task A_command_gets_its_input_and_gives_its_output()
    {
        var input = RandomNumberGenerator.GetBytes(300_000);
        var result = await _server.Client.RunAsync(
            _server.Host, new SshCommand("cat; echo noted >&2") { Input = input }, Quiet, default);

        result.Output.Span.SequenceEqual(input).ShouldBeTrue();
        result.Error.ShouldBe("noted\n");
    }

    [ProgramFact("sshd")]
    public async Task An_exit_code_is_an_answer_or_a_failure()
    {
        var command = new SshCommand("echo first >&2; echo second >&2; exit 3");

        (await _server.Client.TryAsync(_server.Host, command, Quiet, default)).ExitCode.ShouldBe(3);
        var refused = await RefusedAsync(_server.Client.RunAsync(_server.Host, command, Quiet, default));

        refused.Code.ShouldBe(ProviderErrorCode.ActionFailed);
        refused.Message.ShouldEndWith(": the command failed with exit code 3 (first; second)");
    }

    [ProgramFact("sshd")]
    public async Task Twenty_commands_run_at_once()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(number =>
            _server.Client.RunAsync(_server.Host, new SshCommand($"echo {number}"), Quiet, default)));
        results.Select(Text).ShouldBe(Enumerable.Range(0, 20).Select(number => $"{number}\n"));
    }

    [ProgramFact("sshd")]
    public async Task A_command_that_hangs_is_ended()
    {
        var command = new SshCommand("sleep 60") { Timeout = TimeSpan.FromSeconds(2) };
        var refused = await RefusedAsync(_server.Client.RunAsync(_server.Host, command, Quiet, default));
        refused.Code.ShouldBe(ProviderErrorCode.Timeout);
    }

    [ProgramFact("sshd")]
    public async Task A_connection_that_dies_leaves_open_what_happened()
    {
        var refused = await RefusedAsync(_server.Client.RunAsync(
            _server.Host, new SshCommand("kill -9 $PPID; sleep 60"), Quiet, default));
        refused.Code.ShouldBe(ProviderErrorCode.Unavailable);
        refused.MayHaveHappened.ShouldBeTrue();
        refused.Message.ShouldContain("the connection ended before the command did");
    }

    [ProgramFact("sshd")]
    public async Task Another_host_key_is_refused_before_anything_is_sent()
    {
        var other = SshKeyPair.Generate(SeededRandom.From(3), "").PublicKey;
        var host = _server.Host with { HostKeys = [other] };

        var refused = await RefusedAsync(_server.Client.RunAsync(host, new SshCommand("true"), Quiet, default));

        refused.IsTransient.ShouldBeFalse();
        refused.CloudCode.ShouldBe("host_key");
        refused.Message.ShouldContain("it shows another host key");
    }

    [ProgramFact("sshd")]
    public async Task A_host_key_of_a_kind_that_the_machine_lacks_is_refused()
    {
        const string ed25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";
        var refused = await RefusedAsync(_server.Client.RunAsync(
            _server.Host with { HostKeys = [ed25519] }, new SshCommand("true"), Quiet, default));
        refused.CloudCode.ShouldBe("host_key");
    }

    [ProgramFact("sshd")]
    public async Task One_of_several_host_keys_suffices()
    {
        const string ed25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";
        var host = _server.Host with { HostKeys = [ed25519, .. _server.Host.HostKeys] };
        (await _server.Client.RunAsync(host, new SshCommand("true"), Quiet, default)).ExitCode.ShouldBe(0);
    }

    [ProgramFact("sshd")]
    public async Task A_key_that_the_machine_does_not_know_is_refused()
    {
        await using var stranger = Client(SshKeyPair.Generate(SeededRandom.From(4), "").ExportPrivateKey());
        var refused = await RefusedAsync(stranger.RunAsync(_server.Host, new SshCommand("true"), Quiet, default));
        refused.Code.ShouldBe(ProviderErrorCode.Unauthorized);
        refused.Message.ShouldContain("it does not accept the key");
    }

    [ProgramFact("sshd")]
    public async Task A_private_key_that_is_none_is_told_without_showing_it()
    {
        await using var client = Client("not-a-key-but-secret");
        var refused = await RefusedAsync(client.RunAsync(_server.Host, new SshCommand("true"), Quiet, default));
        refused.Code.ShouldBe(ProviderErrorCode.Unauthorized);
        refused.Message.ShouldContain("the SSH private key cannot be used");
        refused.ToString().ShouldNotContain("not-a-key");
    }

    [ProgramFact("sshd")]
    public async Task A_machine_that_is_not_there_is_waited_for_until_the_limit()
    {
        var seen = new List<WaitState>();
        var host = _server.Host with { Port = SshServer.FreePort() };

        var refused = await RefusedAsync(_server.Client.WaitReachableAsync(
            host, TimeSpan.FromSeconds(3), new OperationContext(Quiet.Address, seen.Add), default));

        refused.Code.ShouldBe(ProviderErrorCode.Timeout);
        refused.Message.ShouldContain("was not reachable by SSH within 3 s. Last: ");
        refused.Message.ShouldContain("Connection refused");
        seen.ShouldNotBeEmpty();
        seen.ShouldAllBe(state => state.Condition == "ssh" && state.LastSeen.Contains("it cannot be reached"));
    }

    [ProgramFact("sshd")]
    public async Task A_machine_that_answers_is_reachable() =>
        await _server.Client.WaitReachableAsync(_server.Host, TimeSpan.FromSeconds(20), Quiet, default);

    [ProgramFact("sshd")]
    public async Task The_users_agent_is_asked_where_no_key_is_declared()
    {
        await using var agent = await PrivateAgent.StartAsync(
            SshServer.Runner, _server.User.ExportPrivateKey(), default);
        var runner = new Orrery.Providers.Processes.ProcessRunner(
            TimeProvider.System,
            name => name == "SSH_AUTH_SOCK" ? agent.Socket : Environment.GetEnvironmentVariable(name),
            Engine.FreeWriter.Instance);
        await using var client = new SshClient(runner, TimeProvider.System, null);
        (await client.RunAsync(_server.Host, new SshCommand("true"), Quiet, default)).ExitCode.ShouldBe(0);
    }

    [ProgramFact("sshd")]
    public async Task Nothing_of_the_key_stands_in_any_process()
    {
        // The machine is this one: the command looks at ssh, ssh-agent and everybody else while they run.
        const string look = "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'";
        var command = new SshCommand($"{look}; true") { OutputBytesMax = 64 * 1024 * 1024 };
        var seen = Text(await _server.Client.RunAsync(_server.Host, command, Quiet, default));

        seen.ShouldContain("ssh-agent");
        seen.ShouldContain("KnownHostsCommand=");
        var lines = _server.User.ExportPrivateKey().Split('\n')[1..^2];
        lines.Length.ShouldBeGreaterThan(3);
        // The first line is the format's name and the public half.
        lines[3..].ShouldAllBe(line => !seen.Contains(line));
    }

    [ProgramFact("ssh-agent")]
    public async Task An_agent_leaves_nothing_behind()
    {
        var agent = await PrivateAgent.StartAsync(SshServer.Runner, Key(5), default);
        var folder = Path.GetDirectoryName(agent.Socket)!;
        UnixMode.Of(folder).ShouldBe("0700");
        using (var ours = await ConnectAsync(agent.Socket))
            ours.Connected.ShouldBeTrue();

        await agent.DisposeAsync();

        await Eventually.HoldsAsync(() => !Directory.Exists(folder), folder);
        Directory.EnumerateDirectories("/proc").Select(process => Path.Combine(process, "environ"))
            .Where(file => Holds(file, agent.Socket)).ShouldBeEmpty();
    }

    [ProgramFact("sshd")]
    public async Task A_forward_carries_bytes_both_ways()
    {
        var (port, echo) = Echo();
        var sent = RandomNumberGenerator.GetBytes(500_000);

        await using var stream = await _server.Client.ForwardAsync(
            _server.Host, "127.0.0.1", port, default);
        var received = new byte[sent.Length];
        await Task.WhenAll(stream.WriteAsync(sent).AsTask(), stream.ReadExactlyAsync(received).AsTask());

        received.ShouldBe(sent);
        await stream.DisposeAsync();
        await echo;
    }

    [ProgramFact("sshd")]
    public async Task A_forward_to_where_nothing_listens_says_so()
    {
        await using var stream = await _server.Client.ForwardAsync(
            _server.Host, "127.0.0.1", SshServer.FreePort(), default);
        var failed = await stream.ReadAsync(new byte[1]).AsTask().ShouldThrowAsync<IOException>();
        failed.Message.ShouldContain("nothing listens where the forward should lead");
        failed.InnerException.ShouldBeOfType<ProviderException>().Code.ShouldBe(ProviderErrorCode.Unavailable);
    }

    [Theory]
    [InlineData("-oProxyCommand=touch /tmp/x", "root", "ssh-ed25519 AAAA")]
    [InlineData("host; rm", "root", "ssh-ed25519 AAAA")]
    [InlineData("host", "-root", "ssh-ed25519 AAAA")]
    [InlineData("host", "root", "ssh-ed25519 AAAA'; touch x; '")]
    [InlineData("host", "root", "ssh-ed25519")]
    [InlineData("host", "root", "")]
    public void What_would_be_read_as_something_else_is_refused(string address, string user, string key) =>
        Should.Throw<ProviderException>(() => SshArguments.ForCommand(
            new SshHost(address, 22, user, key.Length > 0 ? [key] : []), "true", onlyAgent: true))
            .Code.ShouldBe(ProviderErrorCode.Invalid);

    private static SshClient Client(string key) => new(SshServer.Runner, TimeProvider.System, key);

    private static string Key(int seed) => SshKeyPair.Generate(SeededRandom.From(seed), "").ExportPrivateKey();

    private static string Text(ProcessResult result) => Encoding.UTF8.GetString(result.Output.Span);

    private static Task<ProviderException> RefusedAsync(Task task) => task.ShouldThrowAsync<ProviderException>();

    private static async Task<Socket> ConnectAsync(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
        return socket;
    }

    private static bool Holds(string file, string text)
    {
        try
        {
            return File.ReadAllText(file).Contains(text, StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The process has just ended.
            return false;
        }
    }

    private static (int Port, Task Ended) Echo()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return (((IPEndPoint)listener.LocalEndpoint).Port, EchoAsync(listener));
    }

    private static async Task EchoAsync(TcpListener given)
    {
        using var listener = given;
        using var client = await listener.AcceptTcpClientAsync();
        await using var stream = client.GetStream();
        await stream.CopyToAsync(stream);
    }
}
