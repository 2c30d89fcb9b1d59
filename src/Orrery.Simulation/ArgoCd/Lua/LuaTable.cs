using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orrery.Simulation.ArgoCd.Lua;

/// <summary>A script that cannot be read, or fails as it runs.</summary>
[SuppressMessage("Design", "CA1064", Justification = "It never leaves the health checks.")]
internal sealed class LuaException(string message) : Exception(message);

/// <summary>A function of a script or of the library.</summary>
internal delegate object? LuaFunction(object?[] arguments);

/// <summary>A table; lists count from one. Values are null, bool, double, string, table or function.</summary>
internal sealed class LuaTable
{
    private readonly Dictionary<object, object?> _members = [];
    private readonly List<object> _order = [];

    public object? this[object? key]
    {
        get => key is null ? null : _members.GetValueOrDefault(key);
        set
        {
            if (key is null)
                throw new LuaException("index is nil");
            if (_members.TryAdd(key, value))
                _order.Add(key);
            _members[key] = value;
        }
    }

    /// <summary>How many follow each other from one.</summary>
    public int Length
    {
        get
        {
            var length = 0;
            while (this[(double)(length + 1)] is not null)
                length++;
            return length;
        }
    }

    /// <summary>All that is not nil, in the order of its first setting.</summary>
    public IEnumerable<(object Key, object Value)> Pairs =>
        _order.Where(key => _members[key] is not null).Select(key => (key, _members[key]!));

    public string? Text(string name) => this[name] as string;

    public static object? From(JsonNode? node)
    {
        switch (node)
        {
            case null:
                return null;
            case JsonObject members:
                var table = new LuaTable();
                foreach (var (name, value) in members)
                    table[name] = From(value);
                return table;
            case JsonArray items:
                var list = new LuaTable();
                for (var i = 0; i < items.Count; i++)
                    list[(double)(i + 1)] = From(items[i]);
                return list;
            default:
                return node.GetValueKind() switch
                {
                    JsonValueKind.True => true,
                    JsonValueKind.False => false,
                    JsonValueKind.Number => double.Parse(node.ToJsonString(), CultureInfo.InvariantCulture),
                    _ => node.GetValue<string>(),
                };
        }
    }
}

/// <summary>What scripts may call: as much of Lua's library as health checks use.</summary>
internal static class LuaLibrary
{
    private static readonly SearchValues<char> PatternMarks = SearchValues.Create("^$*+?.([%-");

    public static Dictionary<string, object?> Create()
    {
        var text = new LuaTable();
        text["find"] = (LuaFunction)(arguments => Find(arguments));
        text["lower"] = (LuaFunction)(arguments => Text(arguments, 0).ToLowerInvariant());
        text["len"] = (LuaFunction)(arguments => (double)Text(arguments, 0).Length);
        return new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            // Loops know these two by themselves.
            ["ipairs"] = (LuaFunction)(arguments => arguments[0]),
            ["pairs"] = (LuaFunction)(arguments => arguments[0]),
            ["string"] = text,
            ["tostring"] = (LuaFunction)(arguments => Show(arguments[0])),
            ["tonumber"] = (LuaFunction)(arguments => Number(arguments[0])),
            ["type"] = (LuaFunction)(arguments => TypeOf(arguments[0])),
        };
    }

    public static string Show(object? value) => value switch
    {
        null => "nil",
        bool truth => truth ? "true" : "false",
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        string text => text,
        _ => TypeOf(value),
    };

    public static string TypeOf(object? value) => value switch
    {
        null => "nil",
        bool => "boolean",
        double => "number",
        string => "string",
        LuaTable => "table",
        _ => "function",
    };

    // Only texts without Lua's own patterns: a health check that needs them must be told, not guessed at.
    private static object? Find(object?[] arguments)
    {
        var (text, sought) = (Text(arguments, 0), Text(arguments, 1));
        if (sought.AsSpan().ContainsAny(PatternMarks) && arguments.ElementAtOrDefault(3) is not true)
            throw new LuaException($"the pattern '{sought}' is not simulated");
        var at = text.IndexOf(sought, StringComparison.Ordinal);
        return at < 0 ? null : (double)(at + 1);
    }

    private static object? Number(object? value) => value switch
    {
        double number => number,
        string text when double.TryParse(text, CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    };

    private static string Text(object?[] arguments, int index) =>
        arguments.ElementAtOrDefault(index) as string
        ?? throw new LuaException($"bad argument #{index + 1}: string expected");
}
