using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Orrery.Secrets.Sops;
using Orrery.Secrets.Sops.Formats;

namespace Orrery.Tests.Secrets.Sops;

/// <summary>A random plain file of a format.</summary>
internal sealed record PlainFile(SopsFormat Format, byte[] Bytes)
{
    public string Text => Encoding.UTF8.GetString(Bytes);

    public override string ToString() => $"{Format}:\n{Text}";
}

/// <summary>Random documents, of everything that some reader takes for something else.</summary>
internal static class SopsTrees
{
    private static readonly string[] Pieces =
    [
        "a", "yes", "No", "on", "0", "0755", "1e3", "~", "null", ":", ": ", " #", "#", "-", "- ", "?", "|", ">", "\n",
        "\n\n", " ", "\t", "\r", "'", "\"", "\\", "{", "]", ",", "&", "*", "!", "%", "@", "`", "2024-01-01", "12:30",
        ".5", "=", "<<", "---", "...", "é", "\u0085", "\u2028", "\uFEFF", "\0", "😀", "ENC[", ".inf", ";", "\"\"\"",
        "password", "line one\nline two\n", "-----BEGIN KEY-----\nabc\n-----END KEY-----\n",
    ];

    private static readonly Gen<string> Texts = Gen.Elements(Pieces).ListOf().Select(string.Concat);

    private static readonly Gen<string> Keys =
        Gen.Elements("key", "user", "password", "a b", "k:1", "x_unencrypted", "#hash", "- dash",
            "true", "5", "é", "q'\"");

    public static Arbitrary<PlainFile> Files { get; } = Gen.OneOf(
        Node(4).Where(IsMap).Select(node => File(SopsFormat.Yaml, Yaml(node, 0).TrimStart('\n') + "\n")),
        Node(4).Where(IsMap).Select(node => File(SopsFormat.Json, Json(node, 1) + "\n")),
        Lines("", (key, text) => $"{key}={text.Replace("\n", "\\n", StringComparison.Ordinal)}")
            .Select(text => File(SopsFormat.Dotenv, text)),
        Lines("[first]\n", static (key, text) => $"{key} = {IniText(text)}").Select(text => File(SopsFormat.Ini, text)),
        Gen.Choose(0, 255).Select(number => (byte)number).ArrayOf()
            .Select(bytes => new PlainFile(SopsFormat.Binary, bytes))).ToArbitrary();

    private static PlainFile File(SopsFormat format, string text) => new(format, Encoding.UTF8.GetBytes(text));

    private static bool IsMap(object? node) => node is List<KeyValuePair<string, object?>> { Count: > 0 };

    private static string IniText(string text)
    {
        try
        {
            return new IniFormat().Write(SopsValue.Of(text), default);
        }
        catch (SopsException)
        {
            return "other";
        }
    }

    private static Gen<string> Lines(string start, Func<string, string, string> line) =>
        from entries in (from text in Texts
                         from comment in Gen.Elements("", "", "# about it\n")
                         select (Text: text, Comment: comment)).NonEmptyListOf()
        select start + string.Concat(entries.Select(
            (entry, index) => entry.Comment + line($"KEY_{index}", entry.Text) + "\n"));

    private static Gen<object?> Node(int depth)
    {
        var scalars = Gen.OneOf(
            Texts.Select(text => (object?)text),
            Gen.Elements<object?>(true, false, null, 0L, -7L, long.MaxValue, 1.5, 1.0, -1e-9, 1e21, 0.1));
        if (depth == 0)
            return scalars;
        var below = Node(depth - 1);
        return Gen.OneOf(
            scalars,
            below.ListOf().Select(items => (object?)items.ToList()),
            (from key in Keys from value in below select KeyValuePair.Create(key, value)).NonEmptyListOf().Select(
                entries => (object?)entries.DistinctBy(entry => entry.Key).ToList()));
    }

    private static string Yaml(object? node, int indent)
    {
        var line = "\n" + new string(' ', indent);
        return node switch
        {
            List<KeyValuePair<string, object?>> map => string.Concat(map.Select((entry, index) =>
                $"{(index % 3 == 1 ? $"{line}# about {index}" : "")}{line}{YamlScalars.Quote(entry.Key)}:"
                + $"{Behind(entry.Value, indent)}{(index % 5 == 2 && IsScalar(entry.Value) ? " # behind" : "")}")),
            List<object?> { Count: 0 } => " []",
            List<object?> list => string.Concat(list.Select(item => $"{line}-{Behind(item, indent)}")),
            _ => " " + Scalar(node),
        };
    }

    private static string Behind(object? node, int indent) => Yaml(node, indent + 2);

    private static bool IsScalar(object? node) => node is not (List<object?> or List<KeyValuePair<string, object?>>);

    private static string Scalar(object? node) => node switch
    {
        null => "null",
        string text => YamlScalars.Quote(text),
        _ => new YamlFormat().Write(ValueOf(node), default),
    };

    private static SopsValue ValueOf(object node) => node switch
    {
        bool boolean => SopsValue.Of(boolean),
        long number => SopsValue.Of(number),
        double number => SopsValue.Of(number),
        _ => SopsValue.Of((string)node),
    };

    private static string Json(object? node, int depth)
    {
        var line = "\n" + new string(' ', depth * 2);
        return node switch
        {
            List<KeyValuePair<string, object?>> map => "{" + string.Join(',', map.Select(
                entry => $"{line}{JsonFormat.Quote(entry.Key)}: {Json(entry.Value, depth + 1)}")) + line[..^2] + "}",
            List<object?> list => "[" + string.Join(", ", list.Select(item => Json(item, depth + 1))) + "]",
            null => "null",
            _ => new JsonFormat().Write(ValueOf(node), default),
        };
    }
}
