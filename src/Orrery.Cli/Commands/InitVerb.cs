using System.CommandLine;
using System.Text;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Cli.Terminal;
using Orrery.Model.Diagnostics;
using Orrery.Model.Platforms;
using Orrery.Model.Spec;
using Orrery.Secrets.Age;

namespace Orrery.Cli.Commands;

/// <summary>
/// <c>orrery init [DIR]</c>: a declaration to start from, with recovery recipients that somebody holds.
/// </summary>
internal static class InitVerb
{
    private const string ExampleDefault = "cosmos";
    /// <summary>Under which all examples look for it.</summary>
    private const string IdentityVariable = "ORRERY_IDENTITY";

    private const string IdentityName = "recovery-identity.txt";

    public static Command Create(Host host)
    {
        var directory = new Argument<string>("DIR")
        {
            Description = "The folder to write to; made where it is missing. The current one by default.",
            DefaultValueFactory = static _ => ".",
        };
        var example = new Option<string>("--example")
        {
            Description = $"The platform to start from: {string.Join(", ", ExampleDeclarations.Names)}.",
            HelpName = "NAME",
            DefaultValueFactory = static _ => ExampleDefault,
        };
        example.AcceptOnlyFromAmong([.. ExampleDeclarations.Names]);
        var recipient = new Option<string[]>("--recipient")
        {
            Description = "An age recipient (age1...) that can open state and secrets; may be repeated. "
                + "Without one, a new recovery identity is made.",
            HelpName = "AGE1...",
        };
        var command = new VerbCommand("init", "Writes a declaration to start from.")
        {
            Examples = ["orrery init my-platform --example cosmos", "orrery validate my-platform"],
            Arguments = { directory },
            Options = { example, recipient },
        };
        command.SetAction(parse => Run(
            host, parse.Required(directory), parse.GetRequiredValue(example), parse.GetValue(recipient) ?? []));
        return command;
    }

    private static int Run(Host host, string path, string example, string[] recipients)
    {
        if (Problems(host, path, recipients) is [_, ..] problems)
        {
            host.Screen.Report(problems);
            return ExitCode.Invalid;
        }

        var folder = host.FullPath(path);
        var files = new StateFolder(folder);
        var said = new StringBuilder();
        Directory.CreateDirectory(folder);
        if (recipients.Length == 0)
        {
            recipients = [MakeIdentity(host, files)];
            said.Append($"made   {Path.Combine(path, StateFolder.Name, IdentityName)}\n");
        }

        var declaration = ExampleDeclarations.Create(example, recipients, JsonSchema.FileName);
        foreach (var file in new[] { declaration, new SourceFile(JsonSchema.FileName, JsonSchema.Write()) })
        {
            File.WriteAllText(Path.Combine(folder, file.Name), file.Text);
            said.Append($"wrote  {Path.Combine(path, file.Name)}\n");
        }

        said.Append(NextSteps(host, path, hasIdentity: said.ToString().StartsWith("made", StringComparison.Ordinal)));
        host.Screen.Print(said.ToString());
        return ExitCode.Done;
    }

    private static List<Diagnostic> Problems(Host host, string path, string[] recipients)
    {
        var problems = new List<Diagnostic>();
        foreach (var text in recipients.Where(text => !AgeRecipient.TryParse(text, out _)))
        {
            problems.Add(CliCodes.Usage.At(
                null, $"'{text}' is not an age recipient.", ["it begins with age1; make a pair with: age-keygen"]));
        }

        string[] written = ["platform.yaml", JsonSchema.FileName];
        problems.AddRange(written.Select(name => Path.Combine(path, name))
            .Where(name => File.Exists(host.FullPath(name)))
            .Select(name => CliCodes.AlreadyThere.At(null, $"'{name}' exists.")));
        return problems;
    }

    /// <summary>The recipient of the identity in the state's folder, which is made when there is none.</summary>
    private static string MakeIdentity(Host host, StateFolder files)
    {
        var file = files.PathOf(IdentityName);
        if (File.Exists(file) && IdentityFile.TryParse(File.ReadAllText(file), out var known, out _))
            return $"{known[0].Recipient}";
        var identity = AgeIdentity.Generate(host.KeyRandom);
        files.WriteForOwner(
            IdentityName, $"# Recovery identity of an Orrery platform: keep a copy where this folder is not.\n"
            + $"# public key: {identity.Recipient}\n{identity.Export()}\n");
        return $"{identity.Recipient}";
    }

    private static string NextSteps(Host host, string path, bool hasIdentity)
    {
        var text = new StringBuilder("\nNext:\n");
        var identity = Path.Combine(path, StateFolder.Name, IdentityName);
        if (hasIdentity)
        {
            text.Append($"  keep a copy of {identity} in a safe place:\n");
            text.Append("    without it, neither state nor secrets can be read again; Git ignores it\n");
        }

        text.Append("  edit platform.yaml, then look at it in a model, without any account:\n");
        text.Append($"    orrery validate {path}\n    orrery rehearse {path}\n");
        text.Append("  when it is right, make it real:\n");
        foreach (var name in Variables(host, path))
        {
            var value = hasIdentity && name == IdentityVariable ? $"\"$(cat {identity})\"" : "...";
            text.Append($"    export {name}={value}\n");
        }


        text.Append($"    orrery up {path}\n");
        return text.ToString();
    }

    private static IEnumerable<string> Variables(Host host, string path) =>
        DeclarationFiles.Read(host, path, profile: null).Value is { Platform: var platform }
            ? NeededSecrets.Of(platform).Select(needed => needed.Reference).OfType<SecretReference.Env>()
                .Select(env => env.Name)
            : [];
}
