using System.CommandLine;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Cli.Secrets;
using Orrery.Cli.Terminal;
using Orrery.Model.Platforms;

namespace Orrery.Cli.Commands.Secrets;

/// <summary>
/// <c>orrery secret rotate</c>: encrypts files with a new data key, or makes the next of a platform's keys.
/// </summary>
internal static class RotateVerb
{
    public static Command Create(Host host)
    {
        var files = new Argument<string[]>("FILE|DIR")
        {
            Description = "The encrypted files; with --key, the declaration.",
            Arity = ArgumentArity.OneOrMore,
        };
        var key = new Option<string?>("--key")
        {
            Description = "Make the next of this key of the platform, and bring it wherever the old one is: "
                + $"{string.Join(", ", Known)}.",
            HelpName = "KEY",
        }.AcceptOnlyFromAmong([.. Known]);
        var cluster = new Option<string?>("--cluster")
        {
            Description = "Whose key; of all clusters by default.",
            HelpName = "NAME",
        };
        var (type, yes, output) = (SecretShared.Type(), Shared.Yes(), Shared.Output());
        var command = new VerbCommand("rotate", "Encrypts files with a new data key, or makes a platform's next key.")
        {
            Detail = "The readers of a file stay the same. Do it after 'orrery secret updatekeys' took somebody away, "
                + "who may have kept the old data key. A platform's key is rotated as a plan: shown, asked about, and "
                + "finished by the same command when it was stopped. What was encrypted to the key before still opens.",
            Examples =
            [
                "orrery secret rotate secrets/prod/database.sops.yaml --yes",
                "orrery secret rotate my-platform --key deploy-key --cluster prod",
                "orrery secret rotate my-platform --key recovery",
                "orrery secret rotate my-platform --key hetzner-token --cluster prod < new-token",
            ],
            Arguments = { files },
            Options = { key, cluster, yes, type, output },
        };
        command.SetAction((parse, cancellation) => parse.GetValue(key) is { } name
            ? RunAsync(
                host, parse.GetRequiredValue(files),
                new KeyRotationWish(name, parse.GetValue(cluster), parse.GetValue(yes), parse.IsJson(output)),
                cancellation)
            : SecretShared.ChangeAllAsync(
                host,
                new FileChanges(
                    parse.GetRequiredValue(files), parse.GetValue(type), parse.GetValue(yes), parse.IsJson(output)),
                file =>
                {
                    var document = file.Open(host);
                    return (
                        file.Try(() => document.Rotate(host.Time.GetUtcNow(), host.KeyRandom)), "has a new data key");
                },
                cancellation));
        return command;
    }

    private static IReadOnlyList<string> Known { get; } =
    [
        .. KeyNames.Rotatable, RecoveryRotation.Key, TokenRotation.Hetzner, TokenRotation.Repository,
    ];

    private static async Task<int> RunAsync(
        Host host, string[] paths, KeyRotationWish wish, CancellationToken cancellation)
    {
        if (paths is not [var path])
        {
            host.Screen.Report(CliCodes.Usage.At(null, "With --key there is one argument: the declaration."));
            return ExitCode.Invalid;
        }

        return await SecretRefusal.CatchAsync(host, () => wish.Key switch
        {
            RecoveryRotation.Key => new RecoveryRotation(host, path, wish).RunAsync(cancellation),
            TokenRotation.Hetzner or TokenRotation.Repository =>
                new TokenRotation(host, path, wish).RunAsync(cancellation),
            _ => new ClusterKeyRotation(host, path, wish).RunAsync(),
        });
    }
}
