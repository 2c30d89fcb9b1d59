using System.CommandLine;
using System.Text;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Cli.Secrets;
using Orrery.Cli.Terminal;

namespace Orrery.Cli.Commands.Secrets;

/// <summary><c>orrery secret view FILE [PATH]</c>: who can open a file, and what is in it or in one place.</summary>
internal static class ViewVerb
{
    public static Command Create(Host host)
    {
        var file = SecretShared.File("The encrypted file.");
        var path = new Argument<string?>("PATH")
        {
            Description = "One value: its keys with dots between them; all of the file by default.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var type = SecretShared.Type();
        var command = new VerbCommand("view", "Shows who can open a file, and what is in it.")
        {
            Detail = "With a path it prints that value alone, for use in scripts.",
            Examples =
            [
                "orrery secret view secrets/prod/database.yaml",
                "orrery secret view secrets/prod/database.yaml stringData.password",
            ],
            Arguments = { file, path },
            Options = { type },
        };
        command.SetAction((parse, _) => SecretRefusal.CatchAsync(host, () => Task.FromResult(
            Run(host, SecretFile.Read(host, parse.Required(file), parse.GetValue(type)), parse.GetValue(path)))));
        return command;
    }

    private static int Run(Host host, SecretFile file, string? path)
    {
        var document = file.Open(host);
        if (path is not null)
        {
            host.Screen.Print(
                Encoding.UTF8.GetString(file.Try(() => document.Extract(SecretShared.PathOf(path)))) + "\n");
            return ExitCode.Done;
        }

        // Beside the content, so that the content alone can be piped on.
        foreach (var (group, number) in document.Keys.Groups.Select((group, index) => (group, index + 1)))
        {
            var which = document.Keys.Groups.Count > 1 ? $"key group {number}: " : "encrypted to ";
            host.Screen.Tell($"{which}{string.Join(", ", group)}\n");
        }

        if (document.Keys.Groups.Count > 1)
            host.Screen.Tell($"{Words.Count(document.Keys.Threshold, "group")} must agree\n");
        SecretShared.Print(host, document.Plain, file.Format);
        return ExitCode.Done;
    }
}
