using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Orrery.Simulation.Machines.CloudInit;

/// <summary>
/// YAML as Python's loader gives it to cloud-init and netplan: null, <see cref="bool"/>, <see cref="long"/>,
/// <see cref="double"/>, <see cref="string"/>, a list, or a map in its own order; plain scalars by YAML 1.1.
/// </summary>
internal static class YamlTree
{
    private const int DepthMax = 64;

    /// <summary>The only document of a text; a <see cref="FormatException"/> says what is wrong with it.</summary>
    public static object? Read(string text)
    {
        try
        {
            var parser = new Parser(new StringReader(text));
            parser.Consume<StreamStart>();
            if (parser.Accept<StreamEnd>(out _))
                return null;
            parser.Consume<DocumentStart>();
            return Node(parser, [], 0);
        }
        catch (Exception exception) when (exception is YamlException or InvalidOperationException)
        {
            throw new FormatException(exception.Message, exception);
        }
    }

    /// <summary>The value under a path of keys, or null.</summary>
    public static object? At(object? node, params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
            node = (node as Dictionary<string, object?>)?.GetValueOrDefault(key);
        return node;
    }

    /// <summary>A scalar as text, or null for what is none.</summary>
    public static string? Text(object? node) => node switch
    {
        string text => text,
        bool flag => flag ? "true" : "false",
        long number => number.ToString(CultureInfo.InvariantCulture),
        double number => number.ToString(CultureInfo.InvariantCulture),
        _ => null,
    };

    public static IReadOnlyList<object?> Items(object? node) => node as List<object?> ?? [];

    private static object? Node(Parser parser, Dictionary<string, object?> anchors, int depth)
    {
        if (depth > DepthMax)
            throw new FormatException("nested too deeply");
        switch (parser.Current)
        {
            case Scalar scalar:
                parser.MoveNext();
                return Keep(scalar.Anchor,
                    scalar.Style == ScalarStyle.Plain && scalar.Tag.IsEmpty ? Plain(scalar.Value) : scalar.Value,
                    anchors);
            case AnchorAlias alias:
                parser.MoveNext();
                return anchors.GetValueOrDefault(alias.Value.Value);
            case SequenceStart start:
                parser.MoveNext();
                var items = new List<object?>();
                while (!parser.TryConsume<SequenceEnd>(out _))
                    items.Add(Node(parser, anchors, depth + 1));
                return Keep(start.Anchor, items, anchors);
            case MappingStart start:
                parser.MoveNext();
                var map = new Dictionary<string, object?>(StringComparer.Ordinal);
                while (!parser.TryConsume<MappingEnd>(out _))
                    map[Text(Node(parser, anchors, depth + 1)) ?? ""] = Node(parser, anchors, depth + 1);
                return Keep(start.Anchor, map, anchors);
            default:
                throw new FormatException($"unexpected {parser.Current?.GetType().Name}");
        }
    }

    private static object? Keep(AnchorName anchor, object? value, Dictionary<string, object?> anchors)
    {
        if (!anchor.IsEmpty)
            anchors[anchor.Value] = value;
        return value;
    }

    private static object? Plain(string text)
    {
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                return null;
            case "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON":
                return true;
            case "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF":
                return false;
        }

        var digits = text.TrimStart('-', '+');
        if (digits.Length > 1 && digits[0] == '0' && digits.All(digit => digit is >= '0' and <= '7'))
            return Convert.ToInt64(digits, 8);
        if (digits.Length > 0 && digits.All(char.IsAsciiDigit)
            && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        return digits.Contains('.', StringComparison.Ordinal) && digits.Count(character => character == '.') == 1
            && digits.All(character => char.IsAsciiDigit(character) || character == '.') && digits.Length > 1
            ? double.Parse(text, CultureInfo.InvariantCulture)
            : text;
    }
}
