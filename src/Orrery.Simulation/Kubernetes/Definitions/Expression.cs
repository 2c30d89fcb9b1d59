using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.Kubernetes.Admission;

/// <summary>
/// The part of the Common Expression Language that most rules use: members, has(), size(), comparisons, logic, and
/// tests of text. Anything else is unsupported, and said so: https://kubernetes.io/docs/reference/using-api/cel/.
/// </summary>
internal sealed class Expression
{
    private readonly string _text;
    private readonly List<string> _tokens;
    private readonly JsonNode _self;
    private readonly JsonNode? _old;
    private int _at;

    private Expression(string text, JsonNode self, JsonNode? old)
    {
        (_text, _self, _old) = (text, self, old);
        _tokens = ExpressionTokens.Of(text) ?? throw Unsupported();
    }

    /// <summary>
    /// False where the rule does not hold, or fails as one does that reads a member that is not there.
    /// </summary>
    public static bool Holds(string text, JsonNode self, JsonNode? old = null)
    {
        var expression = new Expression(text, self, old);
        try
        {
            var result = expression.Choice();
            return expression._at == expression._tokens.Count ? result is true : throw expression.Unsupported();
        }
        catch (MissingMember)
        {
            return false;
        }
    }

    private object? Choice()
    {
        var condition = Or();
        if (!Taken("?"))
            return condition;
        var yes = Lenient(Choice, condition is true);
        Expect(":");
        var no = Lenient(Choice, condition is not true);
        return condition is true ? yes : no;
    }

    private object? Or()
    {
        var left = And();
        while (Taken("||"))
        {
            var right = Lenient(And, left is not true);
            left = left is true || right is true;
        }

        return left;
    }

    private object? And()
    {
        var left = Comparison();
        while (Taken("&&"))
        {
            var right = Lenient(Comparison, left is true);
            left = left is true && right is true;
        }

        return left;
    }

    private object? Comparison()
    {
        var left = Sum();
        foreach (var word in new[] { "==", "!=", "<=", ">=", "<", ">", "in" })
        {
            if (Taken(word))
                return Compare(word, left, Sum());
        }

        return left;
    }

    private object? Sum()
    {
        var left = Unary();
        while (true)
        {
            if (Taken("+"))
                left = left is string text ? text + Unary() : Number(left) + Number(Unary());
            else if (Taken("-"))
                left = Number(left) - Number(Unary());
            else
                return left;
        }
    }

    private object? Unary()
    {
        if (Taken("!"))
            return Unary() is not true;
        return Taken("-") ? -Number(Unary()) : Members(Primary());
    }

    private object? Primary()
    {
        var token = Next();
        if (token == "(")
        {
            var inner = Choice();
            Expect(")");
            return inner;
        }

        if (token == "[")
            return ListLiteral();
        if (token[0] is '"' or '\'')
            return token[1..^1];
        if (char.IsAsciiDigit(token[0]))
            return decimal.Parse(token, CultureInfo.InvariantCulture);
        switch (token)
        {
            case "true" or "false":
                return token == "true";
            case "null":
                return null;
            case "self":
                return ToValue(_self);
            case "oldSelf":
                return ToValue(_old);
            case "size" when Taken("("):
                var sized = Choice();
                Expect(")");
                return SizeOf(sized);
            case "has" when Taken("("):
                return Has();
            default:
                throw Unsupported();
        }
    }

    private object? Members(object? value)
    {
        while (true)
        {
            if (Taken("["))
            {
                var index = Choice();
                Expect("]");
                value = index is string name ? Member(value, name) : ToValue((value as JsonArray)?[(int)Number(index)]);
            }
            else if (Taken("."))
            {
                var name = Next();
                value = Taken("(") ? Call(value, name) : Member(value, name);
            }
            else
            {
                return value;
            }
        }
    }

    private object? Call(object? value, string name)
    {
        var argument = Taken(")") ? null : Choice();
        if (argument is not null)
            Expect(")");
        return (name, value, argument) switch
        {
            ("size", _, null) => SizeOf(value),
            ("startsWith", string text, string with) => text.StartsWith(with, StringComparison.Ordinal),
            ("endsWith", string text, string with) => text.EndsWith(with, StringComparison.Ordinal),
            ("contains", string text, string with) => text.Contains(with, StringComparison.Ordinal),
            ("matches", string text, string with) => System.Text.RegularExpressions.Regex.IsMatch(
                text, with, System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)),
            _ => throw Unsupported(),
        };
    }

    private bool Has()
    {
        try
        {
            var value = Members(Primary());
            Expect(")");
            return value is not null;
        }
        catch (MissingMember)
        {
            while (Next() != ")")
            {
            }

            return false;
        }
    }

    private JsonArray ListLiteral()
    {
        var list = new JsonArray();
        while (!Taken("]"))
        {
            list.Add(Choice() switch
            {
                string text => JsonValue.Create(text),
                decimal number => JsonValue.Create(number),
                bool truth => JsonValue.Create(truth),
                JsonNode node => node.DeepClone(),
                _ => throw Unsupported(),
            });
            Taken(",");
        }

        return list;
    }

    private object Compare(string word, object? left, object? right) => word switch
    {
        "==" => Same(left, right),
        "!=" => !Same(left, right),
        "in" when right is JsonArray list => list.Any(each => Same(ToValue(each), left)),
        "in" when right is JsonObject map && left is string key => map.ContainsKey(key),
        "<" => Order(left, right) < 0,
        ">" => Order(left, right) > 0,
        "<=" => Order(left, right) <= 0,
        ">=" => Order(left, right) >= 0,
        _ => throw Unsupported(),
    };

    private int Order(object? left, object? right) => left is string one && right is string other
        ? string.CompareOrdinal(one, other)
        : Number(left).CompareTo(Number(right));

    private static bool Same(object? left, object? right) => left is JsonNode one && right is JsonNode other
        ? JsonNode.DeepEquals(one, other)
        : Equals(left, right);

    private decimal SizeOf(object? value) => value switch
    {
        string text => text.EnumerateRunes().Count(),
        JsonArray list => list.Count,
        JsonObject map => map.Count,
        _ => throw Unsupported(),
    };

    private object? Member(object? value, string name) => value is JsonObject map
        ? map.ContainsKey(name) ? ToValue(map[name]) : throw new MissingMember()
        : throw Unsupported();

    private static object? ToValue(JsonNode? node) => node?.GetValueKind() switch
    {
        null or JsonValueKind.Null => null,
        // Without this cast all arms would become JsonNodes.
        JsonValueKind.String => (object?)node.Text(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => decimal.Parse(
            node.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture),
        _ => node,
    };

    private decimal Number(object? value) => value is decimal number ? number : throw Unsupported();

    // The side of a logical operator that does not matter may fail; it still has to be read over.
    private object? Lenient(Func<object?> side, bool matters)
    {
        var start = _at;
        try
        {
            return side();
        }
        catch (MissingMember) when (!matters)
        {
            _at = ExpressionTokens.EndOfOperand(_tokens, start);
            return null;
        }
    }

    private string Next() => _at < _tokens.Count ? _tokens[_at++] : throw Unsupported();

    private bool Taken(string token)
    {
        if (_at >= _tokens.Count || _tokens[_at] != token)
            return false;
        _at++;
        return true;
    }

    private void Expect(string token)
    {
        if (!Taken(token))
            throw Unsupported();
    }

    private ApiFailure Unsupported() => ApiFailure.Unsupported($"the validation rule '{_text}'");

#pragma warning disable CA1032, CA1064 // It never leaves the evaluation.
    private sealed class MissingMember : Exception;
#pragma warning restore CA1032, CA1064
}
