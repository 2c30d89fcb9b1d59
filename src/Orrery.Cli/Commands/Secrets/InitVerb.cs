using System.CommandLine;
using System.Text;
using Orrery.Cli.Age;
using Orrery.Cli.Commands.Age;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Cli.Secrets;
using Orrery.Cli.Terminal;
using Orrery.Model.Values;
using Orrery.Providers.Keys;
using Orrery.Secrets.Age;
using Orrery.Secrets.Sops.Rules;

namespace Orrery.Cli.Commands.Secrets;

/// <summary><c>orrery secret init DIR</c>: who can open what, from the recovery root down.</summary>
internal static class InitVerb
{
    public static Command Create(Host host)
    {
        var (directory, output) = (Shared.Directory(), Shared.Output());
        var identity = new Option<string?>("--identity")
        {
            Description = "Make one more recovery identity in this new file, and add its recipient to the declaration.",
            HelpName = "FILE",
        };
        var passphrase = new Option<bool>("--passphrase")
        {
            Description = "Encrypt that file with a passphrase.",
        };
        var file = new Option<string?>("--passphrase-file")
        {
            Description = "The file whose first line is the passphrase, where nobody can be asked.",
            HelpName = "FILE",
        };
        var command = new VerbCommand("init", "Makes each cluster's age identity, and the rules for encrypted files.")
        {
            Detail = "Each cluster gets an identity of its own, which opens what lies in secrets/CLUSTER/ and nothing "
                + "else; the recovery identities open everything and never enter a cluster. Repeat it at any time: "
                + "what is there stays.",
            Examples =
            [
                "orrery secret init my-platform", "orrery secret init my-platform --identity /media/safe/second.txt",
            ],
            Arguments = { directory },
            Options = { identity, passphrase, file, output },
        };
        command.SetAction((parse, cancellation) => host.WithDeclarationAsync(
            new Target(parse.Required(directory), null),
            loaded => SecretRefusal.CatchAsync(host, () => AgeVerb.RunAsync(
                host,
                token => RunAsync(
                    host, loaded,
                    new Wish(
                        parse.GetValue(identity),
                        parse.GetValue(passphrase) || parse.GetValue(file) is not null,
                        new Passphrases(host, parse.GetValue(file)),
                        parse.IsJson(output)),
                    token),
                cancellation))));
        return command;
    }

    private sealed record Wish(string? Identity, bool IsProtected, Passphrases Passphrases, bool IsJson);

    private static async Task RunAsync(Host host, Loaded loaded, Wish wish, CancellationToken cancellation)
    {
        var made = new List<string>();
        if (wish.Identity is { } path)
        {
            var recipients = await MakeIdentityAsync(host, loaded, path, wish, cancellation);
            made.Add(path);
            made.Add($"{loaded.Path}: its recipient");
            loaded = loaded with
            {
                Platform = loaded.Platform with
                {
                    Recovery = loaded.Platform.Recovery with { Recipients = recipients },
                },
            };
        }

        await MakeClustersAsync(host, loaded, made, cancellation);
        var rules = new PlatformRules(loaded.Folder);
        var (recovery, clusters) = (loaded.Platform.Recovery.Recipients, PlatformRules.RecipientsOf(loaded));
        if (rules.AreOurs && rules.Put(recovery, clusters))
            made.Add(CreationRules.FileName);
        Report(host, loaded, made, wish.IsJson);
        if (!rules.AreOurs)
        {
            host.Screen.Report(SecretCodes.ForeignRules.At(
                null, $"'{rules.FilePath}' has rules that orrery did not write, and was left as it is.",
                ["rules that fit the platform:", .. PlatformRules.Write(recovery, clusters).TrimEnd().Split('\n')]));
        }
    }

    private static async Task<ValueList<string>> MakeIdentityAsync(
        Host host, Loaded loaded, string shown, Wish wish, CancellationToken cancellation)
    {
        var path = host.FullPath(shown);
        if (Path.Exists(path))
        {
            throw new SecretRefusal(
                CliCodes.AlreadyThere.At(null, $"'{shown}' exists.", ["name a file that is not there yet"]),
                ExitCode.Invalid);
        }

        var identity = AgeIdentity.Generate(host.KeyRandom);
        var text = RecoveryFile.Text(identity, loaded.Platform.Name);
        var bytes = wish.IsProtected
            ? RecoveryFile.Protect(text, await wish.Passphrases.NewAsync(cancellation), host.KeyRandom)
            : Encoding.UTF8.GetBytes(text);
        var recipients = loaded.Platform.Recovery.Recipients.Append($"{identity.Recipient}").ToValueList();
        // The file first: a recipient whose identity nobody has would lock everybody out.
        StateFolder.WriteForOwner(path, bytes);
        if (DeclaredRecipients.Put(host, loaded, recipients))
            return recipients;
        throw new SecretRefusal(SecretCodes.NotDeclared.At(
            null, $"'{shown}' is made, and spec.recovery.recipients is written in a way that is not changed here.",
            [$"add this recipient by hand: {identity.Recipient}", $"then: orrery secret init {loaded.Path}"]));
    }

    private static async Task MakeClustersAsync(
        Host host, Loaded loaded, List<string> made, CancellationToken cancellation)
    {
        using var state = new StateAccess(host, loaded);
        using var files = new Engine.State.LocalStateFiles(
            loaded.Folder, host.Time, state.Folder.PathOf("declaration"));
        await state.WriteAsync(
            async (guard, token) =>
            {
                var keys = new KeysProvider(new KeysEnvironment
                {
                    Time = host.Time,
                    Maker = host.Keys,
                    Files = files,
                    Guard = guard,
                    Recipients = RecoveryKeys.RecipientsOf(host, loaded.Platform),
                    Identities = () => [],
                });
                foreach (var cluster in loaded.Platform.Clusters.Keys)
                {
                    if (await keys.EnsureIdentityAsync(cluster, token))
                        made.Add($"secrets/{cluster}: the cluster's age identity");
                }
            },
            Unobserved.Instance, cancellation);
    }

    private static void Report(Host host, Loaded loaded, List<string> made, bool isJson)
    {
        var recipients = loaded.Platform.Recovery.Recipients;
        if (isJson)
        {
            host.Screen.WriteJson(json =>
            {
                json.WriteStartArray("made");
                foreach (var what in made)
                    json.WriteStringValue(what);
                json.WriteEndArray();
                json.WriteNumber("recoveryRecipients", recipients.Count);
            });
            return;
        }

        var text = new StringBuilder();
        foreach (var what in made)
            text.Append($"made   {what}\n");
        if (made.Count == 0)
            text.Append("everything was there already\n");
        text.Append("\nNext:\n");
        if (recipients.Count == 1)
        {
            text.Append("  make a second recovery identity, and keep it elsewhere: one can be lost\n");
            text.Append($"    orrery secret init {loaded.Path} --identity FILE\n");
        }

        text.Append($"  look at who can open what\n    orrery secret doctor {loaded.Path}\n");
        host.Screen.Print(text.ToString());
    }
}
