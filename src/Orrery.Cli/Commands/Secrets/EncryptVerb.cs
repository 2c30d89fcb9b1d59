using System.CommandLine;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Cli.Secrets;
using Orrery.Secrets.Sops;

namespace Orrery.Cli.Commands.Secrets;

/// <summary><c>orrery secret encrypt FILE</c>: encrypts the values of a plain file.</summary>
internal static class EncryptVerb
{
    public static Command Create(Host host)
    {
        var file = SecretShared.File("The plain file; - for standard input, whose format --type says.");
        var (type, recipients) = (SecretShared.Type(), SecretShared.Recipients());
        var inPlace = new Option<bool>("--in-place", "-i") { Description = "Replace the file instead of printing." };
        var command = new VerbCommand("encrypt", "Encrypts the values of a file as sops does.")
        {
            Detail = "The rules in .sops.yaml say for whom, and which values; keys, order and layout stay as they are.",
            Examples =
            [
                "orrery secret encrypt --in-place secrets/prod/database.yaml",
                "orrery secret encrypt --recipient age1... token.txt",
            ],
            Arguments = { file },
            Options = { inPlace, type, recipients },
        };
        command.SetAction((parse, _) => SecretRefusal.CatchAsync(host, () => Task.FromResult(Run(
            host,
            SecretFile.Read(host, parse.Required(file), parse.GetValue(type)),
            parse.GetValue(recipients) ?? [],
            parse.GetValue(inPlace)))));
        return command;
    }

    private static int Run(Host host, SecretFile file, string[] recipients, bool inPlace)
    {
        if (SopsFile.IsEncrypted(file.Bytes, file.Format))
        {
            throw SecretRefusal.Of(
                file.Shown, new SopsException(SopsFailure.AlreadyEncrypted, "it is encrypted already"));
        }

        var rule = RuleLookup.ForNew(host, file.Shown, file.Path, recipients);
        var bytes = file.Try(
            () => SopsFile.Encrypt(file.Bytes, file.Format, rule, host.Time.GetUtcNow(), host.KeyRandom));
        if (inPlace && file.Shown != "standard input")
            file.Replace(bytes);
        else
            SecretShared.Print(host, bytes, SopsFormat.Json);
        return ExitCode.Done;
    }
}
