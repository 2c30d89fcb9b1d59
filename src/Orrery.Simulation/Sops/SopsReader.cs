using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.Sops;

/// <summary>The formats of files that programs in clusters open, by the file's name.</summary>
internal enum SopsFormat
{
    Yaml,
    Json,
    Dotenv,
    Binary,
}

/// <summary>
/// SOPS files as programs in clusters open them (https://github.com/getsops/sops): each value at its place, and a MAC
/// over all of them. What is empty stays so; comments are passed over.
/// </summary>
internal sealed class SopsReader
{
    private const string Mark = "ENC[AES256_GCM,data:";

    private readonly SopsMetadata _metadata;
    private readonly byte[] _dataKey;
    private readonly IncrementalHash _mac = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);

    private SopsReader(SopsMetadata metadata, byte[] dataKey)
    {
        (_metadata, _dataKey) = (metadata, dataKey);
        if (metadata.MacOnlyEncrypted)
            _mac.AppendData(SHA256.HashData("sops"u8));
    }

    /// <summary>As SOPS tells formats by the end of a name.</summary>
    public static SopsFormat FormatOf(string path) => Path.GetExtension(path) switch
    {
        ".yaml" or ".yml" => SopsFormat.Yaml,
        ".json" => SopsFormat.Json,
        ".env" => SopsFormat.Dotenv,
        _ => SopsFormat.Binary,
    };

    /// <summary>
    /// The documents in clear: one unless it is YAML; one with the only member <c>data</c> for a binary file.
    /// </summary>
    /// <param name="keys">Any of them that opens it will do.</param>
    /// <param name="checksMac">Flux does not.</param>
    /// <exception cref="SopsRefusal">It does not open, and why.</exception>
    public static IReadOnlyList<JsonObject> Open(
        string text, SopsFormat format, IReadOnlyList<AgeKey> keys, bool checksMac)
    {
        var documents = Load(text, format);
        var metadata = SopsMetadata.Of(
            documents.Select(document => document["sops"]).FirstOrDefault(node => node is JsonObject)
            ?? throw new SopsRefusal(SopsStep.Loading, "sops metadata not found"));
        var dataKey = metadata.Wrapped.Select(wrapped => AgeReader.Open(wrapped, keys))
            .FirstOrDefault(found => found is { Length: 32 });
        if (dataKey is null)
        {
            throw new SopsRefusal(
                SopsStep.DataKey, "Error getting data key: 0 successful groups required, got 0");
        }

        var reader = new SopsReader(metadata, dataKey);
        foreach (var document in documents)
        {
            document.Remove("sops");
            reader.DecryptBelow(document, []);
        }

        if (checksMac)
            reader.CheckMac();
        return documents;
    }

    /// <summary>Whether it has metadata of SOPS at its top.</summary>
    public static bool IsEncrypted(JsonNode? document) => document.At("sops") is JsonObject;

    private static IReadOnlyList<JsonObject> Load(string text, SopsFormat format)
    {
        try
        {
            return format switch
            {
                SopsFormat.Yaml => [.. YamlDocuments.All(text).OfType<JsonObject>()],
                SopsFormat.Dotenv => [Dotenv.Read(text)],
                _ => [JsonNode.Parse(text) as JsonObject ?? []],
            };
        }
        catch (Exception problem) when (problem is JsonException or ApiFailure)
        {
            throw new SopsRefusal(SopsStep.Loading, $"Error unmarshalling input {format}");
        }
    }

    private void DecryptBelow(JsonNode node, IReadOnlyList<string> path)
    {
        if (node is JsonObject members)
        {
            foreach (var (name, member) in members.ToList())
                Put(member, [.. path, name], value => members[name] = value);
        }
        else if (node is JsonArray list)
        {
            for (var i = 0; i < list.Count; i++)
            {
                var at = i;
                Put(list[i], path, value => list[at] = value);
            }
        }
    }

    private void Put(JsonNode? member, IReadOnlyList<string> path, Action<JsonNode?> put)
    {
        if (member is JsonObject or JsonArray)
        {
            DecryptBelow(member, path);
            return;
        }

        if (member is null)
            return;
        if (_metadata.Selects(path))
        {
            var (plain, value) = Decrypt(member.Text() ?? "", string.Concat(path.Select(key => key + ":")));
            _mac.AppendData(plain);
            put(value);
        }
        else if (!_metadata.MacOnlyEncrypted)
        {
            _mac.AppendData(Encoding.UTF8.GetBytes(Clear(member)));
        }
    }

    /// <summary>A value's bytes in the MAC: numbers as Go writes them, truths as Python does.</summary>
    private static string Clear(JsonNode value) => value.GetValueKind() switch
    {
        JsonValueKind.True => "True",
        JsonValueKind.False => "False",
        _ => value.Text() ?? value.ToJsonString(),
    };

    private (byte[] Plain, JsonNode? Value) Decrypt(string text, string place)
    {
        if (text.Length == 0)
            return ([], JsonValue.Create(""));
        if (!text.StartsWith(Mark, StringComparison.Ordinal) || text[^1] != ']')
            throw new SopsRefusal(SopsStep.Values, $"Input string at {place} does not match sops' data format");
        var parts = text[Mark.Length..^1].Split([",iv:", ",tag:", ",type:"], StringSplitOptions.None);
        var plain = parts is [var data, var nonce, var tag, _]
            ? LongGcm.Open(
                _dataKey, Bytes(nonce), Bytes(data), Bytes(tag), Encoding.UTF8.GetBytes(place))
            : null;
        if (plain is null)
        {
            throw new SopsRefusal(
                SopsStep.Values,
                "Could not decrypt value: Could not decrypt with AES_GCM: cipher: message authentication failed");
        }

        var clear = Encoding.UTF8.GetString(plain);
        return (plain, parts[^1] switch
        {
            "int" => JsonValue.Create(long.Parse(clear, CultureInfo.InvariantCulture)),
            "float" => JsonValue.Create(double.Parse(clear, CultureInfo.InvariantCulture)),
            "bool" => JsonValue.Create(clear == "True"),
            _ => JsonValue.Create(clear),
        });
    }

    private void CheckMac()
    {
        var computed = Convert.ToHexString(_mac.GetHashAndReset());
        string written;
        try
        {
            written = Encoding.ASCII.GetString(Decrypt(_metadata.Mac, _metadata.LastModified).Plain);
        }
        catch (SopsRefusal)
        {
            written = "";
        }

        if (written == computed)
            return;
        throw new SopsRefusal(
            SopsStep.Integrity, $"failed to verify data integrity. expected mac \"{written}\", got \"{computed}\"");
    }

    private static byte[] Bytes(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var length) ? bytes[..length] : [];
    }
}
