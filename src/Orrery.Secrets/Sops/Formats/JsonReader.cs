using System.Text;
using System.Text.Json;
using Orrery.Secrets.Sops.Keys;

namespace Orrery.Secrets.Sops.Formats;

/// <summary>Reads JSON into a tree with places.</summary>
internal sealed class JsonReader(string text)
{
    private const int DepthMax = 128;
    private const string MetadataKey = "sops";

    private readonly byte[] _bytes = Encoding.UTF8.GetBytes(text);

    /// <summary>Bytes and the UTF-16 units that they are; both go forward only.</summary>
    private (int Bytes, int Units) _at;

    public JsonSource Read()
    {
        try
        {
            var reader = new Utf8JsonReader(_bytes, new JsonReaderOptions { MaxDepth = DepthMax });
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw new SopsException(
                    SopsFailure.Malformed, "the JSON text is no object, and SOPS takes objects only");
            }

            var (root, spans) = Map(ref reader);
            var end = UnitsAt((int)reader.TokenStartIndex);
            while (reader.Read())
            {
                // Only white space may follow; the reader refuses all else.
            }

            return Separate(root, spans, end);
        }
        catch (JsonException exception)
        {
            throw new SopsException(SopsFailure.Malformed, $"line {exception.LineNumber + 1} is no JSON");
        }
        catch (InvalidOperationException)
        {
            throw new SopsException(SopsFailure.Malformed, "the JSON text has half of a surrogate pair");
        }
    }

    private (SopsBranch Branch, List<TextSpan> Spans) Map(ref Utf8JsonReader reader)
    {
        var branch = new SopsBranch(isList: false);
        var spans = new List<TextSpan>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var start = UnitsAt((int)reader.TokenStartIndex);
            var key = reader.GetString()!;
            reader.Read();
            branch.Items.Add(new SopsItem(key, Node(ref reader)));
            spans.Add(TextSpan.Between(start, UnitsAt((int)reader.BytesConsumed)));
        }

        return (branch, spans);
    }

    private SopsNode Node(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return Map(ref reader).Branch;
            case JsonTokenType.StartArray:
                var list = new SopsBranch(isList: true);
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    list.Items.Add(new SopsItem(null, Node(ref reader)));
                return list;
            default:
                var start = UnitsAt((int)reader.TokenStartIndex);
                var value = Value(ref reader);
                return new SopsLeaf(value, TextSpan.Between(start, UnitsAt((int)reader.BytesConsumed)), default);
        }
    }

    private static SopsValue? Value(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => SopsValue.Of(reader.GetString()!),
        JsonTokenType.True => SopsValue.Of(true),
        JsonTokenType.False => SopsValue.Of(false),
        JsonTokenType.Null => null,
        _ when reader.TryGetInt64(out var integer) => SopsValue.Of(integer),
        _ when reader.TryGetDouble(out var number) && double.IsFinite(number) => SopsValue.Of(number),
        _ => throw new SopsException(SopsFailure.Malformed, "a number in the JSON text is too large"),
    };

    private int UnitsAt(int bytes)
    {
        _at = (bytes, _at.Units + Encoding.UTF8.GetCharCount(_bytes.AsSpan(_at.Bytes, bytes - _at.Bytes)));
        return _at.Units;
    }

    private JsonSource Separate(SopsBranch root, List<TextSpan> spans, int end)
    {
        var at = root.Items.FindIndex(item => item.Key == MetadataKey);
        if (at < 0)
            return new JsonSource { Text = text, Documents = [root], End = end };
        if (root.Items[at].Node is not SopsBranch { IsList: false } metadata
            || root.Items.FindLastIndex(item => item.Key == MetadataKey) != at)
        {
            throw new SopsException(
                SopsFailure.AlreadyEncrypted, "the key sops is not one object, and SOPS needs it for itself");
        }

        root.Items.RemoveAt(at);
        return new JsonSource
        {
            Text = text,
            Documents = [root],
            End = end,
            Metadata = (MetaMap)ToMeta(metadata),
            Block = text.Substring(spans[at].Start, spans[at].Length),
            MetadataSpans = [JsonFormat.WithComma(text, spans[at])],
            Stamps =
            [
                .. metadata.Items.Where(item => item is { Key: "mac" or "lastmodified", Node: SopsLeaf })
                    .Select(item => (item.Key!, (SopsLeaf)item.Node)),
            ],
        };
    }

    private static MetaNode ToMeta(SopsNode node) => node switch
    {
        SopsLeaf leaf => new MetaText(
            leaf.Value is { Type: SopsType.Boolean } value ? value.Text.ToLowerInvariant() : leaf.Value?.Text ?? ""),
        SopsBranch { IsList: true } list => new MetaList([.. list.Items.Select(item => ToMeta(item.Node))]),
        SopsBranch map => new MetaMap(
            [.. map.Items.Select(item => KeyValuePair.Create(item.Key!, ToMeta(item.Node)))]),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
