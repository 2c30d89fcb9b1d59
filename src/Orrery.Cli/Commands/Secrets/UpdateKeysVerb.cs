using System.CommandLine;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Cli.Secrets;
using Orrery.Secrets.Sops;

namespace Orrery.Cli.Commands.Secrets;

/// <summary><c>orrery secret updatekeys FILE</c>: encrypts files to whom the rules name now.</summary>
internal static class UpdateKeysVerb
{
    public static Command Create(Host host)
    {
        var files = SecretShared.Files();
        var (type, yes, output) = (SecretShared.Type(), Shared.Yes(), Shared.Output());
        var command = new VerbCommand("updatekeys", "Encrypts files to the recipients that .sops.yaml names now.")
        {
            Detail = "No value changes. Whoever could open a file before can still open what Git remembers of it: "
                + "after taking somebody away, rotate the data key and change the secrets themselves.",
            Examples = ["orrery secret updatekeys secrets/prod/*.yaml --yes"],
            Arguments = { files },
            Options = { yes, type, output },
        };
        command.SetAction((parse, cancellation) => SecretShared.ChangeAllAsync(
            host,
            new FileChanges(
                parse.GetRequiredValue(files), parse.GetValue(type), parse.GetValue(yes), parse.IsJson(output)),
            file => Change(host, file),
            cancellation));
        return command;
    }

    private static (byte[] Bytes, string What)? Change(Host host, SecretFile file)
    {
        var rule = RuleLookup.Of(host, file.Shown, file.Path);
        var document = file.Open(host);
        if (document.HasKeysOf(rule))
            return null;
        var bytes = file.Try(() => document.UpdateKeys(rule, host.KeyRandom));
        var (before, after) = (Names(document.Keys), Names(SopsFile.KeysOf(bytes, file.Format)));
        string[] what =
        [
            .. after.Except(before, StringComparer.Ordinal).Select(name => $"adds {name}"),
            .. before.Except(after, StringComparer.Ordinal).Select(name => $"takes {name} away"),
        ];
        return (bytes, what.Length > 0 ? string.Join(", ", what) : "changes its key groups");
    }

    private static string[] Names(SopsKeys keys) => [.. keys.Groups.SelectMany(group => group)];
}
