using System.Text;
using Orrery.Engine.Ports;
using Orrery.Model.Values;
using Orrery.Simulation.Machines;
using Orrery.Simulation.Machines.Ssh;
using Orrery.Simulation.Time;
using Orrery.Simulation.Wire;
using Orrery.Simulation.Worlds;

namespace Orrery.Tests.Simulation.Machines;

/// <summary>What ssh says of simulated machines, in its own words and exit codes.</summary>
public class ProcessRunnerTests
{
    private const string Address = "203.0.113.7";

    private static readonly SshKey Mine = SshKey.Make("ed25519", "mine", "me");

    [Fact]
    public async Task A_command_runs_with_its_input_and_tells_its_exit_code()
    {
        var scene = await Scene.BootedAsync();
        var result = await scene.SshAsync("tr a-z A-Z; echo no >&2; exit 3", "hello");
        (result.ExitCode, Encoding.UTF8.GetString(result.Output.Span), result.Error).ShouldBe((3, "HELLO", "no\n"));
    }

    [Fact]
    public async Task Who_shows_another_host_key_gets_nothing()
    {
        var scene = await Scene.BootedAsync();
        var other = SshKey.Make("ed25519", "other", "").Public;
        var result = await scene.SshAsync("touch /root/was-here", hostKey: other);
        result.ExitCode.ShouldBe(255);
        result.Error.ShouldContain("REMOTE HOST IDENTIFICATION HAS CHANGED");
        scene.Machine.ReadFile("/root/was-here").ShouldBeNull();
    }

    [Fact]
    public async Task Who_has_no_key_is_not_let_in()
    {
        var scene = await Scene.BootedAsync(key: SshKey.Make("ed25519", "stranger", ""));
        (await scene.SshAsync("true")).Error.ShouldContain("Permission denied (publickey)");
    }

    [Fact]
    public async Task Nobody_at_an_address_is_a_timeout_and_a_booting_machine_refuses()
    {
        var scene = new Scene();
        var start = scene.Clock.Now;
        (await scene.SshAsync("true", hostKey: "ssh-ed25519 AAAA")).Error.ShouldContain("Connection timed out");
        (scene.Clock.Now - start).ShouldBeGreaterThan(TimeSpan.FromSeconds(10));
    }

    [Theory]
    [InlineData(ProcessFault.LostBefore, false)]
    [InlineData(ProcessFault.LostAfter, true)]
    public async Task A_broken_connection_is_the_same_to_the_caller_and_not_to_the_machine(ProcessFault fault, bool ran)
    {
        var scene = await Scene.BootedAsync();
        scene.Fault = fault;
        (await scene.SshAsync("touch /root/was-here")).ExitCode.ShouldBe(255);
        (scene.Machine.ReadFile("/root/was-here") is not null).ShouldBe(ran);
    }

    [Fact]
    public async Task A_machine_that_goes_off_under_a_command_is_given_up()
    {
        var scene = await Scene.BootedAsync();
        scene.Clock.Schedule(TimeSpan.FromSeconds(5), () => scene.Park.PowerOff("1"));
        (await scene.SshAsync("sleep 1000")).ExitCode.ShouldBe(255);
    }

    private sealed class Scene
    {
        private readonly Life _life;
        private readonly SimulatedProcessRunner _runner;
        private string _socket = "";

        public Scene()
        {
            Clock = new VirtualClock();
            _life = new Life(Clock);
            var agenda = new Agenda();
            agenda.Added = due => Clock.Schedule(due - Clock.Now, () => agenda.AdvanceTo(Clock.Now));
            Park = new MachinePark(agenda, new MachinesOptions());
            _runner = new SimulatedProcessRunner(_life, new ProcessSettings
            {
                Machines = Park,
                Crashes = new CrashPlan(null),
                Faults = _ => Fault,
            });
        }

        public VirtualClock Clock { get; }

        public MachinePark Park { get; }

        public ProcessFault Fault { get; set; }

        public Machine Machine => Park.All.Single();

        public static async Task<Scene> BootedAsync(SshKey? key = null)
        {
            var scene = new Scene();
            scene.Park.PowerOn(new MachineOrder
            {
                Id = "1",
                Name = "one",
                Addresses = [Address],
                AuthorizedKeys = [Mine.PublicLine],
            });
            while (!scene.Machine.CloudInit.IsDone)
                scene.Clock.Advance().ShouldBeTrue();
            await using var agent = await scene._runner.StartAsync(
                new ProcessRequest { Program = "ssh-agent" }, CancellationToken.None);
            using var reader = new StreamReader(agent.Stream);
            scene._socket = await reader.ReadLineAsync() ?? "";
            var added = await scene.RunAsync(new ProcessRequest
            {
                Program = "ssh-add",
                Arguments = ["-q", "-"],
                Input = Encoding.UTF8.GetBytes((key ?? Mine).PrivateText),
                Environment = ValueMap.Of(("SSH_AUTH_SOCK", scene._socket)),
            });
            added.ExitCode.ShouldBe(0);
            return scene;
        }

        public Task<ProcessResult> SshAsync(string command, string input = "", string? hostKey = null) =>
            RunAsync(new ProcessRequest
            {
                Program = "ssh",
                Arguments =
                [
                    "-F", "none", "-T", "-o", "HostKeyAlias=orrery", "-o",
                    $"KnownHostsCommand=/bin/sh -c \"echo 'orrery {hostKey ?? Shown()}'\"",
                    "-l", "root", "-p", "22", "--", Address, command,
                ],
                Input = Encoding.UTF8.GetBytes(input),
                Environment = ValueMap.Of(("SSH_AUTH_SOCK", _socket)),
                Changes = true,
            });

        private string Shown() => Park.Connect(Address)!.HostKeys[0];

        private async Task<ProcessResult> RunAsync(ProcessRequest request)
        {
            var running = _runner.RunAsync(request, CancellationToken.None);
            // What is due comes first; the runner's own continuations need no turn of the clock.
            while (!running.IsCompleted && Clock.Advance())
                await Task.Yield();
            return await running;
        }
    }
}
