using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Orrery.Model.Documents;
using Orrery.Model.Values;

namespace Orrery.Simulation.ImageFactory;

/// <summary>A schematic as the factory understands and keeps it.</summary>
/// <remarks>Fields, their order and the id: pkg/schematic of https://github.com/siderolabs/image-factory.</remarks>
public sealed record StoredSchematic
{
    private static readonly ValueMap<ValueList<string>> Known = ValueMap.Of<ValueList<string>>(
        ("", ["owner", "overlay", "customization"]),
        ("overlay", ["image", "name", "options"]),
        ("customization",
        [
            "embeddedMachineConfiguration", "extraKernelArgs", "meta", "systemExtensions", "bootloader", "secureboot",
            "diskImage",
        ]),
        ("customization.systemExtensions", ["officialExtensions"]),
        ("customization.secureboot", ["enrollKeys", "includeWellKnownCertificates"]),
        ("customization.diskImage", ["sectorSize"]));

    public ValueList<string> KernelArguments { get; private init; } = [];

    /// <summary>First values of META, by the number of their key.</summary>
    public ValueMap<string> Meta { get; private init; } = ValueMap<string>.Empty;

    /// <summary>With their vendor.</summary>
    public ValueList<string> Extensions { get; private init; } = [];

    /// <summary>As the factory writes it.</summary>
    public required string Canonical { get; init; }

    public string Id => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Canonical)));

    /// <exception cref="FormatException">It is no schematic; the message is what the factory says.</exception>
    internal static StoredSchematic Parse(string document)
    {
        var root = YamlDocuments.Read(document) switch
        {
            [Value.Map map] => map,
            [] => throw new FormatException("EOF"),
            _ => throw new FormatException("yaml: cannot unmarshal into schematic.Schematic"),
        };
        Check(root, "");
        if (root["owner"] is not Value.Null)
            throw new FormatException("owner field is only supported in Enterprise edition");
        var custom = Map(root, "customization");
        var meta = custom["meta"].AsList().Select(entry => (Value.Map)entry).ToList();
        return new StoredSchematic
        {
            KernelArguments = custom["extraKernelArgs"].AsList().Map(argument => argument.AsText() ?? ""),
            Meta = ValueMap.From(meta.Select(entry => KeyValuePair.Create(
                Number(entry["key"]), entry["value"].AsText() ?? ""))),
            Extensions = Map(custom, "systemExtensions")["officialExtensions"].AsList()
                .Map(name => name.AsText() ?? ""),
            Canonical = Write(root),
        };
    }

    private static void Check(Value.Map map, string path)
    {
        foreach (var (key, value) in map.Fields)
        {
            if (Known.TryGetValue(path, out var fields) && !fields.Contains(key))
                throw new FormatException($"yaml: unmarshal errors:\n  field {key} not found in type schematic");
            if (value is Value.Map inner)
                Check(inner, path.Length == 0 ? key : $"{path}.{key}");
        }
    }

    private static string Write(Value.Map root)
    {
        var text = new StringBuilder();
        Write(text, root, "", 0);
        if (!text.ToString().Contains("customization:", StringComparison.Ordinal))
            text.Append("customization: {}\n");
        return text.ToString();
    }

    /// <summary>In the order of the factory's types; what is empty is left out.</summary>
    private static void Write(StringBuilder text, Value.Map map, string path, int depth)
    {
        var order = Known.TryGetValue(path, out var fields) ? fields : [.. map.Fields.Keys];
        foreach (var field in order.Where(field => !IsEmpty(map[field])))
        {
            text.Append(' ', depth * 4).Append(field).Append(':');
            switch (map[field])
            {
                case Value.Map inner:
                    text.Append('\n');
                    Write(text, inner, path.Length == 0 ? field : $"{path}.{field}", depth + 1);
                    break;
                case Value.List list:
                    text.Append('\n');
                    foreach (var item in list.Items)
                        WriteItem(text, item, depth + 1);
                    break;
                case var scalar:
                    text.Append(' ').Append(Scalar(scalar)).Append('\n');
                    break;
            }
        }
    }

    private static void WriteItem(StringBuilder text, Value item, int depth)
    {
        text.Append(' ', depth * 4).Append("- ");
        if (item is not Value.Map entry)
        {
            text.Append(Scalar(item)).Append('\n');
            return;
        }

        text.Append("key: ").Append(Number(entry["key"])).Append('\n');
        text.Append(' ', (depth * 4) + 2).Append("value: ").Append(Scalar(entry["value"])).Append('\n');
    }

    private static bool IsEmpty(Value value) => value switch
    {
        Value.Null or Value.Text { Of: "" } or Value.Bool { Is: false } or Value.Number { Of: 0 } => true,
        Value.List list => list.Items.Count == 0,
        Value.Map map => map.Fields.Values.All(IsEmpty),
        _ => false,
    };

    private static string Scalar(Value value) => value switch
    {
        Value.Bool flag => flag.Is ? "true" : "false",
        Value.Number => Number(value),
        Value.Text { Of: var of } when of.Length == 0 || "{[&*!|>%@`\"'#,?".Contains(of[0], StringComparison.Ordinal)
            || of.Contains(": ", StringComparison.Ordinal) || of.Contains(" #", StringComparison.Ordinal) =>
            $"'{of.Replace("'", "''", StringComparison.Ordinal)}'",
        Value.Text text => text.Of,
        _ => throw new FormatException("yaml: cannot unmarshal into string"),
    };

    private static string Number(Value value) =>
        value is Value.Number number && number.Of is >= 0 and <= 4096 && number.Of == decimal.Truncate(number.Of)
            ? number.Of.ToString("0", CultureInfo.InvariantCulture)
            : throw new FormatException("yaml: cannot unmarshal into uint8");

    private static Value.Map Map(Value.Map map, string field) => map[field] as Value.Map ?? Value.Map.Empty;
}
