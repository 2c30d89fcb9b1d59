using System.CommandLine;
using Orrery.Cli.Age;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;

namespace Orrery.Cli.Commands.Age;

/// <summary><c>orrery age encrypt FILE</c>: to recipients, or with a passphrase.</summary>
internal static class EncryptVerb
{
    public static Command Create(Host host)
    {
        var file = AgeVerb.FileArgument("What to encrypt; standard input if not given, or -.");
        var recipients = AgeVerb.Many(
            "--recipient", "-r", "RECIPIENT",
            "Who can open it: age1..., or an SSH public key in quotes; may be repeated.");
        var recipientFiles = AgeVerb.Many(
            "--recipients-file", "-R", "FILE", "A file of recipients, one a line; may be repeated.");
        var identities = AgeVerb.Many(
            "--identity", "-i", "FILE", "A file of identities, to whose recipients it is encrypted; may be repeated.");
        var plugins = AgeVerb.Many(
            "--plugin", "-j", "NAME", "A plugin that needs no further key; may be repeated.");
        var passphrase = new Option<bool>("--passphrase", "-p") { Description = "Encrypt with a passphrase instead." };
        var passphraseFile = AgeVerb.PassphraseFileOption();
        var workFactor = AgeVerb.WorkFactorOption();
        var armor = new Option<bool>("--armor", "-a") { Description = "Write text instead of bytes." };
        var output = AgeVerb.OutputOption("Where to write; standard output if not given, or -.");
        var force = AgeVerb.ForceOption();
        var command = new VerbCommand("encrypt", "Encrypts a file to recipients or with a passphrase.")
        {
            Detail = "An output file appears when it is complete. Files of any size take the same memory.",
            Examples =
            [
                "orrery age encrypt -r age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p -o a.age a.txt",
                "tar c folder | orrery age encrypt --passphrase > folder.tar.age",
            ],
            Arguments = { file },
            Options =
            {
                recipients, recipientFiles, identities, plugins, passphrase, passphraseFile, workFactor, armor, output,
                force,
            },
        };
        command.SetAction((parse, cancellation) => AgeVerb.RunAsync(
            host,
            token => new Encryption(host, Checked(new EncryptRequest
            {
                Recipients = parse.GetValue(recipients) ?? [],
                RecipientFiles = parse.GetValue(recipientFiles) ?? [],
                IdentityFiles = parse.GetValue(identities) ?? [],
                Plugins = parse.GetValue(plugins) ?? [],
                UsesPassphrase = parse.GetValue(passphrase),
                PassphraseFile = parse.GetValue(passphraseFile),
                WorkFactor = parse.GetValue(workFactor),
                IsArmored = parse.GetValue(armor),
                Force = parse.GetValue(force),
                Input = parse.GetValue(file),
                Output = parse.GetValue(output),
            })).RunAsync(token),
            cancellation));
        return command;
    }

    private static EncryptRequest Checked(EncryptRequest request)
    {
        var named = request.Recipients.Count + request.RecipientFiles.Count + request.Plugins.Count
            + request.IdentityFiles.Count;
        if (named == 0 && !request.UsesPassphrase)
        {
            throw Refused(
                "Nobody is named who could open the file.", "give --recipient, --recipients-file or --passphrase");
        }

        if (named > 0 && request.UsesPassphrase)
            throw Refused("A file with a passphrase has no other recipients.", "leave out one or the other");
        if (request is { PassphraseFile: not null, UsesPassphrase: false, IdentityFiles: [] })
        {
            throw Refused(
                "--passphrase-file is for --passphrase, or for an identity that is encrypted.", "add --passphrase");
        }

        return request;
    }

    private static AgeRefusal Refused(string detail, string hint) => AgeRefusal.Invalid(CliCodes.Usage, detail, hint);
}
