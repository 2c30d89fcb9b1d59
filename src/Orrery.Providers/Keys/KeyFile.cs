using System.Buffers;
using System.Text;
using System.Text.Json;
using Orrery.Engine.Ports;
using Orrery.Model.Values;
using Orrery.Secrets.Age;

namespace Orrery.Providers.Keys;

/// <summary>
/// What one encrypted file holds: texts by name, such as <c>tls.key</c>, and to whom they were encrypted. Inside the
/// age armor it is plain JSON, so that <c>age --decrypt</c> alone brings everything back. <c>ToString</c> shows no
/// text.
/// </summary>
internal sealed record KeyFile
{
    private const int Version = 1;

    /// <summary>The kind of resource, for example <c>secret/k3s-token</c>.</summary>
    public required string Kind { get; init; }

    public required ValueMap<string> Texts { get; init; }

    /// <summary>In ordinal order, as <c>age1…</c>. Age itself does not tell whom a file is for.</summary>
    public required ValueList<string> Recipients { get; init; }

    public override string ToString() => $"({Kind})";

    /// <summary>The armored file.</summary>
    public byte[] Encrypt(IReadOnlyCollection<IRecipient> recipients, IKeyMaker maker)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            json.WriteString("kind", Kind);
            json.WriteStartArray("recipients");
            foreach (var recipient in Recipients)
                json.WriteStringValue(recipient);
            json.WriteEndArray();
            json.WriteStartObject("files");
            foreach (var (name, text) in Texts)
                json.WriteString(name, text);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.ASCII.GetBytes(Armor.Encode(AgeFile.Encrypt(output.WrittenSpan, recipients, maker.Fill)));
    }

    /// <summary>
    /// Throws <see cref="AgeException"/> or <see cref="FormatException"/>; neither shows what is inside.
    /// </summary>
    public static KeyFile Decrypt(ReadOnlySpan<byte> file, IReadOnlyCollection<IIdentity> identities)
    {
        var plain = AgeFile.Decrypt(Armor.IsArmored(file) ? Armor.Decode(file) : file, identities);
        return Parse(plain) ?? throw new FormatException("what is inside is not as this version of Orrery writes it");
    }

    private static KeyFile? Parse(byte[] plain)
    {
        try
        {
            using var json = JsonDocument.Parse(plain);
            if (json.RootElement.GetProperty("version").GetInt32() != Version)
                return null;
            return new KeyFile
            {
                Kind = TextOf(json.RootElement.GetProperty("kind")),
                Recipients = json.RootElement.GetProperty("recipients").EnumerateArray().Select(TextOf).ToValueList(),
                Texts = json.RootElement.GetProperty("files").EnumerateObject()
                    .ToValueMap(text => text.Name, text => TextOf(text.Value)),
            };
        }
        catch (Exception problem) when (
            problem is JsonException or KeyNotFoundException or InvalidOperationException or InvariantException)
        {
            // Not passed on: the parser's own words could quote what is inside.
            return null;
        }
    }

    private static string TextOf(JsonElement element) => element.GetString() ?? throw new JsonException();
}
