using System.CommandLine;
using System.Text;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Cli.Secrets;
using Orrery.Secrets.Sops;
using Orrery.Secrets.Sops.Rules;

namespace Orrery.Cli.Commands.Secrets;

/// <summary><c>orrery secret new FILE</c>: makes an encrypted file of what is typed or piped in.</summary>
internal static class NewVerb
{
    public static Command Create(Host host)
    {
        var file = SecretShared.File("The file to make; it must not exist.");
        var (type, recipients) = (SecretShared.Type(), SecretShared.Recipients());
        var command = new VerbCommand("new", "Makes an encrypted file; its plain text never reaches the disk.")
        {
            Detail = "On a terminal an editor is opened as by 'orrery secret edit'; else standard input is taken.",
            Examples =
            [
                "orrery secret new secrets/prod/database.yaml",
                "kubectl create secret generic database --dry-run=client -o yaml | orrery secret new database.yaml",
            ],
            Arguments = { file },
            Options = { type, recipients },
        };
        command.SetAction((parse, cancellation) => SecretRefusal.CatchAsync(host, () => RunAsync(
            host,
            parse.Required(file),
            SecretFile.FormatOf(parse.GetValue(type), parse.Required(file)),
            parse.GetValue(recipients) ?? [],
            cancellation)));
        return command;
    }

    private static async Task<int> RunAsync(
        Host host, string shown, SopsFormat format, string[] recipients, CancellationToken cancellation)
    {
        var path = host.FullPath(shown);
        if (Path.Exists(path))
        {
            throw new SecretRefusal(
                CliCodes.AlreadyThere.At(null, $"'{shown}' exists.", [$"edit it: orrery secret edit {shown}"]),
                ExitCode.Invalid);
        }

        var rule = RuleLookup.ForNew(host, shown, path, recipients);
        byte[] Encrypt(byte[] plain, SopsFormat into) =>
            SopsFile.Encrypt(plain, into, into == format ? rule : Whole(rule), host.Time.GetUtcNow(), host.KeyRandom);
        var bytes = host.Screen.CanAsk
            ? await new Editing(
                host, path, edited => Encrypt(edited, format), edited => Encrypt(edited, SopsFormat.Binary))
                .RunAsync(Template(format), cancellation)
            : new SecretFile(shown, path, format, []).Try(() => Encrypt(SecretFile.ReadInput(host), format));
        if (bytes is null)
        {
            host.Screen.Tell($"{shown}: nothing was typed, and nothing is made\n");
            return ExitCode.Done;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        SecretFile.Write(path, bytes);
        host.Screen.Print($"{shown}: written\n");
        return ExitCode.Done;
    }

    /// <summary>For bytes that are no document of the format.</summary>
    private static CreationRule Whole(CreationRule rule) =>
        rule with { Selection = SopsSelection.Default, MacOnlyEncrypted = false };

    private static byte[] Template(SopsFormat format) => Encoding.UTF8.GetBytes(format switch
    {
        SopsFormat.Yaml => "# Values are encrypted when you save and leave; keys are not.\npassword: \"\"\n",
        SopsFormat.Json => "{\n\t\"password\": \"\"\n}\n",
        SopsFormat.Dotenv => "PASSWORD=\n",
        SopsFormat.Ini => "[section]\npassword = \n",
        _ => "",
    });
}
