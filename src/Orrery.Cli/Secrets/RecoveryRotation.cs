using System.Globalization;
using System.Text;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Cli.Terminal;
using Orrery.Engine.Runs;
using Orrery.Model.Values;
using Orrery.Secrets.Age;

namespace Orrery.Cli.Secrets;

/// <summary>
/// Another recovery identity in the place of the one at hand, in two phases: first everything can be opened by both,
/// then by the new one alone. Stopped anywhere, one of the two opens everything, and the same command goes on.
/// </summary>
internal sealed class RecoveryRotation(Host host, string path, KeyRotationWish wish)
{
    public const string Key = "recovery";

    /// <summary>The first one is the one that <c>orrery init</c> makes.</summary>
    private const int FirstNumber = 2;

    /// <summary>While it is under way.</summary>
    private const string PendingName = "recovery-identity-next.txt";

    private static readonly Target NoTarget = new("", null);

    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        // One that was stopped in its last phase has taken the old identity from the declaration already.
        var pending = Pending();
        using var session = Open(pending?.Export() ?? "");
        var (loaded, old) = (session.Loaded, session.Recipients.First());
        var made = pending ?? AgeIdentity.Generate(host.KeyRandom);
        var wanted = loaded.Platform.Recovery.Recipients.Except([old]).Append($"{made.Recipient}").Distinct()
            .ToValueList();
        if (!wish.Yes && !await AskAsync(loaded, old, $"{made.Recipient}", cancellation))
            return ExitCode.ChangesPending;
        if (pending is null)
            new StateFolder(loaded.Folder).WriteForOwner(PendingName, RecoveryFile.Text(made, loaded.Platform.Name));

        var code = loaded.Platform.Recovery.Recipients.Contains(old)
            ? await PhaseAsync([.. wanted, old], made.Export(), isLast: false)
            : ExitCode.Done;
        if (code == ExitCode.Done)
            code = await PhaseAsync(wanted, made.Export(), isLast: true);
        if (code == ExitCode.Done)
            Tell(loaded, Finish(session.Folder), old);
        return code;
    }

    /// <summary>Everything for exactly these: keys, documents, the state and the rules.</summary>
    private async Task<int> PhaseAsync(ValueList<string> recipients, string added, bool isLast)
    {
        var loaded = DeclarationFiles.Read(host, path, profile: null).Value
            ?? throw new InvariantException("the declaration was valid a moment ago");
        if (!loaded.Platform.Recovery.Recipients.Order(StringComparer.Ordinal)
                .SequenceEqual(recipients.Order(StringComparer.Ordinal), StringComparer.Ordinal)
            && !DeclaredRecipients.Put(host, loaded, recipients))
        {
            throw new SecretRefusal(SecretCodes.NotDeclared.At(
                null, $"spec.recovery.recipients of '{loaded.Path}' is written in a way that is not changed here.",
                [$"make it: [{string.Join(", ", recipients)}]", "then run the command again"]));
        }

        using var session = Open(added);
        var code = await new ChangingRun(session, new ChangingOptions
        {
            Verb = RunVerb.Up,
            VerbName = $"secret rotate --key {Key}",
            Yes = true,
            IsJson = wish.IsJson,
            IsContinued = !isLast,
        }).RunAsync();
        var rules = new PlatformRules(session.Loaded.Folder);
        if (code == ExitCode.Done && rules.AreOurs && File.Exists(rules.FilePath))
            rules.Put(recipients, PlatformRules.RecipientsOf(session.Loaded));
        return code;
    }

    private Session Open(string added)
    {
        var opened = Session.Open(host, NoTarget with { Path = path }, added);
        host.Screen.ReportBriefly(opened.Diagnostics, path);
        return opened.Value ?? throw new SecretRefusal(
            SecretCodes.NoKey.At(null, $"The platform '{path}' cannot be opened; see above."), ExitCode.Invalid);
    }

    /// <summary>The identity that a rotation which was stopped has made; null where none was.</summary>
    private IIdentity? Pending()
    {
        if (DeclarationFiles.Read(host, path, profile: null).Value is not { } loaded)
            return null;
        var file = new StateFolder(loaded.Folder).PathOf(PendingName);
        return File.Exists(file) && IdentityFile.TryParse(File.ReadAllText(file), out var known, out _)
            ? known[0]
            : null;
    }

    /// <summary>From now on the identity is one like others, and its file has a name of its own.</summary>
    private static string Finish(StateFolder folder)
    {
        for (var number = FirstNumber; ; number++)
        {
            var file = folder.PathOf(
                string.Create(CultureInfo.InvariantCulture, $"recovery-identity-{number}.txt"));
            if (File.Exists(file))
                continue;
            File.Move(folder.PathOf(PendingName), file);
            return file;
        }
    }

    private async Task<bool> AskAsync(Loaded loaded, string old, string made, CancellationToken cancellation)
    {
        host.Screen.Tell(
            $"the recovery identity of {loaded.Platform.Name} is replaced in two runs of 'up':\n"
            + $"  1. everything is encrypted also to {made}\n  2. and no longer to {old}\n");
        if (!host.Screen.CanAsk)
        {
            host.Screen.Tell("not a terminal, so nobody is asked and nothing is done; --yes does it\n");
            return false;
        }

        host.Screen.Tell("\nDo this? [y/N] ");
        var answer = await Task.Run(host.Screen.In.ReadLine, cancellation).WaitAsync(cancellation);
        return answer?.Trim() is "y" or "Y" or "yes";
    }

    private void Tell(Loaded loaded, string file, string old)
    {
        var text = new StringBuilder();
        text.Append($"the new recovery identity is in {Path.GetRelativePath(host.Folder, file)}\n");
        text.Append("  keep a copy in a safe place, and use it from now on; commit the declaration and secrets/\n");
        text.Append($"if {old} was leaked, whoever has it can read what Git remembers. Change with it:\n");
        foreach (var (what, how) in ReadableSecrets.Of(loaded))
            text.Append($"  {what}\n    {how}\n");
        // A program that reads our output wants one object there.
        if (wish.IsJson)
            host.Screen.Tell(text.ToString());
        else
            host.Screen.Print(text.ToString());
    }
}
