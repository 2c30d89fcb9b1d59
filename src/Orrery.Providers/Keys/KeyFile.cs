using System.Text;
using Orrery.Engine.Ports;
using Orrery.Model.Documents;
using Orrery.Model.Values;
using Orrery.Secrets.Age;
using Orrery.Secrets.Sops;
using Orrery.Secrets.Sops.Rules;

namespace Orrery.Providers.Keys;

/// <summary>
/// What one encrypted file holds: texts by name, such as <c>tls.key</c>. It is a SOPS document, so that
/// <c>sops decrypt</c> alone brings everything back, and says in clear what it is and for whom. <c>ToString</c> shows
/// no text.
/// </summary>
internal sealed record KeyFile
{
    private const string KindKey = "kind";
    private const string ValuesKey = "values";

    private static readonly SopsSelection Selection = SopsSelection.Of("encrypted_regex", $"^{ValuesKey}$");

    /// <summary>The kind of resource, for example <c>secret/k3s-token</c>.</summary>
    public required string Kind { get; init; }

    public required ValueMap<string> Texts { get; init; }

    /// <summary>Who can open the file: in ordinal order, as <c>age1…</c>, or a key's kind and name.</summary>
    public required ValueList<string> Recipients { get; init; }

    public override string ToString() => $"({Kind})";

    /// <summary>The file for age recipients.</summary>
    public byte[] Encrypt(DateTimeOffset now, IKeyMaker maker)
    {
        var texts = new Value.Map(ValueMap.From(
            Texts.Select(text => KeyValuePair.Create<string, Value>(text.Key, text.Value))));
        return SopsFile.Encrypt(
            Encoding.UTF8.GetBytes(YamlText.Write(Value.MapOf((KindKey, Kind), (ValuesKey, texts)))),
            SopsFormat.Yaml,
            CreationRule.For(Recipients) with { Selection = Selection },
            now,
            maker.Fill);
    }

    /// <summary>
    /// Throws <see cref="SopsException"/> or <see cref="FormatException"/>; neither shows what is inside.
    /// </summary>
    public static KeyFile Decrypt(ReadOnlySpan<byte> file, IReadOnlyCollection<IKeyHolder> identities)
    {
        var document = SopsFile.Open(file, SopsFormat.Yaml, identities);
        var recipients = document.Keys.Groups.SelectMany(group => group).Order(StringComparer.Ordinal).ToValueList();
        return Parse(Encoding.UTF8.GetString(document.Plain), recipients)
            ?? throw new FormatException("what is inside is not as this version of Orrery writes it");
    }

    private static KeyFile? Parse(string plain, ValueList<string> recipients)
    {
        try
        {
            if (YamlDocuments.Read(plain) is not [Value.Map map] || map[ValuesKey] is not Value.Map values)
                return null;
            return new KeyFile
            {
                Kind = TextOf(map[KindKey]),
                Recipients = recipients,
                Texts = values.Fields.ToValueMap(text => text.Key, text => TextOf(text.Value)),
            };
        }
        catch (FormatException)
        {
            // Not passed on: the parser's own words could quote what is inside.
            return null;
        }
    }

    private static string TextOf(Value value) => value.AsText() ?? throw new FormatException();
}
