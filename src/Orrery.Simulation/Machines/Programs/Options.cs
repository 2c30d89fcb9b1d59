using Orrery.Simulation.Machines.Execution;

namespace Orrery.Simulation.Machines.Programs;

/// <summary>The options and operands of a call, as getopt_long reads them.</summary>
internal sealed class Options
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <summary>What is no option, in order.</summary>
    public List<string> Operands { get; } = [];

    /// <summary>True when one of them was given.</summary>
    public bool Has(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (_values.ContainsKey(name))
                return true;
        }

        return false;
    }

    /// <summary>The last value of the first of them that was given, or null.</summary>
    public string? Value(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (_values.TryGetValue(name, out var value))
                return value;
        }

        return null;
    }

    /// <summary>
    /// Reads a call; null, and a message, where it has an option that is not listed.
    /// </summary>
    /// <param name="letters">Letters, each with a colon where it takes a value: <c>fo:</c>.</param>
    /// <param name="words">Long options, likewise: <c>retry:</c>.</param>
    public static Options? Read(Invocation invocation, string letters, params string[] words)
    {
        var options = new Options();
        var arguments = invocation.Arguments;
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            if (argument == "--")
            {
                options.Operands.AddRange(arguments.Skip(i + 1));
                break;
            }

            if (argument.StartsWith("--", StringComparison.Ordinal))
            {
                if (!options.TakeWord(argument[2..], words, arguments, ref i))
                {
                    invocation.Fail($"unrecognized option '{argument}'");
                    return null;
                }
            }
            else if (argument.Length > 1 && argument[0] == '-')
            {
                if (options.TakeLetters(argument, letters, arguments, ref i) is { } wrong)
                {
                    invocation.Fail(wrong);
                    return null;
                }
            }
            else
            {
                options.Operands.Add(argument);
            }
        }

        return options;
    }

    private bool TakeWord(string text, string[] words, IReadOnlyList<string> arguments, ref int index)
    {
        var parts = text.Split('=', 2);
        if (words.Contains(parts[0]))
            _values[parts[0]] = parts.Length > 1 ? parts[1] : "";
        else if (words.Contains(parts[0] + ":") && (parts.Length > 1 || index + 1 < arguments.Count))
            _values[parts[0]] = parts.Length > 1 ? parts[1] : arguments[++index];
        else
            return false;
        return true;
    }

    private string? TakeLetters(string argument, string letters, IReadOnlyList<string> arguments, ref int index)
    {
        for (var i = 1; i < argument.Length; i++)
        {
            var at = letters.IndexOf(argument[i], StringComparison.Ordinal);
            if (at < 0 || argument[i] == ':')
                return $"invalid option -- '{argument[i]}'";
            var name = argument[i].ToString();
            if (at + 1 >= letters.Length || letters[at + 1] != ':')
            {
                _values[name] = "";
                continue;
            }

            if (i + 1 < argument.Length)
                _values[name] = argument[(i + 1)..];
            else if (index + 1 < arguments.Count)
                _values[name] = arguments[++index];
            else
                return $"option requires an argument -- '{argument[i]}'";
            return null;
        }

        return null;
    }
}
