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

    private static readonly Target NoTarget = new("", null);

    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        using var session = Open("");
        var (loaded, old) = (session.Loaded, OldOf(session));
        var (file, made) = Next(session, old);
        var wanted = loaded.Platform.Recovery.Recipients.Except([old]).Append($"{made.Recipient}").Distinct()
            .ToValueList();
        if (!wish.Yes && !await AskAsync(loaded, old, $"{made.Recipient}", cancellation))
            return ExitCode.ChangesPending;
        if (!File.Exists(file))
            new StateFolder(loaded.Folder).WriteForOwner(
                Path.GetFileName(file), RecoveryFile.Text(made, loaded.Platform.Name));

        var code = await PhaseAsync([.. wanted, old], made.Export());
        if (code == ExitCode.Done)
            code = await PhaseAsync(wanted, made.Export());
        if (code == ExitCode.Done)
            Tell(loaded, file, old);
        return code;
    }

    /// <summary>Everything for exactly these: keys, documents, the state and the rules.</summary>
    private async Task<int> PhaseAsync(ValueList<string> recipients, string added)
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

    /// <summary>Whose identity is at hand, among the declared recipients.</summary>
    private static string OldOf(Session session) => session.Recipients
        .First(recipient => session.Platform.Recovery.Recipients.Contains(recipient));

    /// <summary>The identity that a rotation which was stopped has made, or a new one.</summary>
    private (string File, IIdentity Identity) Next(Session session, string old)
    {
        for (var number = 2; ; number++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"recovery-identity-{number}.txt");
            var file = session.Folder.PathOf(name);
            if (!File.Exists(file))
                return (file, AgeIdentity.Generate(host.KeyRandom));
            if (IdentityFile.TryParse(File.ReadAllText(file), out var known, out _)
                && $"{known[0].Recipient}" != old && !WasUsed(session, number))
                return (file, known[0]);
        }
    }

    /// <summary>A later one is there: this one's time is over.</summary>
    private static bool WasUsed(Session session, int number) => File.Exists(session.Folder.PathOf(
        string.Create(CultureInfo.InvariantCulture, $"recovery-identity-{number + 1}.txt")));

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
        if (wish.IsJson)
            return;
        var text = new StringBuilder();
        text.Append($"the new recovery identity is in {Path.GetRelativePath(host.Folder, file)}\n");
        text.Append("  keep a copy in a safe place, and use it from now on; commit the declaration and secrets/\n");
        text.Append($"if {old} was leaked, whoever has it can read what Git remembers. Change with it:\n");
        foreach (var (what, how) in ReadableSecrets.Of(loaded))
            text.Append($"  {what}\n    {how}\n");
        host.Screen.Print(text.ToString());
    }
}
