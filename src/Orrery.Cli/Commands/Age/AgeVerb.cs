using System.CommandLine;
using Orrery.Cli.Age;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Cli.Terminal;
using Orrery.Secrets.Age.Kinds;

namespace Orrery.Cli.Commands.Age;

/// <summary><c>orrery age</c>: files of age, as the age tool reads and writes them.</summary>
internal static class AgeVerb
{
    /// <summary>Below it even a good passphrase is soon guessed.</summary>
    private const int WorkFactorMin = 10;

    public static Command Create(Host host) => new VerbCommand(
        "age", "Makes keys, encrypts and decrypts files, as the age tool does.")
    {
        Detail = "Files and keys are those of age (age-encryption.org): each reads what the other writes.",
        Examples =
        [
            "orrery age keygen -o key.txt",
            "orrery age encrypt --recipients-file friends.txt -o letter.txt.age letter.txt",
            "orrery age decrypt --identity key.txt letter.txt.age",
        ],
        Subcommands = { KeygenVerb.Create(host), EncryptVerb.Create(host), DecryptVerb.Create(host) },
    };

    /// <summary>Runs until it is done or Ctrl-C; a refusal is reported and gives the exit code.</summary>
    public static async Task<int> RunAsync(
        Host host, Func<CancellationToken, Task> run, CancellationToken cancellation)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var interrupts = host.OnInterrupt(over.Cancel);
        try
        {
            await run(over.Token);
            return ExitCode.Done;
        }
        catch (AgeRefusal refusal)
        {
            host.Screen.Report(refusal.Diagnostic);
            return refusal.Exit;
        }
    }

    public static Option<string?> OutputOption(string description) =>
        new("--out", "-o") { Description = description, HelpName = "FILE" };

    public static Option<bool> ForceOption() => new("--force")
    {
        Description = "Replace the output file if it exists.",
    };

    public static Option<string?> PassphraseFileOption() => new("--passphrase-file")
    {
        Description = "Take the passphrase from the first line of this file, instead of asking.",
        HelpName = "FILE",
    };

    public static Option<int> WorkFactorOption()
    {
        var option = new Option<int>("--work-factor")
        {
            Description = $"How hard a passphrase is to guess: one more doubles time and memory of every try. "
                + $"{ScryptRecipient.WorkFactorDefault} by default, which is a second and 256 MiB.",
            HelpName = $"{WorkFactorMin}-{ScryptIdentity.WorkFactorMax}",
            DefaultValueFactory = static _ => ScryptRecipient.WorkFactorDefault,
        };
        option.AcceptOnlyFromAmong(
            [.. Enumerable.Range(WorkFactorMin, ScryptIdentity.WorkFactorMax - WorkFactorMin + 1).Select(n => $"{n}")]);
        return option;
    }

    /// <summary>Options that may be repeated.</summary>
    public static Option<string[]> Many(string name, string alias, string helpName, string description) =>
        new(name, alias) { Description = description, HelpName = helpName };

    public static Argument<string?> FileArgument(string description) => new("FILE")
    {
        Description = description,
        Arity = ArgumentArity.ZeroOrOne,
    };
}
