using System.CommandLine;
using Orrery.Cli.Access;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Cli.Terminal;
using Orrery.Model.Platforms;

namespace Orrery.Cli.Commands.Access;

/// <summary><c>orrery ssh DIR NODE</c>: a shell on a node.</summary>
internal static class SshVerb
{
    public static Command Create(Host host)
    {
        var (directory, profile, cluster) = (Shared.Directory(), Shared.Profile(), Forwarding.ClusterOption());
        cluster.Description = "The cluster; needed where several have such a node.";
        var node = new Argument<string>("NODE") { Description = "The node: its pool's name and its number, from 0." };
        var words = new Argument<string[]>("COMMAND")
        {
            Description = "What to run there instead of a shell, after --; its words are joined, as with ssh.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var terminal = new Option<bool>("--tty", "-t") { Description = "Give the command a terminal, as ssh -t does." };
        var command = new VerbCommand("ssh", "Opens a shell on a node, or runs a command there.")
        {
            Detail = "The node is recognised by the host key that was put on it. Logs in with the declared private "
                + "key, which an agent of our own holds, or else with your keys. Ends with the exit code of what ran "
                + "there.",
            Examples =
            [
                "orrery ssh my-platform cosmos-0", "orrery ssh my-platform cosmos-0 -- journalctl -u k3s -n 50",
            ],
            Arguments = { directory, node, words },
            Options = { cluster, terminal, profile },
        };
        command.SetAction((parse, cancellation) => host.WithDeclarationAsync(
            new Target(parse.Required(directory), parse.GetValue(profile)),
            loaded => PlatformAccess.UseAsync(
                host, loaded,
                ClusterChoice.OfNode(loaded.Platform, parse.Required(node), parse.GetValue(cluster)),
                (access, chosen) => RunAsync(
                    access, chosen,
                    new Wish(parse.Required(node), parse.GetValue(words) ?? [], parse.GetValue(terminal)),
                    cancellation),
                cancellation)));
        return command;
    }

    private static async Task<int> RunAsync(
        PlatformAccess access, Cluster cluster, Wish wish, CancellationToken cancellation)
    {
        var host = access.Host;
        if (access.MachinesOf(cluster).Find(wish.Node) is not { } machine)
        {
            host.Screen.Report(CliCodes.NotThere.At(
                null, $"The state knows no machine for '{wish.Node}' of the cluster '{cluster.Name}'.",
                ["make it:", $"  {Shared.Again("up", access.Loaded)}"]));
            return ExitCode.Failed;
        }

        var ssh = access.Ssh(cluster);
        host.Screen.Report(ssh.Diagnostics);
        if (ssh.Value is null)
            return ExitCode.Invalid;
        await using var client = ssh.Value;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var interrupts = host.OnInterrupt(over.Cancel);
        return await client.AttachAsync(machine, wish.Command, wish.HasTerminal, over.Token);
    }

    private sealed record Wish(string Node, string[] Words, bool HasTerminal)
    {
        public string? Command => Words.Length == 0 ? null : string.Join(' ', Words);
    }
}
