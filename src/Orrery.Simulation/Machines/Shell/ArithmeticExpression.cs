using System.Globalization;

namespace Orrery.Simulation.Machines.Shell;

/// <summary>The integers of <c>$(( ))</c>, by precedence climbing.</summary>
internal sealed class ArithmeticExpression(string text, Func<string, string?> read, Action<string, string> assign)
{
    private static readonly string[][] Levels =
    [
        ["||"], ["&&"], ["|"], ["^"], ["&"], ["==", "!="], ["<=", ">=", "<", ">"], ["<<", ">>"], ["+", "-"],
        ["*", "/", "%"],
    ];

    private int _position;

    /// <summary>Throws <see cref="ShellSyntaxException"/> where it is no expression.</summary>
    public long Value()
    {
        var value = Ternary();
        Skip();
        return _position == text.Length ? value : throw Wrong("expecting EOF");
    }

    private long Ternary()
    {
        var condition = Level(0);
        if (!Take("?"))
            return condition;
        var yes = Ternary();
        if (!Take(":"))
            throw Wrong("expecting ':'");
        var no = Ternary();
        return condition != 0 ? yes : no;
    }

    private long Level(int level)
    {
        if (level == Levels.Length)
            return Unary();
        var left = Level(level + 1);
        for (; ; )
        {
            var operation = Array.Find(Levels[level], IsNext);
            if (operation is null)
                return left;
            _position += operation.Length;
            left = Apply(operation, left, Level(level + 1));
        }
    }

    private long Apply(string operation, long left, long right) => operation switch
    {
        "||" => left != 0 || right != 0 ? 1 : 0,
        "&&" => left != 0 && right != 0 ? 1 : 0,
        "|" => left | right,
        "^" => left ^ right,
        "&" => left & right,
        "==" => left == right ? 1 : 0,
        "!=" => left != right ? 1 : 0,
        "<=" => left <= right ? 1 : 0,
        ">=" => left >= right ? 1 : 0,
        "<" => left < right ? 1 : 0,
        ">" => left > right ? 1 : 0,
        "<<" => left << (int)right,
        ">>" => left >> (int)right,
        "+" => left + right,
        "-" => left - right,
        "*" => left * right,
        _ when right == 0 => throw Wrong("division by zero"),
        "/" => left / right,
        _ => left % right,
    };

    private long Unary()
    {
        if (Take("!"))
            return Unary() == 0 ? 1 : 0;
        if (Take("-"))
            return -Unary();
        if (Take("+"))
            return Unary();
        if (Take("~"))
            return ~Unary();
        if (!Take("("))
            return Primary();
        var inner = Ternary();
        return Take(")") ? inner : throw Wrong("expecting ')'");
    }

    private long Primary()
    {
        Skip();
        var start = _position;
        while (_position < text.Length && (char.IsAsciiLetterOrDigit(text[_position]) || text[_position] == '_'))
            _position++;
        var word = text[start.._position];
        if (word.Length == 0)
            throw Wrong("expecting primary");
        if (char.IsAsciiDigit(word[0]))
            return Number(word);
        Skip();
        if (_position < text.Length && text[_position] == '=' && !IsNext("=="))
        {
            _position++;
            var value = Ternary();
            assign(word, value.ToString(CultureInfo.InvariantCulture));
            return value;
        }

        var current = read(word) ?? "";
        return current.Length == 0 ? 0 : Number(current.Trim());
    }

    private static long Number(string word)
    {
        if (word.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            && long.TryParse(word.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var hex))
        {
            return hex;
        }

        return long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new ShellSyntaxException($"Illegal number: {word}", 1);
    }

    private bool Take(string operation)
    {
        if (!IsNext(operation))
            return false;
        _position += operation.Length;
        return true;
    }

    private bool IsNext(string operation)
    {
        Skip();
        if (string.CompareOrdinal(text, _position, operation, 0, operation.Length) != 0)
            return false;
        // A longer operator that starts alike is another one.
        var after = _position + operation.Length < text.Length ? text[_position + operation.Length] : '\0';
        return !(operation is "|" or "&" or "<" or ">" && after == operation[0])
            && !(operation is "<" or ">" or "!" && after == '=');
    }

    private void Skip()
    {
        while (_position < text.Length && char.IsWhiteSpace(text[_position]))
            _position++;
    }

    private ShellSyntaxException Wrong(string what) => new($"arithmetic expression: {what}: \"{text}\"", 1);
}
