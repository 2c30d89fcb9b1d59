using System.Globalization;
using Orrery.Model.Values;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Orrery.Model.Documents;

/// <summary>
/// Reads YAML documents that programs wrote, as values by YAML 1.2's core schema: manifests, values of charts,
/// cloud-config. Declarations, which people write, have a reader of their own that explains mistakes.
/// </summary>
public static class YamlDocuments
{
    private const int DepthMax = 64;

    /// <summary>All documents; empty ones are left out.</summary>
    /// <exception cref="FormatException">The text is no YAML, or has aliases, tags or repeated keys.</exception>
    public static IReadOnlyList<Value> Read(string text)
    {
        var documents = new List<Value>();
        try
        {
            var parser = new Parser(new StringReader(text));
            while (parser.MoveNext())
            {
                if (parser.Current is not DocumentStart)
                    continue;
                parser.MoveNext();
                var document = ReadNode(parser, 1);
                if (document is not Value.Null)
                    documents.Add(document);
            }
        }
        // The scanner of YamlDotNet 16.3 reads beyond its buffer on some texts that are no YAML.
        catch (Exception exception) when (exception is YamlException or InvalidOperationException)
        {
            throw new FormatException("The text is no YAML: " + exception.Message, exception);
        }

        return documents;
    }

    private static Value ReadNode(Parser parser, int depth)
    {
        if (depth > DepthMax)
            throw new FormatException($"The document is nested more than {DepthMax} deep.");
        if (parser.Current is AnchorAlias or NodeEvent { Anchor.IsEmpty: false }
            or NodeEvent { Tag: { IsEmpty: false, IsNonSpecific: false } })
        {
            throw new FormatException($"Line {parser.Current.Start.Line} has a tag or an alias, which are not read.");
        }

        switch (parser.Current)
        {
            case Scalar scalar:
                return scalar.Style == ScalarStyle.Plain ? PlainOf(scalar.Value) : scalar.Value;
            case SequenceStart:
                var items = new List<Value>();
                while (parser.MoveNext() && parser.Current is not SequenceEnd)
                    items.Add(ReadNode(parser, depth + 1));
                return Value.ListOf(items);
            default:
                return ReadMap(parser, depth);
        }
    }

    private static Value.Map ReadMap(Parser parser, int depth)
    {
        var fields = new Dictionary<string, Value>(StringComparer.Ordinal);
        while (parser.MoveNext() && parser.Current is not MappingEnd)
        {
            var line = parser.Current!.Start.Line;
            var key = parser.Current is Scalar scalar
                ? scalar.Value
                : throw new FormatException($"A key in line {line} is no scalar.");
            parser.MoveNext();
            if (!fields.TryAdd(key, ReadNode(parser, depth + 1)))
                throw new FormatException($"The key in line {line} occurs twice in one map.");
        }

        return new Value.Map(ValueMap.From(fields));
    }

    /// <summary>What a scalar without quotes means.</summary>
    internal static Value PlainOf(string text) => ScalarKinds.Of(text) switch
    {
        ScalarKind.Empty => Value.Null.Instance,
        ScalarKind.Boolean => text[0] is 't' or 'T',
        ScalarKind.Integer or ScalarKind.Fraction => NumberOf(text),
        _ => text,
    };

    /// <summary>Numbers beyond a decimal's range, and infinity, stay texts: no document of ours has them.</summary>
    private static Value NumberOf(string text)
    {
        var digits = text.TrimStart('+', '-');
        if (digits.StartsWith("0x", StringComparison.Ordinal)
            && long.TryParse(digits.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var hex))
        {
            return text[0] == '-' ? -hex : hex;
        }

        return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? new Value.Number(number)
            : text;
    }
}
