using System.CommandLine;
using Orrery.Cli.Age;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;

namespace Orrery.Cli.Commands.Age;

/// <summary><c>orrery age decrypt --identity FILE FILE</c>: the content, once it is authentic.</summary>
internal static class DecryptVerb
{
    public static Command Create(Host host)
    {
        var file = AgeVerb.FileArgument("What to decrypt, armored or not; standard input if not given, or -.");
        var identities = AgeVerb.Many(
            "--identity", "-i", "FILE", "A file of identities or a private key of SSH; may be repeated.");
        var plugins = AgeVerb.Many(
            "--plugin", "-j", "NAME", "A plugin that needs no further key; may be repeated.");
        var passphraseFile = AgeVerb.PassphraseFileOption();
        var output = AgeVerb.OutputOption("Where to write; standard output if not given, or -.");
        var force = AgeVerb.ForceOption();
        var command = new VerbCommand("decrypt", "Decrypts a file with an identity or its passphrase.")
        {
            Detail = "What is written to standard output is authentic as far as it goes, and only an exit code of 0 "
                + "says that it is all. An output file appears when all of it is authentic. A passphrase is asked for "
                + "where a file needs one.",
            Examples =
            [
                "orrery age decrypt --identity key.txt letter.txt.age",
                "orrery age decrypt -i ~/.ssh/id_ed25519 -o letter.txt letter.txt.age",
            ],
            Arguments = { file },
            Options = { identities, plugins, passphraseFile, output, force },
        };
        command.SetAction((parse, cancellation) => AgeVerb.RunAsync(
            host,
            new Decryption(host, new DecryptRequest
            {
                IdentityFiles = parse.GetValue(identities) ?? [],
                Plugins = parse.GetValue(plugins) ?? [],
                PassphraseFile = parse.GetValue(passphraseFile),
                Force = parse.GetValue(force),
                Input = parse.GetValue(file),
                Output = parse.GetValue(output),
            }).RunAsync,
            cancellation));
        return command;
    }
}
