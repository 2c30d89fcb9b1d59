using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Orrery.Model.Documents;
using Orrery.Model.Platforms;
using Orrery.Model.Spec.Yaml;

namespace Orrery.Model.Spec.Schema;

/// <summary>Where a secret is found; never the secret itself.</summary>
internal sealed class SecretShape : Shape<SecretReference>
{
    public override string Title => "a reference to a secret";

    private static readonly string[] Kinds = ["env", "file", "sops", "vault"];

    private const string Forms = "{ env: NAME }, { file: path }, { sops: path#key } or { vault: path#key }";

    public override void Check(Node node, Problems problems)
    {
        if (node is ScalarNode { IsEmpty: false } literal)
        {
            // What looks like a secret was reported while reading; whatever else stands here is one to somebody.
            if (SecretScan.Find(literal.Text) is not null)
                return;
            node.Mark.Source.Hide(node.Mark);
            problems.Add(
                SpecCodes.SecretLiteral,
                node.Mark,
                "A secret never stands in a declaration; a reference to it does.",
                $"write {Forms}");
            return;
        }

        if (node is not MappingNode { Entries.Count: 1 } map)
        {
            problems.Add(
                SpecCodes.NotOneChoice,
                node.Label,
                $"A reference to a secret is a map with exactly one key; this is {node.Kind}.",
                $"write {Forms}");
            return;
        }

        var entry = map.Entries[0];
        if (Array.IndexOf(Kinds, entry.Key) < 0)
        {
            problems.Add(
                SpecCodes.UnknownField,
                entry.KeyMark,
                $"A secret is not found by {Sentences.Quote(entry.Key)}.{Suggestion.Sentence(entry.Key, Kinds)}",
                $"write {Forms}");
        }
        else if (!TryRead(node, out _))
        {
            problems.Add(SpecCodes.MalformedReference, entry.Value.Mark, Why(entry.Key), $"write {Forms}");
        }
    }

    public override bool TryRead(Node node, [MaybeNullWhen(false)] out SecretReference value)
    {
        value = node is MappingNode { Entries: [{ Value: ScalarNode { ScalarKind: ScalarKind.Text } text } entry] }
            ? Parse(entry.Key, text.Text)
            : null;
        return value is not null;
    }

    public override void WriteSchema(Utf8JsonWriter writer) => writer.WriteString("$ref", "#/$defs/Secret");

    /// <summary>The definition that all fields of this shape refer to.</summary>
    public static void WriteDefinition(Utf8JsonWriter writer)
    {
        writer.WriteString("description", "Where a secret is found; never the secret itself.");
        writer.WriteString("type", "object");
        writer.WriteNumber("minProperties", 1);
        writer.WriteNumber("maxProperties", 1);
        writer.WriteBoolean("additionalProperties", false);
        writer.WriteStartObject("properties");
        foreach (var kind in Kinds)
        {
            writer.WriteStartObject(kind);
            writer.WriteString("type", "string");
            writer.WriteString("pattern", kind switch
            {
                "env" => "^[A-Za-z_][A-Za-z0-9_]*$",
                "file" => ".",
                _ => "^[^#]+#[^#]+$",
            });
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static SecretReference? Parse(string kind, string text)
    {
        var hash = text.IndexOf('#', StringComparison.Ordinal);
        var (path, key) = hash < 0 ? (text, "") : (text[..hash], text[(hash + 1)..]);
        var hasBoth = path.Length > 0 && key.Length > 0;
        return kind switch
        {
            "env" when IsVariable(text) => new SecretReference.Env(text),
            "file" when text.Length > 0 => new SecretReference.File(text),
            "sops" when hasBoth => new SecretReference.Sops(path, key),
            "vault" when hasBoth => new SecretReference.Vault(path, key),
            _ => null,
        };
    }

    private static bool IsVariable(string text) =>
        text.Length > 0 && !char.IsAsciiDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private static string Why(string kind) => kind switch
    {
        "env" => "The name of an environment variable is made of letters, digits and underscores.",
        "file" => "The path of a file is expected.",
        _ => $"A {kind} reference is a path and a key, with # between them.",
    };
}
