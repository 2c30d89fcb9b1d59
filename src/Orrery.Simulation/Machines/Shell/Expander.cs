using System.Text;
using Orrery.Simulation.Machines.Execution;

namespace Orrery.Simulation.Machines.Shell;

/// <summary>Turns words into fields: POSIX Shell Command Language, 2.6.</summary>
internal sealed class Expander(Interpreter shell)
{
    /// <summary>All fields of all words, split and globbed.</summary>
    public async Work<List<string>> Fields(IReadOnlyList<Word> words)
    {
        var fields = new List<string>();
        foreach (var word in words)
        {
            if (word.Parts is [LiteralPart only])
            {
                AddGlobbed(fields, only.Quoted ? Glob.Escape(only.Text) : Tilde(only.Text));
                continue;
            }

            var building = new FieldBuilder(shell.State.Get("IFS") ?? " \t\n");
            foreach (var part in word.Parts)
                await Add(building, part);
            foreach (var field in building.Finish())
                AddGlobbed(fields, field);
        }

        return fields;
    }

    /// <summary>One text, neither split nor globbed.</summary>
    public async Work<string> Text(Word word) => Glob.Unescape(await Pattern(word));

    /// <summary>One text in which what was quoted is escaped.</summary>
    public async Work<string> Pattern(Word word)
    {
        var text = new StringBuilder();
        foreach (var part in word.Parts)
        {
            if (part is LiteralPart literal)
                text.Append(literal.Quoted ? Glob.Escape(literal.Text) : literal.Text);
            else if (part is ParameterPart { Name: "@" or "*", Operator: "" })
                text.Append(Glob.Escape(string.Join(' ', shell.State.Positional)));
            else
                text.Append(part.Quoted ? Glob.Escape(await Value(part)) : await Value(part));
        }

        return text.ToString();
    }

    private string Tilde(string text) => text == "~" || text.StartsWith("~/", StringComparison.Ordinal)
        ? (shell.State.Get("HOME") ?? "/root") + text[1..]
        : text;

    private void AddGlobbed(List<string> fields, string pattern)
    {
        if (!shell.State.NoGlob && Glob.IsPattern(pattern))
        {
            var paths = Glob.Paths(shell.Machine.Files, shell.State.Folder, pattern);
            if (paths.Count > 0)
            {
                fields.AddRange(paths);
                return;
            }
        }

        fields.Add(Glob.Unescape(pattern));
    }

    private async Work<bool> Add(FieldBuilder building, WordPart part)
    {
        switch (part)
        {
            case LiteralPart literal:
                building.Literal(literal.Quoted ? Glob.Escape(literal.Text) : literal.Text, literal.Quoted);
                break;
            case ParameterPart { Name: "@", Operator: "", Quoted: true }:
                building.Separate(shell.State.Positional);
                break;
            case ParameterPart { Name: "@" or "*", Operator: "", Quoted: false }:
                building.Split(string.Join(' ', shell.State.Positional));
                break;
            case ParameterPart { Operator: "-" or ":-" or "+" or ":+", Argument: { } argument, Quoted: false } parameter
                when TakesArgument(parameter):
                foreach (var inner in argument.Parts)
                    await Add(building, inner);
                break;
            default:
                var value = await Value(part);
                if (part.Quoted)
                    building.Literal(Glob.Escape(value), true);
                else
                    building.Split(value);
                break;
        }

        return true;
    }

    private bool TakesArgument(ParameterPart part)
    {
        var value = Parameter(part.Name);
        var isSet = part.Operator[0] == ':' ? !string.IsNullOrEmpty(value) : value is not null;
        return isSet == (part.Operator[^1] == '+');
    }

    private async Work<string> Value(WordPart part) => part switch
    {
        LiteralPart literal => literal.Text,
        SubstitutionPart substitution => await shell.Substitute(substitution.Script),
        ArithmeticPart arithmetic => Calculate(await Text(arithmetic.Expression)),
        ParameterPart parameter => await ValueOf(parameter),
        _ => throw new InvalidOperationException($"no such part: {part.GetType().Name}"),
    };

    private string Calculate(string expression) =>
        new ArithmeticExpression(expression, shell.State.Get, shell.State.Set).Value()
            .ToString(System.Globalization.CultureInfo.InvariantCulture);

    private async Work<string> ValueOf(ParameterPart part)
    {
        var value = Parameter(part.Name);
        var argument = part.Argument ?? new Word([]);
        switch (part.Operator)
        {
            case "length":
                return Required(part, value).Length.ToString(System.Globalization.CultureInfo.InvariantCulture);
            case "-" or ":-" or "+" or ":+":
                if (TakesArgument(part))
                    return await Text(argument);
                return part.Operator[^1] == '+' ? "" : value ?? "";
            case "=" or ":=":
                if (value is not null && (part.Operator == "=" || value.Length > 0))
                    return value;
                value = await Text(argument);
                shell.State.Set(part.Name, value);
                return value;
            case "?" or ":?":
                if (value is not null && (part.Operator == "?" || value.Length > 0))
                    return value;
                var message = await Text(argument);
                throw new UnsetParameterException(
                    $"{part.Name}: {(message.Length > 0 ? message : "parameter not set or null")}");
            case "%" or "%%" or "#" or "##":
                return Trimmed(Required(part, value), part.Operator, await Pattern(argument));
            default:
                return Required(part, value);
        }
    }

    private string Required(ParameterPart part, string? value)
    {
        if (value is null && shell.State.FailOnUnset && part.Name is not ("@" or "*"))
        {
            throw new UnsetParameterException(
                $"{part.Name}: {(shell.IsBash ? "unbound variable" : "parameter not set")}");
        }

        return value ?? "";
    }

    private static string Trimmed(string value, string operation, string pattern)
    {
        var lengths = Enumerable.Range(0, value.Length + 1);
        if (operation.Length == 2)
            lengths = lengths.Reverse();
        foreach (var length in lengths)
        {
            var piece = operation[0] == '%' ? value[(value.Length - length)..] : value[..length];
            if (Glob.Matches(pattern, piece))
                return operation[0] == '%' ? value[..(value.Length - length)] : value[length..];
        }

        return value;
    }

    private string? Parameter(string name)
    {
        var culture = System.Globalization.CultureInfo.InvariantCulture;
        return name switch
        {
            "?" => shell.Status.ToString(culture),
            "#" => shell.State.Positional.Count.ToString(culture),
            "@" or "*" => string.Join(' ', shell.State.Positional),
            "$" or "!" => "4242",
            "-" => shell.State.ExitOnError ? "e" : "",
            "0" => shell.Invocation.Name,
            _ when char.IsAsciiDigit(name[0]) => int.Parse(name, culture) <= shell.State.Positional.Count
                ? shell.State.Positional[int.Parse(name, culture) - 1]
                : null,
            _ => shell.State.Get(name),
        };
    }

    /// <summary>
    /// Grows fields: what is unquoted is split, what is quoted is not and makes a field even when empty.
    /// </summary>
    private sealed class FieldBuilder(string separators)
    {
        private readonly List<string> _fields = [];
        private readonly StringBuilder _current = new();
        private bool _isOpen;

        public void Literal(string text, bool quoted)
        {
            _current.Append(text);
            _isOpen |= quoted || text.Length > 0;
        }

        public void Separate(IReadOnlyList<string> texts)
        {
            for (var i = 0; i < texts.Count; i++)
            {
                if (i > 0)
                    Close();
                Literal(Glob.Escape(texts[i]), true);
            }
        }

        public void Split(string text)
        {
            foreach (var character in text)
            {
                if (!separators.Contains(character, StringComparison.Ordinal))
                {
                    _current.Append(character);
                    _isOpen = true;
                }
                else
                {
                    Close(always: !char.IsWhiteSpace(character));
                }
            }
        }

        public List<string> Finish()
        {
            Close();
            return _fields;
        }

        private void Close(bool always = false)
        {
            if (_isOpen || always)
                _fields.Add(_current.ToString());
            _current.Clear();
            _isOpen = false;
        }
    }
}
