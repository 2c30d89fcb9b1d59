namespace Orrery.Simulation.ArgoCd.Lua;

/// <summary>The variables that can be seen from some place of a running script.</summary>
internal sealed class LuaScope(LuaScope? outer)
{
    private readonly Dictionary<string, object?> _variables = new(StringComparer.Ordinal);

    /// <summary>Steps that are left; shared by all scopes of a run, so that no script runs for ever.</summary>
    public StepLimit Steps { get; } = outer?.Steps ?? new StepLimit();

    public void Declare(string name, object? value) => _variables[name] = value;

    public object? Read(string name) =>
        _variables.TryGetValue(name, out var value) ? value : outer?.Read(name);

    /// <summary>What nobody declared is a global.</summary>
    public void Write(string name, object? value)
    {
        if (outer is null || _variables.ContainsKey(name))
            _variables[name] = value;
        else
            outer.Write(name, value);
    }

    internal sealed class StepLimit
    {
        private int _left = 100_000;

        public void Take()
        {
            if (--_left < 0)
                throw new LuaException("the script does not come to an end");
        }
    }
}

/// <summary>How a statement ended: on to the next, out of a loop, or out of the function with a value.</summary>
internal readonly record struct LuaOutcome(bool IsBreak, bool IsReturn, object? Value)
{
    public static LuaOutcome Next { get; }

    public static LuaOutcome Break { get; } = new(true, false, null);

    public static LuaOutcome Return(object? value) => new(false, true, value);

    public bool Leaves => IsBreak || IsReturn;
}

internal delegate object? LuaExpression(LuaScope scope);

internal delegate LuaOutcome LuaStatement(LuaScope scope);

/// <summary>A script that gives a value: as much of Lua 5.1 as health checks are written in.</summary>
internal sealed class LuaScript
{
    private readonly LuaStatement _body;

    private LuaScript(LuaStatement body) => _body = body;

    /// <exception cref="LuaException">The script cannot be read.</exception>
    public static LuaScript Read(string text) => new(new LuaParser(LuaTokens.Read(text)).Script());

    /// <summary>Runs it with one global and gives what it returns.</summary>
    public object? Run(string name, object? value)
    {
        var globals = new LuaScope(null);
        foreach (var (library, member) in LuaLibrary.Create())
            globals.Declare(library, member);
        globals.Declare(name, value);
        return _body(globals).Value;
    }
}
