using System.Text;
using System.Text.Json;
using Orrery.Model.Values;

namespace Orrery.Engine.State;

/// <summary>Finds the sensitive values of one document while it is read.</summary>
internal interface ISensitiveValues
{
    /// <summary>What an object stands for, or null where it is an object and nothing else.</summary>
    /// <param name="path">The keys from the document's top to the object, each followed by a colon.</param>
    Value? Find(Func<string> path, JsonElement json);

    /// <summary>All are read; throws <see cref="StateException"/> where one was left out, added or moved.</summary>
    void Finish();
}

/// <summary>Sensitive values sealed at their places.</summary>
internal sealed class SealedValues(IStateOpener opener) : ISensitiveValues
{
    /// <summary>Those of a document, of whichever schema it is; null where it has none.</summary>
    /// <param name="block">Where a document of schema 1 has its block.</param>
    public static ISensitiveValues? Of(JsonElement document, JsonElement block, IStateCipher cipher)
    {
        if (document.TryGetProperty(RecordJson.Metadata, out var metadata))
            return new SealedValues(cipher.Open(metadata.GetRawText()));
        return block.TryGetProperty(SealedBlock.Key, out var text)
            ? SealedBlock.Open(text.GetString() ?? "", cipher)
            : null;
    }

    public Value? Find(Func<string> path, JsonElement json)
    {
        if (json.TryGetProperty(RecordJson.Text, out var text))
            return opener.Unseal($"{path()}{RecordJson.Text}:", text.GetString() ?? "");
        return json.TryGetProperty(RecordJson.Other, out var other)
            ? RecordJson.OfClear(opener.Unseal($"{path()}{RecordJson.Other}:", other.GetString() ?? ""))
            : null;
    }

    public void Finish()
    {
        opener.Finish();
        opener.Dispose();
    }
}

/// <summary>
/// Sensitive values as schema 1 had them: one block for the whole document, into which objects count.
/// </summary>
internal sealed class SealedBlock : ISensitiveValues
{
    public const string Key = "sealed";

    private readonly Value[] _values;

    private SealedBlock(Value[] values) => _values = values;

    public static SealedBlock Open(string block, IStateCipher cipher)
    {
        using var document = JsonDocument.Parse(cipher.OpenBlock(Encoding.ASCII.GetBytes(block)));
        var reader = new RecordReader(null, "");
        return new SealedBlock([.. document.RootElement.EnumerateArray().Select(reader.ReadValue)]);
    }

    public Value? Find(Func<string> path, JsonElement json) =>
        json.TryGetProperty(RecordJson.Text, out var index) ? _values[index.GetInt32()] : null;

    public void Finish()
    {
        // The block is whole, or it does not open.
    }
}
