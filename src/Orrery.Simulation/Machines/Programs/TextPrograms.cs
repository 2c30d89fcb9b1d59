using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Orrery.Simulation.Machines.Execution;
using Orrery.Simulation.Machines.Files;

namespace Orrery.Simulation.Machines.Programs;

/// <summary>Programs that read text and write text.</summary>
internal static class TextPrograms
{
    // What a regular expression of a script may cost.
    private static readonly TimeSpan PatternLimit = TimeSpan.FromSeconds(1);

    public static async Work<int> Cat(Invocation call) => await Each(call, call.Arguments, call.Out.Write);

    public static async Work<int> Head(Invocation call) => await Ends(call, fromStart: true);

    public static async Work<int> Tail(Invocation call) => await Ends(call, fromStart: false);

    public static async Work<int> Tee(Invocation call)
    {
        await call.Scope.CountProcess();
        if (Options.Read(call, "ai", "append") is not { } options)
            return 1;
        var content = call.In.TakeAll();
        call.Out.Write(content);
        foreach (var name in options.Operands)
        {
            try
            {
                if (options.Has("a", "append"))
                    call.Files.Append(call.PathOf(name), content);
                else
                    call.Files.Write(call.PathOf(name), content);
            }
            catch (FileException exception)
            {
                return call.Fail($"{name}: {exception.Message}");
            }
        }

        return 0;
    }

    public static async Work<int> Wc(Invocation call)
    {
        if (Options.Read(call, "lcw", "lines", "bytes") is not { } options)
            return 1;
        var whole = new CapturedOutput();
        var status = await Each(call, options.Operands, whole.Output.Write);
        var text = whole.Text;
        var counts = new List<int>();
        if (options.Has("l", "lines"))
            counts.Add(text.Count(character => character == '\n'));
        if (options.Has("w"))
            counts.Add(text.Split((char[])[' ', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries).Length);
        if (options.Has("c", "bytes") || counts.Count == 0)
            counts.Add(whole.Bytes.Length);
        call.Out.Line(string.Join(' ', counts) + (options.Operands.Count > 0 ? " " + options.Operands[0] : ""));
        return status;
    }

    public static async Work<int> Cut(Invocation call)
    {
        if (Options.Read(call, "d:f:c:sb:") is not { } options)
            return 1;
        var separator = options.Value("d") ?? "\t";
        var ranges = (options.Value("f", "c", "b") ?? "").Split(',').Select(Span).ToList();
        return await Lines(call, options.Operands, line =>
        {
            if (options.Has("f") && !line.Contains(separator, StringComparison.Ordinal))
                return options.Has("s") ? null : line;
            var pieces = options.Has("f") ? line.Split(separator) : [.. line.Select(character => character.ToString())];
            var kept = pieces.Where((_, index) =>
                ranges.Exists(range => index + 1 >= range.From && index + 1 <= range.To));
            return string.Join(options.Has("f") ? separator : "", kept);
        });
    }

    public static async Work<int> Tr(Invocation call)
    {
        await call.Scope.CountProcess();
        if (Options.Read(call, "dcs") is not { } options || options.Operands.Count == 0)
            return call.Fail("missing operand");
        var from = Characters(options.Operands[0]);
        var to = options.Operands.Count > 1 ? Characters(options.Operands[1]) : "";
        var text = new StringBuilder();
        foreach (var character in call.In.TakeText())
        {
            var index = from.IndexOf(character, StringComparison.Ordinal);
            var isMeant = options.Has("c") ? index < 0 : index >= 0;
            if (!isMeant)
                text.Append(character);
            else if (!options.Has("d"))
                text.Append(to.Length == 0 ? character
                    : to[Math.Clamp(index < 0 ? to.Length - 1 : index, 0, to.Length - 1)]);
            if (options.Has("s") && text.Length > 1 && text[^1] == text[^2] && isMeant)
                text.Length--;
        }

        call.Out.Text(text.ToString());
        return 0;
    }

    public static async Work<int> Sort(Invocation call)
    {
        if (Options.Read(call, "unrk:t:V") is not { } options)
            return 2;
        var lines = new List<string>();
        var status = await Lines(call, options.Operands, line =>
        {
            lines.Add(line);
            return null;
        });
        lines.Sort(options.Has("n") ? static (a, b) => Number(a).CompareTo(Number(b)) : string.CompareOrdinal);
        if (options.Has("r"))
            lines.Reverse();
        foreach (var line in options.Has("u") ? lines.Distinct() : lines)
            call.Out.Line(line);
        return status;
    }

    public static async Work<int> Uniq(Invocation call)
    {
        string? before = null;
        return await Lines(call, call.Arguments, line => line == before ? null : before = line);
    }

    public static async Work<int> Seq(Invocation call)
    {
        await call.Scope.CountProcess();
        var numbers = call.Arguments.Select(Number).ToList();
        if (numbers.Count == 0)
            return call.Fail("missing operand");
        var step = numbers.Count > 2 ? numbers[1] : 1;
        for (var i = numbers.Count > 1 ? numbers[0] : 1; step > 0 ? i <= numbers[^1] : i >= numbers[^1]; i += step)
            call.Out.Line(i.ToString(CultureInfo.InvariantCulture));
        return 0;
    }

    public static async Work<int> Cmp(Invocation call)
    {
        await call.Scope.CountProcess();
        if (Options.Read(call, "sn:", "silent", "quiet", "bytes:") is not { Operands.Count: 2 } options)
            return call.Fail("missing operand", 2);
        // Of a disk only this is known: whether all of it is zeros, as a device comes, or something stands on it.
        if (options.Operands[1] == "/dev/zero"
            && call.Machine.Mounts.Device(call.PathOf(options.Operands[0])) is { } disk)
            return disk.IsBlank ? 0 : 1;
        var contents = options.Operands.Select(name => call.Files.Find(call.PathOf(name)) as FileNode).ToList();
        if (contents[0] is null || contents[1] is null)
            return call.Fail($"{options.Operands[contents[0] is null ? 0 : 1]}: No such file or directory", 2);
        return contents[0]!.Content.AsSpan().SequenceEqual(contents[1]!.Content) ? 0 : 1;
    }

    public static async Work<int> Grep(Invocation call)
    {
        if (Options.Read(call, "qvEFisxlcnoe:rhH", "quiet", "fixed-strings", "invert-match") is not { } options)
            return 2;
        var operands = options.Operands;
        var pattern = options.Value("e");
        if (pattern is null)
        {
            if (operands.Count == 0)
                return call.Fail("usage: grep [OPTION]... PATTERNS [FILE]...", 2);
            pattern = operands[0];
            operands = [.. operands.Skip(1)];
        }

        if (options.Has("F", "fixed-strings"))
            pattern = Regex.Escape(pattern);
        else if (!options.Has("E"))
            pattern = FromBasic(pattern);
        if (options.Has("x"))
            pattern = $"^(?:{pattern})$";
        var expression =
            new Regex(pattern, options.Has("i") ? RegexOptions.IgnoreCase : RegexOptions.None, PatternLimit);
        var count = 0;
        var shows = !options.Has("q", "quiet", "c", "l");
        var status = await Lines(options.Has("s") ? call with { Streams = call.Streams with { Error = Output.Nowhere } }
            : call, operands, line =>
        {
            var match = expression.Match(line);
            if (match.Success == options.Has("v", "invert-match"))
                return null;
            count++;
            return !shows ? null : options.Has("o") ? match.Value : line;
        });
        if (options.Has("c"))
            call.Out.Line(count.ToString(CultureInfo.InvariantCulture));
        if (options.Has("l") && count > 0)
            call.Out.Line(operands.FirstOrDefault() ?? "(standard input)");
        return count > 0 ? 0 : status == 0 ? 1 : 2;
    }

    /// <summary>
    /// A basic regular expression in the framework's words: what needs a backslash there needs none here.
    /// </summary>
    public static string FromBasic(string pattern)
    {
        var text = new StringBuilder();
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == '\\' && i + 1 < pattern.Length)
                text.Append("(){}|+?".Contains(pattern[++i], StringComparison.Ordinal) ? pattern[i].ToString() : "\\"
                    + pattern[i]);
            else
                text.Append("(){}|+?".Contains(pattern[i], StringComparison.Ordinal) ? "\\" + pattern[i]
                    : pattern[i].ToString());
        }

        return text.ToString().Replace("[[:space:]]", @"\s", StringComparison.Ordinal)
            .Replace("[[:digit:]]", "[0-9]", StringComparison.Ordinal);
    }

    /// <summary>Gives every line of the files, or of the input, to a function and writes what it gives back.</summary>
    public static async Work<int> Lines(Invocation call, IReadOnlyList<string> names, Func<string, string?> change)
    {
        var whole = new CapturedOutput();
        var status = await Each(call, names, whole.Output.Write);
        var input = new Input(whole.Bytes);
        while (input.TakeLine() is { } line)
        {
            if (change(line.Text) is { } changed)
                call.Out.Line(changed);
        }

        return status;
    }

    private static async Work<int> Each(Invocation call, IReadOnlyList<string> names, Action<byte[]> take)
    {
        await call.Scope.CountProcess();
        var status = 0;
        foreach (var name in names.Count == 0 ? ["-"] : names)
        {
            try
            {
                take(name is "-" or "/dev/stdin" ? call.In.TakeAll() : call.Files.Read(call.PathOf(name)));
            }
            catch (FileException exception)
            {
                status = call.Fail($"{name}: {exception.Message}");
            }
        }

        return status;
    }

    private static async Work<int> Ends(Invocation call, bool fromStart)
    {
        // The old form `-5` means `-n 5`.
        var arguments = call.Arguments.SelectMany(argument => argument is ['-', >= '0' and <= '9', ..]
            ? new[] { "-n", argument[1..] }
            : [argument]).ToList();
        if (Options.Read(call with { Arguments = arguments }, "n:c:qf", "lines:", "bytes:") is not { } options)
            return 1;
        var whole = new CapturedOutput();
        var status = await Each(call, options.Operands, whole.Output.Write);
        var text = whole.Text;
        var count = (options.Value("c", "bytes") ?? options.Value("n", "lines") ?? "10");
        var number = (int)Number(count.TrimStart('+', '-'));
        if (options.Has("c", "bytes"))
        {
            call.Out.Text(fromStart ? text[..Math.Min(number, text.Length)]
                : text[Math.Max(0, text.Length - number)..]);
            return status;
        }

        var lines = text.Split('\n').ToList();
        if (lines[^1].Length == 0)
            lines.RemoveAt(lines.Count - 1);
        var kept = fromStart ? lines.Take(number)
            : count.StartsWith('+') ? lines.Skip(number - 1)
            : lines.Skip(Math.Max(0, lines.Count - number));
        foreach (var line in kept)
            call.Out.Line(line);
        return status;
    }

    private static (int From, int To) Span(string text)
    {
        var parts = text.Split('-');
        var from = parts[0].Length == 0 ? 1 : (int)Number(parts[0]);
        return (from, parts.Length == 1 ? from : parts[1].Length == 0 ? int.MaxValue : (int)Number(parts[1]));
    }

    private static string Characters(string set)
    {
        set = set.Replace("\\n", "\n", StringComparison.Ordinal).Replace("\\t", "\t", StringComparison.Ordinal)
            .Replace("[:upper:]", "A-Z", StringComparison.Ordinal).Replace("[:lower:]", "a-z", StringComparison.Ordinal)
            .Replace("[:space:]", " \t\n\r", StringComparison.Ordinal)
                .Replace("[:digit:]", "0-9", StringComparison.Ordinal)
            .Replace("[:alnum:]", "A-Za-z0-9", StringComparison.Ordinal);
        var text = new StringBuilder();
        for (var i = 0; i < set.Length; i++)
        {
            if (i + 2 < set.Length && set[i + 1] == '-')
            {
                for (var character = set[i]; character <= set[i + 2]; character++)
                    text.Append(character);
                i += 2;
            }
            else
            {
                text.Append(set[i]);
            }
        }

        return text.ToString();
    }

    private static long Number(string text) =>
        long.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
            : 0;
}
