using System.Text.RegularExpressions;
using Orrery.Simulation.Machines.Execution;
using Orrery.Simulation.Machines.Files;

namespace Orrery.Simulation.Machines.Programs;

/// <summary>
/// <c>sed</c> with <c>s</c>, <c>d</c>, <c>p</c> and <c>a</c>, each with an optional pattern before it.
/// </summary>
internal static partial class SedProgram
{
    private static readonly TimeSpan PatternLimit = TimeSpan.FromSeconds(1);

    public static async Work<int> Run(Invocation call)
    {
        if (Options.Read(call, "nErie:s", "in-place", "quiet", "regexp-extended") is not { } options)
            return 1;
        var operands = options.Operands;
        var script = options.Value("e");
        if (script is null && operands.Count > 0)
        {
            script = operands[0];
            operands = [.. operands.Skip(1)];
        }

        if (script is null || Command().Match(script) is not { Success: true } command)
            return call.Fail($"-e expression #1, char 1: unknown command: `{script}'");
        var isExtended = options.Has("E", "r", "regexp-extended");
        var address = command.Groups["address"] is { Success: true } given ? Expression(given.Value, isExtended) : null;
        var edit = Edit(command.Groups["edit"].Value, isExtended, options.Has("n", "quiet"));
        if (edit is null)
            return call.Fail($"-e expression #1: unknown command: `{script}'");
        string? Change(string line) => address is null || address.IsMatch(line)
            ? edit(line)
            : options.Has("n", "quiet") ? null : line;
        if (!options.Has("i", "in-place"))
            return await TextPrograms.Lines(call, operands, Change);
        foreach (var name in operands)
        {
            if (call.Files.Find(call.PathOf(name)) is not FileNode)
                return call.Fail($"can't read {name}: No such file or directory", 2);
            var capture = new CapturedOutput();
            await TextPrograms.Lines(call with { Streams = call.Streams with { Out = capture.Output } }, [name],
                Change);
            call.Files.Write(call.PathOf(name), capture.Bytes);
        }

        return 0;
    }

    private static Func<string, string?>? Edit(string text, bool isExtended, bool isQuiet)
    {
        switch (text[0])
        {
            case 'd':
                return static _ => null;
            case 'p':
                return line => isQuiet ? line : line + "\n" + line;
            case 'a':
                return line => line + "\n" + text[1..].TrimStart('\\', ' ');
            case 's' when text.Length > 3:
                var parts = Regex.Split(text[2..], $@"(?<!\\){Regex.Escape(text[1].ToString())}", RegexOptions.None,
                    PatternLimit);
                if (parts.Length < 3)
                    return null;
                var pattern =
                    Expression(parts[0].Replace("\\" + text[1], text[1].ToString(), StringComparison.Ordinal),
                    isExtended);
                var replacement = parts[1].Replace("\\" + text[1], text[1].ToString(), StringComparison.Ordinal);
                var count = parts[2].Contains('g', StringComparison.Ordinal) ? -1 : 1;
                var prints = parts[2].Contains('p', StringComparison.Ordinal);
                return line => !isQuiet || (prints && pattern.IsMatch(line))
                    ? pattern.Replace(line, match => Filled(replacement, match), count)
                    : null;
            default:
                return null;
        }
    }

    private static string Filled(string replacement, Match match)
    {
        var text = new System.Text.StringBuilder();
        for (var i = 0; i < replacement.Length; i++)
        {
            if (replacement[i] == '&')
                text.Append(match.Value);
            else if (replacement[i] != '\\' || i + 1 == replacement.Length)
                text.Append(replacement[i]);
            else if (char.IsAsciiDigit(replacement[++i]))
                text.Append(match.Groups[replacement[i] - '0'].Value);
            else
                text.Append(replacement[i] == 'n' ? '\n' : replacement[i]);
        }

        return text.ToString();
    }

    private static Regex Expression(string pattern, bool isExtended) =>
        new(isExtended ? pattern : TextPrograms.FromBasic(pattern), RegexOptions.None, PatternLimit);

    [GeneratedRegex(@"^\s*(/(?<address>([^/\\]|\\.)*)/)?\s*(?<edit>[sdpa].*)$",
        RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Command();
}
