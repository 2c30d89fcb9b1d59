using System.Globalization;

namespace Orrery.Simulation.ArgoCd.Lua;

/// <summary>Where the parser stands.</summary>
internal sealed class LuaReader(List<LuaToken> tokens)
{
    private int _at;

    public LuaToken Now => tokens[_at];

    public LuaToken Take() => tokens[_at++];

    /// <summary>Takes a word or symbol where it stands here.</summary>
    public bool Accept(string text)
    {
        if (Now.Kind is not (LuaTokenKind.Word or LuaTokenKind.Symbol) || Now.Text != text)
            return false;
        _at++;
        return true;
    }

    public void Expect(string text)
    {
        if (!Accept(text))
            throw new LuaException($"line {Now.Line}: '{text}' expected near '{Now.Text}'");
    }

    public string Name() => Now.Kind == LuaTokenKind.Name ? Take().Text : throw Unexpected();

    public List<string> Names()
    {
        var names = new List<string> { Name() };
        while (Accept(","))
            names.Add(Name());
        return names;
    }

    public LuaException Unexpected() => new($"line {Now.Line}: unexpected symbol near '{Now.Text}'");
}

/// <summary>Something that can be read and perhaps written to.</summary>
internal sealed record LuaTarget(LuaExpression Read, Action<LuaScope, object?>? Write);

/// <summary>Expressions of a script, by their precedence.</summary>
internal sealed class LuaExpressions(LuaReader reader, Func<LuaExpression> functionBody)
{
    private static readonly string[][] Levels =
        [["or"], ["and"], ["<", ">", "<=", ">=", "==", "~="], [".."], ["+", "-"], ["*", "/", "%"]];

    public static bool IsTrue(object? value) => value is not (null or false);

    public static double Number(object? value) =>
        value is double number
            ? number
            : throw new LuaException($"attempt to perform arithmetic on a {LuaLibrary.TypeOf(value)} value");

    public LuaExpression Read() => Binary(0);

    public List<LuaExpression> List()
    {
        var list = new List<LuaExpression> { Read() };
        while (reader.Accept(","))
            list.Add(Read());
        return list;
    }

    /// <summary>A name or a call with all that follows it.</summary>
    public LuaTarget Target()
    {
        var target = Primary();
        while (true)
        {
            if (reader.Accept("."))
            {
                var name = reader.Name();
                target = Member(target.Read, _ => name);
            }
            else if (reader.Accept("["))
            {
                var key = Read();
                reader.Expect("]");
                target = Member(target.Read, key);
            }
            else if (reader.Accept(":"))
            {
                target = Method(target.Read, reader.Name());
            }
            else if (reader.Now is { Kind: LuaTokenKind.Symbol, Text: "(" })
            {
                var (callee, arguments) = (target.Read, Arguments());
                target = new LuaTarget(scope => Call(callee(scope), [.. arguments.Select(each => each(scope))]), null);
            }
            else
            {
                return target;
            }
        }
    }

    private LuaExpression Binary(int level)
    {
        if (level == Levels.Length)
            return Unary();
        var left = Binary(level + 1);
        while (reader.Now.Kind is LuaTokenKind.Word or LuaTokenKind.Symbol && Levels[level].Contains(reader.Now.Text))
        {
            var what = reader.Take().Text;
            // Concatenation binds to the right.
            var right = what == ".." ? Binary(level) : Binary(level + 1);
            left = Operation(what, left, right);
        }

        return left;
    }

    private static LuaExpression Operation(string what, LuaExpression left, LuaExpression right) => what switch
    {
        "or" => scope => left(scope) is var value && IsTrue(value) ? value : right(scope),
        "and" => scope => left(scope) is var value && !IsTrue(value) ? value : right(scope),
        "==" => scope => Equals(left(scope), right(scope)),
        "~=" => scope => !Equals(left(scope), right(scope)),
        ".." => scope => Joined(left(scope)) + Joined(right(scope)),
        "<" => scope => Compare(left(scope), right(scope)) < 0,
        "<=" => scope => Compare(left(scope), right(scope)) <= 0,
        ">" => scope => Compare(left(scope), right(scope)) > 0,
        ">=" => scope => Compare(left(scope), right(scope)) >= 0,
        "+" => scope => Number(left(scope)) + Number(right(scope)),
        "-" => scope => Number(left(scope)) - Number(right(scope)),
        "*" => scope => Number(left(scope)) * Number(right(scope)),
        "/" => scope => Number(left(scope)) / Number(right(scope)),
        _ => scope => Number(left(scope)) % Number(right(scope)),
    };

    private LuaExpression Unary()
    {
        if (reader.Accept("not"))
        {
            var negated = Unary();
            return scope => !IsTrue(negated(scope));
        }

        if (reader.Accept("#"))
        {
            var counted = Unary();
            return scope => counted(scope) switch
            {
                LuaTable table => (double)table.Length,
                string text => (double)text.Length,
                var other => throw new LuaException($"attempt to get length of a {LuaLibrary.TypeOf(other)} value"),
            };
        }

        if (!reader.Accept("-"))
            return Target().Read;
        var number = Unary();
        return scope => -Number(number(scope));
    }

    private LuaTarget Primary()
    {
        var token = reader.Now;
        switch (token.Kind)
        {
            case LuaTokenKind.Name:
                reader.Take();
                return new LuaTarget(
                    scope => scope.Read(token.Text), (scope, value) => scope.Write(token.Text, value));
            case LuaTokenKind.Number:
                reader.Take();
                var number = double.Parse(token.Text, CultureInfo.InvariantCulture);
                return new LuaTarget(_ => number, null);
            case LuaTokenKind.Text:
                reader.Take();
                return new LuaTarget(_ => token.Text, null);
            default:
                return new LuaTarget(Keyword(), null);
        }
    }

    private LuaExpression Keyword()
    {
        if (reader.Accept("nil"))
            return static _ => null;
        if (reader.Accept("true"))
            return static _ => true;
        if (reader.Accept("false"))
            return static _ => false;
        if (reader.Accept("function"))
            return functionBody();
        if (reader.Accept("{"))
            return Table();
        if (!reader.Accept("("))
            throw reader.Unexpected();
        var inner = Read();
        reader.Expect(")");
        return inner;
    }

    private LuaExpression Table()
    {
        var members = new List<(LuaExpression? Key, LuaExpression Value)>();
        while (!reader.Accept("}"))
        {
            if (reader.Accept("["))
            {
                var key = Read();
                reader.Expect("]");
                reader.Expect("=");
                members.Add((key, Read()));
            }
            else
            {
                members.Add(NamedOrListed());
            }

            if (!reader.Accept(",") && !reader.Accept(";") && reader.Now.Text != "}")
                throw reader.Unexpected();
        }

        return scope =>
        {
            var table = new LuaTable();
            var next = 1d;
            foreach (var (key, value) in members)
                table[key is null ? next++ : key(scope)] = value(scope);
            return table;
        };
    }

    private (LuaExpression? Key, LuaExpression Value) NamedOrListed()
    {
        var value = Listed(out var name);
        if (name is null || !reader.Accept("="))
            return (null, value);
        return (_ => name, Read());
    }

    // A lone name may turn out to be a member's.
    private LuaExpression Listed(out string? name)
    {
        name = reader.Now.Kind == LuaTokenKind.Name ? reader.Now.Text : null;
        return Read();
    }

    private List<LuaExpression> Arguments()
    {
        reader.Expect("(");
        if (reader.Accept(")"))
            return [];
        var arguments = List();
        reader.Expect(")");
        return arguments;
    }

    private static LuaTarget Member(LuaExpression of, LuaExpression key) => new(
        scope => Index(of(scope), key(scope)),
        (scope, value) => TableOf(of(scope), key(scope))[key(scope)] = value);

    private LuaTarget Method(LuaExpression of, string name)
    {
        var arguments = Arguments();
        return new LuaTarget(
            scope =>
            {
                var self = of(scope);
                var function = self is string ? Index(scope.Read("string"), name) : Index(self, name);
                return Call(function, [self, .. arguments.Select(each => each(scope))]);
            },
            null);
    }

    private static object? Index(object? of, object? key) => TableOf(of, key)[key];

    private static LuaTable TableOf(object? of, object? key) => of as LuaTable
        ?? throw new LuaException($"attempt to index a {LuaLibrary.TypeOf(of)} value (field '{LuaLibrary.Show(key)}')");

    private static object? Call(object? callee, object?[] arguments) => callee is LuaFunction function
        ? function(arguments)
        : throw new LuaException($"attempt to call a {LuaLibrary.TypeOf(callee)} value");

    private static string Joined(object? value) => value is string or double
        ? LuaLibrary.Show(value)
        : throw new LuaException($"attempt to concatenate a {LuaLibrary.TypeOf(value)} value");

    private static int Compare(object? left, object? right) => (left, right) switch
    {
        (double one, double other) => one.CompareTo(other),
        (string one, string other) => string.CompareOrdinal(one, other),
        _ => throw new LuaException(
            $"attempt to compare {LuaLibrary.TypeOf(left)} with {LuaLibrary.TypeOf(right)}"),
    };
}
