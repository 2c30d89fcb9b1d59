using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using Orrery.Model.Diagnostics;
using Orrery.Model.Documents;
using Orrery.Model.Spec.Yaml;
using Orrery.Model.Values;

namespace Orrery.Model.Spec.Schema;

/// <summary>A single value; an empty one is refused, for it would hide a forgotten value.</summary>
internal abstract class ScalarShape<T> : Shape<T>
{
    protected abstract ScalarKind Wanted { get; }

    public override void Check(Node node, Problems problems)
    {
        if (node is not ScalarNode scalar)
        {
            WrongShape(node, problems);
            return;
        }

        if (scalar.IsEmpty)
        {
            problems.Add(
                SpecCodes.EmptyValue,
                node.Label,
                $"{Sentences.Capital(Title)} is expected after the colon.",
                "write the value, or remove the field");
        }
        else if (scalar.ScalarKind == Wanted)
        {
            CheckText(scalar, problems);
        }
        else if (Wanted == ScalarKind.Text)
        {
            CheckUnquoted(scalar, problems);
        }
        else
        {
            WrongShape(node, problems);
        }
    }

    protected abstract void CheckText(ScalarNode scalar, Problems problems);

    /// <summary>A text is wanted, and YAML reads the plain word as something else.</summary>
    private void CheckUnquoted(ScalarNode scalar, Problems problems)
    {
        var quoted = new ScalarNode(scalar.Mark, scalar.Label, scalar.Text, plain: false);
        if (!TryRead(quoted, out _))
        {
            CheckText(quoted, problems);
            return;
        }

        problems.Add(
            SpecCodes.Unquoted,
            scalar.Mark,
            $"YAML reads {Sentences.Quote(scalar)} as {scalar.Kind}, and {Title} is expected.",
            $"put it in quotes: \"{scalar.Text}\"");
    }

    private void WrongShape(Node node, Problems problems) => problems.Add(
        SpecCodes.WrongShape,
        node is ScalarNode ? node.Mark : node.Label,
        $"{Sentences.Capital(Title)} is expected here; this is {node.Kind}.");
}

/// <summary>A text with a form of its own: a size, an address, a version.</summary>
internal sealed class TextShape<T>(TextForm<T> form) : ScalarShape<T>
{
    public override string Title => form.Title;

    protected override ScalarKind Wanted => ScalarKind.Text;

    public override bool TryRead(Node node, [MaybeNullWhen(false)] out T value)
    {
        value = default;
        return node is ScalarNode { ScalarKind: ScalarKind.Text } scalar && form.Parse(scalar.Text, out value);
    }

    public override void WriteSchema(Utf8JsonWriter writer)
    {
        writer.WriteString("type", "string");
        if (form.Pattern is not null)
            writer.WriteString("pattern", form.Pattern);
    }

    protected override void CheckText(ScalarNode scalar, Problems problems)
    {
        if (!form.Parse(scalar.Text, out _))
            problems.Add(
                form.Code,
                scalar.Mark,
                $"{Sentences.Quote(scalar)} is not {form.Title}.",
                form.Hint ?? $"write it like {form.Example}");
    }
}

/// <summary>Reads the text of a value.</summary>
internal delegate bool TextParser<T>(string text, [MaybeNullWhen(false)] out T value);

/// <summary>The form of a text: its name, how it is read, and how it looks.</summary>
/// <param name="Pattern">A regular expression for editors, at least as permissive as <paramref name="Parse"/>.</param>
internal sealed record TextForm<T>(
    string Title, DiagnosticCode Code, TextParser<T> Parse, string Example, string? Pattern)
{
    /// <summary>What to do about a malformed one, where an example does not say it.</summary>
    public string? Hint { get; init; }
}

/// <summary>One of a few words.</summary>
internal sealed class EnumShape(params string[] values) : ScalarShape<string>
{
    public IReadOnlyList<string> Values => values;

    /// <summary>The words that ask for something not built, and what to say about it.</summary>
    public (ValueList<string> Values, DiagnosticCode Code)? NotYet { get; init; }

    public override string Title => $"one of {string.Join(", ", values)}";

    protected override ScalarKind Wanted => ScalarKind.Text;

    public override bool TryRead(Node node, [MaybeNullWhen(false)] out string value)
    {
        value = (node as ScalarNode)?.Text;
        return value is not null && Array.IndexOf(values, value) >= 0;
    }

    public override void WriteSchema(Utf8JsonWriter writer)
    {
        writer.WriteString("type", "string");
        writer.WriteStartArray("enum");
        foreach (var value in values)
            writer.WriteStringValue(value);
        writer.WriteEndArray();
    }

    protected override void CheckText(ScalarNode scalar, Problems problems)
    {
        if (NotYet is var (later, code) && later.Contains(scalar.Text))
            problems.AddOnce(code, scalar.Mark, code.Explanation);
        if (Array.IndexOf(values, scalar.Text) < 0)
        {
            problems.Add(
                SpecCodes.NotAllowed,
                scalar.Mark,
                $"{Sentences.Quote(scalar)} is not {Title}.{Suggestion.Sentence(scalar.Text, values)}");
        }
    }
}

/// <summary><c>true</c> or <c>false</c>.</summary>
internal sealed class BooleanShape : ScalarShape<bool>
{
    public override string Title => "true or false";

    protected override ScalarKind Wanted => ScalarKind.Boolean;

    public override bool TryRead(Node node, out bool value)
    {
        value = (node as ScalarNode)?.Text is "true" or "True" or "TRUE";
        return node is ScalarNode { ScalarKind: ScalarKind.Boolean };
    }

    public override void WriteSchema(Utf8JsonWriter writer) => writer.WriteString("type", "boolean");

    protected override void CheckText(ScalarNode scalar, Problems problems)
    {
    }
}

/// <summary>A whole number within bounds.</summary>
internal sealed class IntegerShape(int minimum, int maximum) : ScalarShape<int>
{
    public override string Title => "a whole number";

    protected override ScalarKind Wanted => ScalarKind.Integer;

    public override bool TryRead(Node node, out int value)
    {
        value = 0;
        return node is ScalarNode { ScalarKind: ScalarKind.Integer } scalar
            && int.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)
            && value >= minimum && value <= maximum;
    }

    public override void WriteSchema(Utf8JsonWriter writer)
    {
        writer.WriteString("type", "integer");
        writer.WriteNumber("minimum", minimum);
        writer.WriteNumber("maximum", maximum);
    }

    protected override void CheckText(ScalarNode scalar, Problems problems)
    {
        if (!TryRead(scalar, out _))
            problems.Add(SpecCodes.OutOfRange, scalar.Mark, $"{scalar.Text} is not between {minimum} and {maximum}.");
    }
}
