using System.CommandLine;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Cli.Secrets;

namespace Orrery.Cli.Commands.Secrets;

/// <summary><c>orrery secret edit FILE</c>: opens a file in an editor and encrypts what changed.</summary>
internal static class EditVerb
{
    public static Command Create(Host host)
    {
        var file = SecretShared.File("The encrypted file.");
        var type = SecretShared.Type();
        var command = new VerbCommand("edit", "Opens an encrypted file in your editor.")
        {
            Detail = "The editor is SOPS_EDITOR, VISUAL or EDITOR, else vi. It gets a file in a private folder in "
                + "memory, "
                + "which is wiped afterwards. Values that do not change keep their bytes, and a file that does not "
                + "change "
                + "is left as it is. What fails can be tried again.",
            Examples = ["orrery secret edit secrets/prod/database.yaml"],
            Arguments = { file },
            Options = { type },
        };
        command.SetAction((parse, cancellation) => SecretRefusal.CatchAsync(host, () => RunAsync(
            host, SecretFile.Read(host, parse.Required(file), parse.GetValue(type)), cancellation)));
        return command;
    }

    private static async Task<int> RunAsync(Host host, SecretFile file, CancellationToken cancellation)
    {
        var document = file.Open(host);
        var editing = new Editing(
            host,
            file.Path,
            edited => document.Replace(edited, host.Time.GetUtcNow(), host.KeyRandom),
            edited => document.EncryptBeside(edited, host.Time.GetUtcNow(), host.KeyRandom));
        if (await editing.RunAsync(document.Plain, cancellation) is not { } bytes)
        {
            host.Screen.Tell($"{file.Shown}: nothing changed\n");
            return ExitCode.Done;
        }

        file.Replace(bytes);
        host.Screen.Print($"{file.Shown}: written\n");
        return ExitCode.Done;
    }
}
