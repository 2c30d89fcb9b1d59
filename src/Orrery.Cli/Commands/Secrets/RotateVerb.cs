using System.CommandLine;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;

namespace Orrery.Cli.Commands.Secrets;

/// <summary><c>orrery secret rotate FILE</c>: encrypts files with a new data key.</summary>
internal static class RotateVerb
{
    public static Command Create(Host host)
    {
        var files = SecretShared.Files();
        var (type, yes, output) = (SecretShared.Type(), Shared.Yes(), Shared.Output());
        var command = new VerbCommand("rotate", "Encrypts files anew with a new data key.")
        {
            Detail = "The readers stay the same. Do it after 'orrery secret updatekeys' took somebody away, who may "
                + "have kept the old data key.",
            Examples = ["orrery secret rotate secrets/prod/database.yaml --yes"],
            Arguments = { files },
            Options = { yes, type, output },
        };
        command.SetAction((parse, cancellation) => SecretShared.ChangeAllAsync(
            host,
            new FileChanges(
                parse.GetRequiredValue(files), parse.GetValue(type), parse.GetValue(yes), parse.IsJson(output)),
            file =>
            {
                var document = file.Open(host);
                return (file.Try(() => document.Rotate(host.Time.GetUtcNow(), host.KeyRandom)), "has a new data key");
            },
            cancellation));
        return command;
    }
}
