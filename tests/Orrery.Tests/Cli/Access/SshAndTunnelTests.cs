using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Orrery.Cli;
using Orrery.Model.Values;
using Orrery.Secrets.Ssh;
using Orrery.Tests.Programs;
using Orrery.Tests.Secrets;

namespace Orrery.Tests.Cli.Access;

public sealed partial class SshAndTunnelTests
{
    [ProgramFact("sshd")]
    public async Task A_shell_gets_our_input_and_gives_its_exit_code()
    {
        await using var scene = await AccessScene.UpAsync();
        var ended = await scene.RunProgramAsync("echo $((6 * 7)); exit 7\n", "ssh", "site", AccessScene.Node);
        ended.ExitCode.ShouldBe(7, ended.Error);
        Encoding.UTF8.GetString(ended.Output.Span).ShouldContain("42\n");
    }

    [ProgramFact("sshd")]
    public async Task A_command_runs_there_with_all_its_words()
    {
        await using var scene = await AccessScene.UpAsync();
        var ended = await scene.RunProgramAsync(
            "", "ssh", "site", AccessScene.Node, "--", "printf", "'%s|'", "--flag", "'two words'");
        ended.ExitCode.ShouldBe(ExitCode.Done, ended.Error);
        Encoding.UTF8.GetString(ended.Output.Span).ShouldBe("--flag|two words|");
    }

    [ProgramFact("sshd")]
    public async Task A_machine_with_another_host_key_is_not_entered()
    {
        await using var scene = await AccessScene.UpAsync();
        var other = SshKeyPair.Generate(SeededRandom.From(9), "other");
        var outputs = scene.State.Resources["prod/machine/prepared/cosmos-0"].Outputs;
        scene.Remember("machine/prepared", new Value.Map(outputs.Fields.With(
            "hostKeys", Value.ListOf([other.PublicKey]))));
        var ended = await scene.RunProgramAsync("echo entered\n", "ssh", "site", AccessScene.Node);
        ended.ExitCode.ShouldBe(255);
        Encoding.UTF8.GetString(ended.Output.Span).ShouldBeEmpty();
        ended.Error.ShouldContain("Host key verification failed");
    }

    [ProgramFact("sshd")]
    public async Task A_tunnel_leads_to_the_api_server_until_it_is_interrupted()
    {
        await using var scene = await AccessScene.UpAsync();
        await using var api = new ShoutingServer();
        scene.LeadTo(api.Port);
        var running = scene.RunAsync("tunnel", "site", "--port", "0");
        await Eventually.HoldsAsync(
            () => scene.Output.ToString().Contains("KUBECONFIG", StringComparison.Ordinal), "the tunnel is told");
        var port = int.Parse(Port().Match(scene.Output.ToString()).Groups[1].Value);

        (await LoopbackForwardTests.AskAsync(port, "hello")).ShouldBe("HELLO");
        scene.Interrupt();
        (await running).ShouldBe(ExitCode.Interrupted);

        var file = Path.Combine(scene.Folder, "site", ".orrery", "kubeconfig-prod");
        scene.Output.ToString().ShouldBe($"https://127.0.0.1:{port}\nexport KUBECONFIG='{file}'\n");
        (await File.ReadAllTextAsync(file)).ShouldContain($"server: https://127.0.0.1:{port}\n");
        UnixMode.Of(file).ShouldBe("0600");
    }

    [ProgramFact("sshd")]
    public async Task A_port_that_is_taken_is_told()
    {
        await using var scene = await AccessScene.UpAsync();
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        (await scene.RunAsync("tunnel", "site", "--port", $"{port}")).ShouldBe(ExitCode.Failed);
        scene.Error.ToString().ShouldContain("CLI019");
        scene.Output.ToString().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("ssh site cosmos-0", ExitCode.Failed, "CLI018", "orrery up site")]
    [InlineData("ssh site cosmo-0", ExitCode.Invalid, "CLI017", "did you mean 'cosmos-0'?")]
    [InlineData("ssh site cosmos-0 --cluster prdo", ExitCode.Invalid, "CLI001", "did you mean 'prod'?")]
    [InlineData("tunnel site", ExitCode.Failed, "CLI018", "orrery up site")]
    [InlineData("tunnel site --cluster prdo", ExitCode.Invalid, "CLI001", "did you mean 'prod'?")]
    [InlineData("tunnel site --port 65536", ExitCode.Invalid, "CLI001", "0 to 65535")]
    [InlineData("kubeconfig site", ExitCode.Failed, "CLI018", "orrery up site")]
    [InlineData("env site", ExitCode.Failed, "CLI018", "orrery up site")]
    [InlineData("open site grafan", ExitCode.Invalid, "CLI020", "did you mean 'grafana'?")]
    [InlineData("open site dashboard", ExitCode.Invalid, "CLI020", "there is: argocd, grafana, prometheus")]
    [InlineData("open site argocd", ExitCode.Failed, "CLI018", "orrery up site")]
    public async Task What_is_not_there_is_told_with_what_to_do(string line, int code, string error, string hint)
    {
        await using var scene = AccessScene.Declared();
        (await scene.RunAsync(line.Split(' '))).ShouldBe(code);
        scene.Error.ToString().ShouldContain(error);
        scene.Error.ToString().ShouldContain(hint);
        scene.Output.ToString().ShouldBeEmpty();
    }

    [GeneratedRegex(@"^https://127\.0\.0\.1:(\d+)\n")]
    private static partial Regex Port();
}
