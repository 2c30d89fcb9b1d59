using Orrery.Simulation.Machines.Execution;

namespace Orrery.Simulation.Machines.Shell;

/// <summary>What a shell remembers; a subshell gets a copy.</summary>
internal sealed class ShellState
{
    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal);
    private readonly HashSet<string> _exported = new(StringComparer.Ordinal);
    private readonly HashSet<string> _readOnly = new(StringComparer.Ordinal);
    private readonly Stack<Dictionary<string, string?>> _locals = new();

    public ShellState(IReadOnlyDictionary<string, string> environment)
    {
        foreach (var (name, value) in environment)
        {
            _variables[name] = value;
            _exported.Add(name);
        }

        _variables["IFS"] = " \t\n";
    }

    public Dictionary<string, Command> Functions { get; private init; } = new(StringComparer.Ordinal);

    public List<string> Positional { get; set; } = [];

    public string Folder { get; set; } = "/";

    public bool ExitOnError { get; set; }

    public bool FailOnUnset { get; set; }

    public bool PipeFail { get; set; }

    public bool Trace { get; set; }

    public bool NoGlob { get; set; }

    /// <summary>The bits that new files do not get: 022.</summary>
    public int Mask { get; set; } = 0x12;

    public string? ExitTrap { get; set; }

    public List<Work<int>> Jobs { get; } = [];

    public string? Get(string name) => _variables.GetValueOrDefault(name);

    public void Set(string name, string value)
    {
        if (_readOnly.Contains(name))
            throw new UnsetParameterException($"{name}: is read only");
        _variables[name] = value;
    }

    public void Unset(string name)
    {
        _variables.Remove(name);
        _exported.Remove(name);
    }

    public void Export(string name) => _exported.Add(name);

    public void Protect(string name) => _readOnly.Add(name);

    public void MakeLocal(string name)
    {
        if (_locals.TryPeek(out var saved) && !saved.ContainsKey(name))
            saved[name] = Get(name);
    }

    public void EnterFunction() => _locals.Push(new Dictionary<string, string?>(StringComparer.Ordinal));

    public void LeaveFunction()
    {
        foreach (var (name, value) in _locals.Pop())
            Restore(name, value);
    }

    /// <summary>Gives a variable the value that it had; null where it had none.</summary>
    public void Restore(string name, string? value)
    {
        if (value is null)
            _variables.Remove(name);
        else
            _variables[name] = value;
    }

    /// <summary>The environment of the programs that it starts.</summary>
    public Dictionary<string, string> Exported() =>
        _variables.Where(variable => _exported.Contains(variable.Key))
            .ToDictionary(variable => variable.Key, variable => variable.Value, StringComparer.Ordinal);

    public ShellState Copy()
    {
        var copy = new ShellState(new Dictionary<string, string>())
        {
            Functions = new Dictionary<string, Command>(Functions, StringComparer.Ordinal),
            Positional = [.. Positional],
            Folder = Folder,
            ExitOnError = ExitOnError,
            FailOnUnset = FailOnUnset,
            PipeFail = PipeFail,
            Trace = Trace,
            NoGlob = NoGlob,
            Mask = Mask,
        };
        foreach (var (name, value) in _variables)
            copy._variables[name] = value;
        copy._exported.UnionWith(_exported);
        copy._readOnly.UnionWith(_readOnly);
        return copy;
    }
}

/// <summary>A script used what is not set, or set what is protected; a shell that is no terminal ends by it.</summary>
public sealed class UnsetParameterException(string message) : Exception(message);
