using System.Globalization;
using System.Text;
using Orrery.Engine.Ports;

namespace Orrery.Providers.Edge;

/// <summary>A file of ours among people's: its first line says whose it is.</summary>
/// <param name="Owner">Null where another wrote it.</param>
/// <param name="Text">Without the first line and the secret, which has <see cref="NsdSecondary.SecretPlace"/>.</param>
/// <param name="Password">What the secret is made of; null where there is none.</param>
internal sealed record EdgeFile(Owner? Owner, string Text, string? Password)
{
    private const string Mark = "# Orrery's, and written anew by it:";
    private const string Secret = "secret: \"";

    /// <summary>As it stands there. Secret where it has a password.</summary>
    public static string Write(Owner owner, string text, string? password) =>
        string.Create(
            CultureInfo.InvariantCulture, $"{Mark} {owner.PlatformId} {owner.AddressHash} {owner.Generation}\n")
        + (password is null ? text : text.Replace(NsdSecondary.SecretPlace, SecretOf(password), StringComparison.Ordinal));

    public static EdgeFile Read(string content)
    {
        var end = content.IndexOf('\n', StringComparison.Ordinal);
        var first = end < 0 ? content : content[..end];
        if (!first.StartsWith(Mark, StringComparison.Ordinal)
            || first[Mark.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [var id, var hash, var number]
            || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var generation))
            return new EdgeFile(null, content, null);
        var (text, password) = WithoutSecret(content[(end + 1)..]);
        return new EdgeFile(new Owner(id, hash, generation), text, password);
    }

    private static (string Text, string? Password) WithoutSecret(string text)
    {
        var begin = text.IndexOf(Secret, StringComparison.Ordinal) + Secret.Length;
        var end = begin < Secret.Length ? -1 : text.IndexOf('"', begin);
        if (end < 0)
            return (text, null);
        var room = new byte[end - begin];
        return Convert.TryFromBase64String(text[begin..end], room, out var length)
            ? (text[..begin] + NsdSecondary.SecretPlace + text[end..], Encoding.ASCII.GetString(room, 0, length))
            : (text, null);
    }

    /// <summary>As keys of transfers are written (RFC 8945): base64.</summary>
    private static string SecretOf(string password) => Convert.ToBase64String(Encoding.ASCII.GetBytes(password));
}
