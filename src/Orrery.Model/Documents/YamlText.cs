using System.Globalization;
using System.Text;
using Orrery.Model.Values;

namespace Orrery.Model.Documents;

/// <summary>
/// Writes values as YAML that every reader understands alike: Kubernetes manifests and cloud-config. Block style, two
/// spaces, lists indented as kubectl does; equal values give equal text. A manifest begins with <c>apiVersion</c>,
/// <c>kind</c>, <c>metadata</c>, <c>spec</c>; all other keys are in ordinal order.
/// </summary>
public static class YamlText
{
    private static readonly string[] ManifestOrder = ["apiVersion", "kind", "metadata", "spec"];

    /// <summary>One document, ending with a line break. What is sensitive or not known yet is our mistake.</summary>
    public static string Write(Value value)
    {
        var text = new StringBuilder();
        new Writer(text, showsSensitive: false).Document(value);
        return text.ToString();
    }

    /// <summary>Several documents, with <c>---</c> between them.</summary>
    public static string WriteAll(IEnumerable<Value> documents) => string.Join("---\n", documents.Select(Write));

    /// <summary>One document of which parts are sensitive; and so the whole text is.</summary>
    public static Value.Sensitive WriteSensitive(Value value)
    {
        var text = new StringBuilder();
        new Writer(text, showsSensitive: true).Document(value);
        return new Value.Sensitive(text.ToString());
    }

    private sealed class Writer(StringBuilder text, bool showsSensitive)
    {
        public void Document(Value value)
        {
            switch (Shown(value))
            {
                case Value.Map { Fields.Count: > 0 } map:
                    Entries(map.Fields, 0, startsOnLine: false);
                    break;
                case Value.List { Items.Count: > 0 } list:
                    Items(list.Items, 0, startsOnLine: false);
                    break;
                case var scalar:
                    Scalar(scalar, 0);
                    break;
            }
        }

        /// <param name="startsOnLine">Whether the first entry stands on the line that is open.</param>
        private void Entries(ValueMap<Value> fields, int indentation, bool startsOnLine)
        {
            foreach (var (key, field) in InOrder(fields))
            {
                if (!startsOnLine)
                    text.Append(' ', indentation);
                startsOnLine = false;
                text.Append(PlainText.IsSafe(key) ? key : PlainText.Quote(key)).Append(':');
                var value = Shown(field);
                switch (value)
                {
                    case Value.Map { Fields.Count: > 0 } map:
                        text.Append('\n');
                        Entries(map.Fields, indentation + 2, startsOnLine: false);
                        break;
                    case Value.List { Items.Count: > 0 } list:
                        text.Append('\n');
                        Items(list.Items, indentation, startsOnLine: false);
                        break;
                    default:
                        text.Append(' ');
                        Scalar(value, indentation + 2);
                        break;
                }
            }
        }

        private void Items(ValueList<Value> items, int indentation, bool startsOnLine)
        {
            foreach (var item in items)
            {
                if (!startsOnLine)
                    text.Append(' ', indentation);
                startsOnLine = false;
                text.Append("- ");
                var value = Shown(item);
                switch (value)
                {
                    case Value.Map { Fields.Count: > 0 } map:
                        Entries(map.Fields, indentation + 2, startsOnLine: true);
                        break;
                    case Value.List { Items.Count: > 0 } list:
                        Items(list.Items, indentation + 2, startsOnLine: true);
                        break;
                    default:
                        Scalar(value, indentation + 2);
                        break;
                }
            }
        }

        private void Scalar(Value value, int indentation)
        {
            switch (value)
            {
                case Value.Text of when IsLiteral(of.Of):
                    Literal(of.Of, indentation);
                    return;
                case Value.Text of:
                    text.Append(PlainText.IsSafe(of.Of) ? of.Of : PlainText.Quote(of.Of));
                    break;
                case Value.Bool of:
                    text.Append(of.Is ? "true" : "false");
                    break;
                case Value.Number of:
                    text.Append(of.Of.ToString("0.############################", CultureInfo.InvariantCulture));
                    break;
                case Value.Null:
                    text.Append("null");
                    break;
                case Value.Map:
                    text.Append("{}");
                    break;
                case Value.List:
                    text.Append("[]");
                    break;
                default:
                    throw new InvariantException($"{value.GetType().Name} cannot be written into a document");
            }

            text.Append('\n');
        }

        /// <summary>A literal block shows lines as they are; odd characters and blank texts have none.</summary>
        private static bool IsLiteral(string of) =>
            of.Contains('\n', StringComparison.Ordinal)
            && of.Trim().Length > 0
            && !BeginsWithSpaces(of)
            && of.All(character => character is '\n' or '\t' || PlainText.IsPrintable(character));

        /// <summary>A line of nothing but spaces before all others: readers take it for a wrong indentation.</summary>
        private static bool BeginsWithSpaces(string of)
        {
            var lines = of[..^of.TrimStart().Length].Split('\n');
            return lines[..^1].Any(line => line.Length > 0);
        }

        private void Literal(string of, int indentation)
        {
            // Where the first line begins with a space or is blank, a reader cannot tell the indentation by itself.
            var needsIndicator = char.IsWhiteSpace(of[0]);
            text.Append('|').Append(needsIndicator ? "2" : "");
            if (!of.EndsWith('\n'))
                text.Append('-');
            else if (of.EndsWith("\n\n", StringComparison.Ordinal))
                text.Append('+');
            text.Append('\n');
            var content = of.EndsWith('\n') ? of[..^1] : of;
            foreach (var line in content.Split('\n'))
            {
                if (line.Length > 0)
                    text.Append(' ', Math.Max(indentation, 2)).Append(line);
                text.Append('\n');
            }
        }

        private Value Shown(Value value)
        {
            if (value is not Value.Sensitive sensitive)
                return value;
            Invariant.Check(showsSensitive, "a sensitive value must not be written into a document in clear");
            return Shown(sensitive.Of);
        }

        private static IEnumerable<KeyValuePair<string, Value>> InOrder(ValueMap<Value> fields)
        {
            if (!fields.ContainsKey("apiVersion") || !fields.ContainsKey("kind"))
                return fields;
            return fields.OrderBy(field => Array.IndexOf(ManifestOrder, field.Key) is >= 0 and var place ? place : 4);
        }
    }
}
