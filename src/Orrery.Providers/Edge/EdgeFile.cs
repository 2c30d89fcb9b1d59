using System.Globalization;
using Orrery.Engine.Ports;

namespace Orrery.Providers.Edge;

/// <summary>A file of ours among people's: its first line says whose it is.</summary>
/// <param name="Owner">Null where another wrote it.</param>
/// <param name="Text">Without the first line, and with <see cref="NsdSecondary.SecretPlace"/> for the key.</param>
/// <param name="Key">The key that stands in it; null where there is none. Secret.</param>
internal sealed record EdgeFile(Owner? Owner, string Text, string? Key)
{
    private const string Mark = "# Orrery's, and written anew by it:";
    private const string Secret = "secret: \"";

    /// <summary>As it stands there. Secret where it has a key.</summary>
    public static string Write(Owner owner, string text, string? key) =>
        string.Create(
            CultureInfo.InvariantCulture, $"{Mark} {owner.PlatformId} {owner.AddressHash} {owner.Generation}\n")
        + (key is null ? text : text.Replace(NsdSecondary.SecretPlace, key, StringComparison.Ordinal));

    public static EdgeFile Read(string content)
    {
        var end = content.IndexOf('\n', StringComparison.Ordinal);
        var first = end < 0 ? content : content[..end];
        var words = first.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (!first.StartsWith(Mark, StringComparison.Ordinal) || words is not [.., var id, var hash, var last]
            || !int.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var generation))
            return new EdgeFile(null, content, null);
        var (text, key) = WithoutKey(content[(end + 1)..]);
        return new EdgeFile(new Owner(id, hash, generation), text, key);
    }

    /// <summary>Nothing of the key.</summary>
    public override string ToString() => $"{Owner}";

    private static (string Text, string? Key) WithoutKey(string text)
    {
        var found = text.IndexOf(Secret, StringComparison.Ordinal);
        var begin = found + Secret.Length;
        var end = found < 0 ? -1 : text.IndexOf('"', begin);
        return end < 0 ? (text, null) : (text[..begin] + NsdSecondary.SecretPlace + text[end..], text[begin..end]);
    }
}
