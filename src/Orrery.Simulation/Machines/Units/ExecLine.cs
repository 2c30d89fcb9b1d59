using System.Text;
using System.Text.RegularExpressions;
using Orrery.Simulation.Machines.Execution;
using Orrery.Simulation.Machines.Files;

namespace Orrery.Simulation.Machines.Units;

/// <summary>A command line of a unit: systemd.service(5), COMMAND LINES.</summary>
internal static partial class ExecLine
{
    /// <summary>systemd's own exit code for a program that cannot be started.</summary>
    public const int CannotExecute = 203;

    /// <summary>Runs one line; a leading dash makes every exit code 0.</summary>
    public static async Work<int> Run(Machine machine, Unit unit, string line, Scope scope, Action? ready = null)
    {
        var isIgnored = false;
        while (line.Length > 0 && line[0] is '-' or '@' or '+' or '!' or ':')
        {
            isIgnored |= line[0] == '-';
            line = line[1..];
        }

        var environment = Environment(machine, unit);
        if (environment is null)
            return isIgnored ? 0 : 1;
        var words = Words(line, environment);
        var output = LinesTo(machine, unit.Name);
        if (words.Count == 0 || machine.Programs.PathOf(words[0], null, "/") is not { } path)
        {
            machine.Log(unit.Name,
                $"{unit.Name}: Unable to locate executable '{words.FirstOrDefault()}': No such file or directory");
            return isIgnored ? 0 : CannotExecute;
        }

        var status = await machine.Programs.Start(path, new Invocation
        {
            Machine = machine,
            Scope = scope,
            Name = words[0],
            Arguments = [.. words.Skip(1)],
            Environment = environment,
            Folder = unit.File?.Value("Service", "WorkingDirectory")?.TrimStart('-') ?? "/",
            Streams = new Streams(Input.Empty, output, output),
            Cause = unit.Name,
            Ready = ready ?? (static () => { }),
        });
        return isIgnored ? 0 : status;
    }

    private static Dictionary<string, string>? Environment(Machine machine, Unit unit)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = Programs.ProgramRunner.DefaultPath,
            ["LANG"] = "C.UTF-8",
        };
        foreach (var value in unit.File?.Values("Service", "Environment") ?? [])
        {
            foreach (var word in Words(value, null))
                Assign(environment, word);
        }

        foreach (var file in unit.File?.Values("Service", "EnvironmentFile") ?? [])
        {
            var path = file.TrimStart('-');
            if (machine.Files.Find(path) is not FileNode)
            {
                if (file.StartsWith('-'))
                    continue;
                machine.Log(unit.Name, $"{unit.Name}: Failed to load environment files: No such file or directory");
                return null;
            }

            foreach (var line in machine.Files.ReadText(path).Split('\n')
                .Where(line => line.Length > 0 && line[0] is not ('#' or ';')))
                Assign(environment,
                    line.Trim().Replace("\"", "", StringComparison.Ordinal).Replace("'", "", StringComparison.Ordinal));
        }

        return environment;
    }

    private static void Assign(Dictionary<string, string> environment, string text)
    {
        var parts = text.Split('=', 2);
        if (parts.Length == 2)
            environment[parts[0]] = parts[1];
    }

    /// <summary>The words of a line, unquoted, and with <c>$NAME</c> and <c>${NAME}</c> replaced.</summary>
    private static List<string> Words(string line, Dictionary<string, string>? environment)
    {
        var words = new List<string>();
        var current = new StringBuilder();
        var (quote, isOpen) = ('\0', false);
        for (var i = 0; i < line.Length; i++)
        {
            var character = line[i];
            if (quote != '\0' && character == quote)
            {
                quote = '\0';
            }
            else if (quote == '\0' && character is '"' or '\'' && quote == '\0')
            {
                (quote, isOpen) = (character, true);
            }
            else if (character == '\\' && i + 1 < line.Length && quote != '\'')
            {
                current.Append(line[++i] switch { 'n' => '\n', 't' => '\t', var other => other });
                isOpen = true;
            }
            else if (quote == '\0' && character is ' ' or '\t' && quote == '\0')
            {
                Close();
            }
            else
            {
                current.Append(character);
                isOpen = true;
            }
        }

        Close();
        return words;

        void Close()
        {
            if (isOpen)
                words.AddRange(Expanded(current.ToString(), environment));
            current.Clear();
            isOpen = false;
        }
    }

    private static IEnumerable<string> Expanded(string word, Dictionary<string, string>? environment)
    {
        if (environment is null)
            return [word];
        // A variable that is a word of its own is split; one in braces is not. Two dollars are one.
        if (WholeVariable().Match(word) is { Success: true } whole)
            return environment.GetValueOrDefault(whole.Groups[1].Value, "")
                .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return [BracedVariable().Replace(word, match => match.Value == "$$" ? "$"
            : environment.GetValueOrDefault(match.Groups[1].Value, "")).Replace("%%", "%", StringComparison.Ordinal)];
    }

    private static Output LinesTo(Machine machine, string unit)
    {
        var rest = "";
        return new Output(content =>
        {
            var lines = (rest + Encoding.UTF8.GetString(content)).Split('\n');
            rest = lines[^1];
            foreach (var line in lines[..^1])
                machine.Journal.Add(unit, line);
        });
    }

    [GeneratedRegex(@"^\$(?<a>[A-Za-z_]\w*)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex WholeVariable();

    [GeneratedRegex(@"\$\$|\$\{(?<a>[A-Za-z_]\w*)\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex BracedVariable();
}
