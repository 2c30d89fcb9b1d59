using System.Diagnostics.CodeAnalysis;
using Orrery.Secrets.Age.Encodings;
using Orrery.Secrets.Age.Kinds;

namespace Orrery.Secrets.Age.Plugins;

/// <summary>
/// A recipient or identity that a program <c>age-plugin-NAME</c> understands (c2sp.org/age-plugin), for example one in
/// a hardware key. An identity's text may hold a secret: <c>ToString</c> shows the plugin alone.
/// </summary>
public sealed class PluginKey
{
    private const string IdentityPrefix = "age-plugin-";
    private const string RecipientPrefix = "age1";

    private PluginKey(string plugin, string text, bool isIdentity)
    {
        Plugin = plugin;
        Text = text;
        IsIdentity = isIdentity;
    }

    /// <summary>In lower case, of letters, digits, <c>-</c>, <c>_</c>, <c>.</c> and <c>+</c>.</summary>
    public string Plugin { get; }

    /// <summary>What the plugin is given.</summary>
    public string Text { get; }

    public bool IsIdentity { get; }

    /// <summary>The name of the program, to be looked for in PATH.</summary>
    public string Program => IdentityPrefix + Plugin;

    /// <summary>Reads <c>age1name1…</c>; false where no plugin could be meant.</summary>
    public static bool TryParseRecipient(string text, [NotNullWhen(true)] out PluginKey? key)
    {
        key = Bech32.Decode(text) is (var prefix, _)
            && prefix.StartsWith(RecipientPrefix, StringComparison.Ordinal)
            && prefix != HybridRecipient.Prefix
            && IsName(prefix[RecipientPrefix.Length..])
            ? new PluginKey(prefix[RecipientPrefix.Length..], text, isIdentity: false)
            : null;
        return key is not null;
    }

    /// <summary>Reads <c>AGE-PLUGIN-NAME-1…</c>; false where no plugin could be meant.</summary>
    public static bool TryParseIdentity(string text, [NotNullWhen(true)] out PluginKey? key)
    {
        key = Bech32.Decode(text) is (var prefix, _)
            && prefix.StartsWith(IdentityPrefix, StringComparison.Ordinal)
            && prefix.EndsWith('-')
            && prefix.Length > IdentityPrefix.Length
            && IsName(prefix[IdentityPrefix.Length..^1])
            ? new PluginKey(prefix[IdentityPrefix.Length..^1], text, isIdentity: true)
            : null;
        return key is not null;
    }

    /// <summary>The identity of a plugin that needs no data, by its name; null where that is no name.</summary>
    public static PluginKey? OfPlugin(string name) => IsName(name)
        ? new PluginKey(
            name.ToLowerInvariant(), Bech32.Encode($"{IdentityPrefix}{name}-", []).ToUpperInvariant(), isIdentity: true)
        : null;

    public override string ToString() => $"({(IsIdentity ? "identity" : "recipient")} of {Program})";

    // Never a path: the name becomes that of a program.
    private static bool IsName(string name) =>
        name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '+');
}
