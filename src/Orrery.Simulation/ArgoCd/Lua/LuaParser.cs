namespace Orrery.Simulation.ArgoCd.Lua;

/// <summary>Statements of a script.</summary>
internal sealed class LuaParser
{
    private readonly LuaReader _reader;
    private readonly LuaExpressions _expressions;

    public LuaParser(List<LuaToken> tokens)
    {
        _reader = new LuaReader(tokens);
        _expressions = new LuaExpressions(_reader, FunctionBody);
    }

    public LuaStatement Script()
    {
        var body = Block();
        if (_reader.Now.Kind != LuaTokenKind.End)
            throw _reader.Unexpected();
        return body;
    }

    private LuaStatement Block()
    {
        var statements = new List<LuaStatement>();
        while (_reader.Now.Kind != LuaTokenKind.End
            && !(_reader.Now.Kind == LuaTokenKind.Word && _reader.Now.Text is "end" or "else" or "elseif"))
        {
            if (_reader.Accept(";"))
                continue;
            var isReturn = _reader.Now is { Kind: LuaTokenKind.Word, Text: "return" };
            statements.Add(Statement());
            if (isReturn)
                break;
        }

        return scope =>
        {
            foreach (var statement in statements)
            {
                scope.Steps.Take();
                var outcome = statement(scope);
                if (outcome.Leaves)
                    return outcome;
            }

            return LuaOutcome.Next;
        };
    }

    private LuaStatement Statement()
    {
        var token = _reader.Now;
        if (token.Kind != LuaTokenKind.Word)
            return AssignmentOrCall();
        _reader.Take();
        switch (token.Text)
        {
            case "local":
                return Local();
            case "if":
                return If();
            case "for":
                return For();
            case "while":
                return While();
            case "function":
                var name = _reader.Name();
                var function = FunctionBody();
                return scope =>
                {
                    scope.Write(name, function(scope));
                    return LuaOutcome.Next;
                };
            case "return":
                if (_reader.Now.Kind == LuaTokenKind.End
                    || _reader.Now is { Kind: LuaTokenKind.Word, Text: "end" or "else" or "elseif" })
                    return static _ => LuaOutcome.Return(null);
                var value = _expressions.Read();
                return scope => LuaOutcome.Return(value(scope));
            case "break":
                return static _ => LuaOutcome.Break;
            case "do":
                var inner = Ended();
                return scope => inner(new LuaScope(scope));
            default:
                throw _reader.Unexpected();
        }
    }

    private LuaStatement Local()
    {
        if (_reader.Accept("function"))
        {
            var function = _reader.Name();
            var body = FunctionBody();
            return scope =>
            {
                // Declared first, so that it can call itself.
                scope.Declare(function, null);
                scope.Declare(function, body(scope));
                return LuaOutcome.Next;
            };
        }

        var names = _reader.Names();
        var values = _reader.Accept("=") ? _expressions.List() : [];
        return scope =>
        {
            var given = values.Select(value => value(scope)).ToList();
            for (var i = 0; i < names.Count; i++)
                scope.Declare(names[i], i < given.Count ? given[i] : null);
            return LuaOutcome.Next;
        };
    }

    private LuaStatement If()
    {
        var branches = new List<(LuaExpression Condition, LuaStatement Body)>();
        LuaStatement otherwise = static _ => LuaOutcome.Next;
        do
        {
            var condition = _expressions.Read();
            _reader.Expect("then");
            branches.Add((condition, Block()));
        }
        while (_reader.Accept("elseif"));
        if (_reader.Accept("else"))
            otherwise = Block();
        _reader.Expect("end");
        return scope =>
        {
            foreach (var (condition, body) in branches)
            {
                if (LuaExpressions.IsTrue(condition(scope)))
                    return body(new LuaScope(scope));
            }

            return otherwise(new LuaScope(scope));
        };
    }

    private LuaStatement For()
    {
        var names = _reader.Names();
        if (_reader.Accept("="))
            return Counting(names[0]);
        _reader.Expect("in");
        var isList = _reader.Now.Text == "ipairs";
        var over = _expressions.Read();
        _reader.Expect("do");
        var body = Ended();
        return scope => Loop(scope, Items(over(scope), isList), (inner, item) =>
        {
            inner.Declare(names[0], item.Key);
            if (names.Count > 1)
                inner.Declare(names[1], item.Value);
        }, body);
    }

    private LuaStatement Counting(string name)
    {
        var bounds = _expressions.List();
        _reader.Expect("do");
        var body = Ended();
        return scope =>
        {
            var (from, to) = (LuaExpressions.Number(bounds[0](scope)), LuaExpressions.Number(bounds[1](scope)));
            var step = bounds.Count > 2 ? LuaExpressions.Number(bounds[2](scope)) : 1;
            var numbers = new List<double>();
            for (var i = from; step > 0 ? i <= to : i >= to; i += step)
            {
                scope.Steps.Take();
                numbers.Add(i);
            }

            return Loop(scope, numbers, (inner, number) => inner.Declare(name, number), body);
        };
    }

    private LuaStatement While()
    {
        var condition = _expressions.Read();
        _reader.Expect("do");
        var body = Ended();
        return scope =>
        {
            while (LuaExpressions.IsTrue(condition(scope)))
            {
                scope.Steps.Take();
                var outcome = body(new LuaScope(scope));
                if (outcome.IsReturn)
                    return outcome;
                if (outcome.IsBreak)
                    break;
            }

            return LuaOutcome.Next;
        };
    }

    private static LuaOutcome Loop<T>(
        LuaScope scope, IReadOnlyList<T> items, Action<LuaScope, T> declare, LuaStatement body)
    {
        foreach (var item in items)
        {
            var inner = new LuaScope(scope);
            declare(inner, item);
            var outcome = body(inner);
            if (outcome.IsReturn)
                return outcome;
            if (outcome.IsBreak)
                break;
        }

        return LuaOutcome.Next;
    }

    private static List<(object Key, object Value)> Items(object? over, bool isList)
    {
        var table = over as LuaTable ?? throw new LuaException("bad argument #1 to 'for iterator': table expected");
        return isList
            ? [.. Enumerable.Range(1, table.Length).Select(i => ((object)(double)i, table[(double)i]!))]
            : [.. table.Pairs];
    }

    private LuaStatement AssignmentOrCall()
    {
        var target = _expressions.Target();
        if (target.Write is null)
            return scope =>
            {
                target.Read(scope);
                return LuaOutcome.Next;
            };
        _reader.Expect("=");
        var value = _expressions.Read();
        return scope =>
        {
            target.Write(scope, value(scope));
            return LuaOutcome.Next;
        };
    }

    private LuaStatement Ended()
    {
        var body = Block();
        _reader.Expect("end");
        return body;
    }

    private LuaExpression FunctionBody()
    {
        _reader.Expect("(");
        var parameters = _reader.Now.Text == ")" ? [] : _reader.Names();
        _reader.Expect(")");
        var body = Ended();
        return scope => (LuaFunction)(arguments =>
        {
            scope.Steps.Take();
            var inner = new LuaScope(scope);
            for (var i = 0; i < parameters.Count; i++)
                inner.Declare(parameters[i], i < arguments.Length ? arguments[i] : null);
            return body(inner).Value;
        });
    }
}
