using System.CommandLine;
using Orrery.Cli.Age;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;

namespace Orrery.Cli.Commands.Age;

/// <summary><c>orrery age keygen</c>: a new identity, or the recipients of those that there are.</summary>
internal static class KeygenVerb
{
    public static Command Create(Host host)
    {
        var postQuantum = new Option<bool>("--post-quantum", "--pq")
        {
            Description = "Make one whose files no quantum computer opens; its recipient has 1,959 characters.",
        };
        var passphrase = new Option<bool>("--passphrase", "-p")
        {
            Description = "Encrypt the identity with a passphrase.",
        };
        var passphraseFile = AgeVerb.PassphraseFileOption();
        var workFactor = AgeVerb.WorkFactorOption();
        var recipients = new Option<string?>("--recipients-of", "-y")
        {
            Description = "Make nothing: print the recipients of the identities in this file.",
            HelpName = "FILE",
        };
        var output = AgeVerb.OutputOption("The file to write, for its owner only; standard output if not given.");
        var report = new Option<string>("--output")
        {
            Description = "How to report.",
            HelpName = "text|json",
            DefaultValueFactory = static _ => Shared.Text,
        };
        report.AcceptOnlyFromAmong(Shared.Text, Shared.Json);
        var command = new VerbCommand("keygen", "Makes an age identity, and says its recipient.")
        {
            Detail = "A file that exists is never replaced: without its identity, nothing encrypted to it opens again.",
            Examples = ["orrery age keygen -o key.txt", "orrery age keygen -y key.txt"],
            Options = { postQuantum, passphrase, passphraseFile, workFactor, recipients, output, report },
        };
        command.SetAction((parse, cancellation) => AgeVerb.RunAsync(
            host,
            new KeyGeneration(host, new KeygenRequest
            {
                IsPostQuantum = parse.GetValue(postQuantum),
                UsesPassphrase = parse.GetValue(passphrase),
                PassphraseFile = parse.GetValue(passphraseFile),
                WorkFactor = parse.GetValue(workFactor),
                Output = parse.GetValue(output),
                IdentityFile = parse.GetValue(recipients),
                IsJson = parse.GetValue(report) == Shared.Json,
            }).RunAsync,
            cancellation));
        return command;
    }
}
