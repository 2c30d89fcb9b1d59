using Orrery.Model.Spec.Yaml;

namespace Orrery.Model.Spec.Schema;

/// <summary>Small parts of messages.</summary>
internal static class Sentences
{
    /// <summary>Longer values are cut: a message is a sentence, the line stands above it.</summary>
    private const int QuotedMax = 60;

    public static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    public static string Lower(string text) => char.ToLowerInvariant(text[0]) + text[1..];

    /// <summary>The value in quotes; what looks like a secret is not repeated.</summary>
    public static string Quote(ScalarNode scalar) => Quote(scalar.Text);

    public static string Quote(string text)
    {
        var line = text.AsSpan(0, text.AsSpan().IndexOf('\n') is var end and >= 0 ? end : text.Length);
        var shown = SecretScan.Hide(line.ToString(), "(hidden)");
        return shown.Length > QuotedMax ? $"\"{shown.AsSpan(0, QuotedMax)}...\"" : $"\"{shown}\"";
    }

    /// <summary><c>a</c>, <c>a and b</c>, <c>a, b and c</c>.</summary>
    public static string List(IReadOnlyList<string> items) => items.Count switch
    {
        0 => "nothing",
        1 => items[0],
        _ => $"{string.Join(", ", items.Take(items.Count - 1))} and {items[^1]}",
    };
}
