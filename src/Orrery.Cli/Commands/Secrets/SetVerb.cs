using System.CommandLine;
using System.Text;
using System.Text.Json;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Cli.Secrets;

namespace Orrery.Cli.Commands.Secrets;

/// <summary><c>orrery secret set FILE PATH</c>: sets one value, given on standard input.</summary>
internal static class SetVerb
{
    public static Command Create(Host host)
    {
        var file = SecretShared.File("The encrypted file.");
        var path = new Argument<string>("PATH")
        {
            Description = "The value: its keys with dots between them; a new key is added where the format allows it.",
        };
        var isJson = new Option<bool>("--json")
        {
            Description = "The value is JSON: a text in quotes, a number, true or false.",
        };
        var type = SecretShared.Type();
        var command = new VerbCommand("set", "Sets one value of an encrypted file to what standard input says.")
        {
            Detail = "One line break at its end is not part of it. It is no argument, because other users of the "
                + "machine "
                + "see those. Nothing else in the file changes but the MAC and the date.",
            Examples = ["orrery secret set secrets/prod/database.yaml stringData.password < new-password"],
            Arguments = { file, path },
            Options = { isJson, type },
        };
        command.SetAction((parse, _) => SecretRefusal.CatchAsync(host, () => Task.FromResult(Run(
            host,
            SecretFile.Read(host, parse.Required(file), parse.GetValue(type)),
            SecretShared.PathOf(parse.Required(path)),
            parse.GetValue(isJson)))));
        return command;
    }

    private static int Run(Host host, SecretFile file, IReadOnlyList<string> path, bool isJson)
    {
        var document = file.Open(host);
        var text = Encoding.UTF8.GetString(SecretFile.ReadInput(host));
        text = text.EndsWith('\n') ? text[..^1] : text;
        var json = isJson ? text : $"\"{JsonEncodedText.Encode(text)}\"";
        file.Replace(file.Try(() => document.Set(path, json, host.Time.GetUtcNow(), host.KeyRandom)));
        host.Screen.Tell($"{file.Shown}: {string.Join('.', path)} is set\n");
        return ExitCode.Done;
    }
}
