using System.CommandLine;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Cli.Secrets;

namespace Orrery.Cli.Commands.Secrets;

/// <summary><c>orrery secret decrypt FILE</c>: prints the plain file, byte by byte.</summary>
internal static class DecryptVerb
{
    public static Command Create(Host host)
    {
        var file = SecretShared.File("The encrypted file; - for standard input, whose format --type says.");
        var type = SecretShared.Type();
        var command = new VerbCommand("decrypt", "Prints a file that sops or orrery encrypted.")
        {
            Detail = "It is printed only where all of it is authentic. It is never written to a disk.",
            Examples = ["orrery secret decrypt secrets/prod/database.yaml | kubectl apply -f -"],
            Arguments = { file },
            Options = { type },
        };
        command.SetAction((parse, _) => SecretRefusal.CatchAsync(host, () =>
        {
            var read = SecretFile.Read(host, parse.Required(file), parse.GetValue(type));
            SecretShared.Print(host, read.Open(host).Plain, read.Format);
            return Task.FromResult(ExitCode.Done);
        }));
        return command;
    }
}
