using System.Globalization;
using Orrery.Engine.Ports;
using Orrery.Model.Values;
using Orrery.Providers.Ssh;
using Orrery.Secrets.Ssh;
using Orrery.Tests.Programs;
using Orrery.Tests.Secrets;

namespace Orrery.Tests.Providers.Ssh;

public sealed class PrivateAgentTests : IAsyncLifetime
{
    private PrivateAgent? _agent;

    private PrivateAgent Agent => _agent.ShouldNotBeNull();

    /// <summary>The command that the agent was started with; its number is in the socket's name.</summary>
    private int Command => int.Parse(Agent.Socket.Split('.')[^1], CultureInfo.InvariantCulture);

    public async Task InitializeAsync() => _agent = await PrivateAgent.StartAsync(
        SshServer.Runner, SshKeyPair.Generate(SeededRandom.From(5), "").ExportPrivateKey(), default);

    public async Task DisposeAsync() => await Agent.DisposeAsync();

    [ProgramFact("ssh-agent")]
    public async Task A_Ctrl_C_in_the_terminal_is_not_for_the_agent()
    {
        foreach (var signal in new[] { "-INT", "-TERM", "-HUP" })
            await ProgramRun.OutputAsync("kill", [], signal, $"{Command}");

        var keys = await SshServer.Runner.RunAsync(
            new ProcessRequest
            {
                Program = "ssh-add",
                Arguments = ["-l"],
                Environment = ValueMap.Of((PrivateAgent.SocketVariable, Agent.Socket)),
            },
            default);
        keys.ExitCode.ShouldBe(0, keys.Error);
    }

    [ProgramFact("ssh-agent")]
    public async Task An_agent_that_dies_by_itself_leaves_nothing_behind()
    {
        var children = await File.ReadAllTextAsync($"/proc/{Command}/task/{Command}/children");
        var agent = children.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Single(child => File.ReadAllText($"/proc/{child}/comm") == "ssh-agent\n");
        await ProgramRun.OutputAsync("kill", [], "-KILL", agent);
        File.Exists(Agent.Socket).ShouldBeTrue();

        await Agent.DisposeAsync();

        await Eventually.HoldsAsync(
            () => !Directory.Exists(Path.GetDirectoryName(Agent.Socket)), $"{Agent.Socket} is gone");
    }
}
