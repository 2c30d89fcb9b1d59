using System.Globalization;
using Orrery.Engine.Ports;

namespace Orrery.Simulation.Git;

/// <summary>One call of the program, taken apart: the command, its options and its words.</summary>
internal sealed class GitCall
{
    private readonly ProcessRequest _request;
    private readonly Dictionary<string, string> _options = new(StringComparer.Ordinal);
    private List<string> _words;

    public GitCall(ProcessRequest request)
    {
        _request = request;
        Command = request.Arguments is [var command, ..] ? command : "";
        var rest = request.Arguments.Skip(1).ToList();
        var end = rest.IndexOf("--");
        var before = end < 0 ? rest : rest[..end];
        // What follows the two dashes is never an option.
        _words = [.. before.Where(word => !IsOption(word)), .. end < 0 ? [] : rest[(end + 1)..]];
        foreach (var option in before.Where(IsOption))
            _options[option] = "";
    }

    public string Command { get; }

    public IReadOnlyList<string> Words => _words;

    public ReadOnlyMemory<byte> Input => _request.Input;

    public string Folder => _request.Environment.GetValueOrDefault("GIT_DIR") ?? _request.Folder ?? "";

    public bool Has(string option) => _options.ContainsKey(option);

    public string Word(int index) =>
        index < _words.Count ? _words[index] : throw GitRefusal.Fatal($"{Command}: too few arguments");

    /// <summary>Of <c>--option value</c>, or of <c>--option=value</c> where the name ends in an equals sign.</summary>
    public string? ValueOf(string option) => option.EndsWith('=')
        ? _options.Keys.FirstOrDefault(given => given.StartsWith(option, StringComparison.Ordinal))?[option.Length..]
        : _options.GetValueOrDefault(option) is { Length: > 0 } value ? value : null;

    /// <summary>Refuses options that the command does not have here; one that ends in a star has any value.</summary>
    public void Allow(params ReadOnlySpan<string> allowed)
    {
        foreach (var option in _options.Keys)
        {
            var isKnown = false;
            foreach (var each in allowed)
                isKnown |= each == option
                    || (each.EndsWith('*') && option.StartsWith(each[..^1], StringComparison.Ordinal));
            if (!isKnown)
                throw new GitRefusal(129, $"error: unknown option `{option.TrimStart('-')}'\n");
        }
    }

    /// <summary>The same where each option's value is the next word.</summary>
    public void AllowWithValue(params ReadOnlySpan<string> allowed)
    {
        Allow(allowed);
        var rest = _request.Arguments.Skip(1).ToList();
        _words = [];
        for (var i = 0; i < rest.Count; i++)
        {
            if (_options.ContainsKey(rest[i]) && i + 1 < rest.Count)
                _options[rest[i]] = rest[++i];
            else
                _words.Add(rest[i]);
        }
    }

    /// <summary>Of the configuration that the environment gives.</summary>
    public string? Configuration(string key)
    {
        for (var i = 0; ; i++)
        {
            var number = i.ToString(CultureInfo.InvariantCulture);
            if (_request.Environment.GetValueOrDefault($"GIT_CONFIG_KEY_{number}") is not { } name)
                return null;
            if (name == key)
                return _request.Environment.GetValueOrDefault($"GIT_CONFIG_VALUE_{number}");
        }
    }

    private static bool IsOption(string word) => word.StartsWith('-') && word.Length > 1;
}
