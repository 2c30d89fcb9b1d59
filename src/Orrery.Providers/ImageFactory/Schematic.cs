using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Orrery.Model.Values;

namespace Orrery.Providers.ImageFactory;

/// <summary>
/// What the Image Factory shall add to a release of Talos. Its id follows from it, so that a plan can name images
/// before anything is registered; what the factory says counts.
/// </summary>
public sealed record Schematic
{
    private const string Vendor = "siderolabs/";

    /// <summary>As people call them: <c>iscsi-tools</c>, or <c>siderolabs/iscsi-tools</c>.</summary>
    public ValueList<string> Extensions { get; init; } = [];

    /// <summary>For example <c>net.ifnames=0</c>; in this order.</summary>
    public ValueList<string> KernelArguments { get; init; } = [];

    /// <summary>First values of the META partition, by key.</summary>
    public ValueList<MetaValue> Meta { get; init; } = [];

    /// <summary>The keys of Microsoft are enrolled with those of Talos: cards with signed firmware need them.</summary>
    public bool IncludesWellKnownCertificates { get; init; }

    /// <summary>The extensions with their vendor, sorted: the order would change the id and mean nothing.</summary>
    public IEnumerable<string> ExtensionNames =>
        Extensions.Select(FullName).Distinct().Order(StringComparer.Ordinal);

    /// <summary>SHA-256 of <see cref="Document"/> in hexadecimal, as the factory computes it.</summary>
    public string Id => IdOf(Document);

    /// <summary>
    /// The canonical form, byte for byte as the factory writes it: fields in its order, indented by four. From
    /// pkg/schematic of https://github.com/siderolabs/image-factory, whose YAML library decides where quotes stand.
    /// </summary>
    public string Document
    {
        get
        {
            var text = new StringBuilder();
            Add(text, 4, "extraKernelArgs", KernelArguments);
            if (Meta.Count > 0)
                text.Append("    meta:\n");
            foreach (var (key, value) in Meta)
            {
                text.Append(CultureInfo.InvariantCulture, $"        - key: {key}\n");
                text.Append(CultureInfo.InvariantCulture, $"          value: {Scalar(value)}\n");
            }

            var extensions = ExtensionNames.ToList();
            if (extensions.Count > 0)
                text.Append("    systemExtensions:\n");
            Add(text, 8, "officialExtensions", extensions);
            if (IncludesWellKnownCertificates)
                text.Append("    secureboot:\n        includeWellKnownCertificates: true\n");
            return text.Length == 0 ? "customization: {}\n" : $"customization:\n{text}";
        }
    }

    /// <summary>An extension's name with its vendor.</summary>
    public static string FullName(string extension) =>
        extension.Contains('/', StringComparison.Ordinal) ? extension : Vendor + extension;

    /// <summary>The id of a canonical document.</summary>
    internal static string IdOf(string document) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(document)));

    private static void Add(StringBuilder text, int indentation, string name, IReadOnlyCollection<string> items)
    {
        if (items.Count == 0)
            return;
        text.Append(' ', indentation).Append(name).Append(":\n");
        foreach (var item in items)
            text.Append(' ', indentation + 4).Append("- ").Append(Scalar(item)).Append('\n');
    }

    private static string Scalar(string text) => IsPlain(text)
        ? text
        : $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    // What arguments and names are made of. Of anything else the factory may think differently, and then says so.
    private static bool IsPlain(string text) =>
        text.Length > 0 && (char.IsAsciiLetter(text[0]) || text[0] is '/' or '-')
        && text.All(character => char.IsAsciiLetterOrDigit(character) || "-_./=,+:@".Contains(character))
        && text[^1] != ':';
}

/// <summary>A first value of the META partition: https://docs.siderolabs.com/talos/v1.13/reference/kernel</summary>
public sealed record MetaValue(byte Key, string Value);
