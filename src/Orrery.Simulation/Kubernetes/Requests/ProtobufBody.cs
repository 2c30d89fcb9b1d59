using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Shapes;

namespace Orrery.Simulation.Kubernetes.Requests;

/// <summary>
/// An object that came as protobuf, which kubectl uses for what it makes itself, as the JSON that means the same. After
/// https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding and
/// https://protobuf.dev/programming-guides/encoding.
/// </summary>
internal static class ProtobufBody
{
    private const int VarintBits = 7;

    private static ReadOnlySpan<byte> Magic => "k8s\0"u8;

    /// <summary>What is not in the table of numbers is refused as unsupported, and never left out.</summary>
    public static JsonObject Read(ReadOnlySpan<byte> body)
    {
        if (!body.StartsWith(Magic))
            throw Malformed();
        var (apiVersion, kind) = ("", "");
        var envelope = body[Magic.Length..];
        var raw = envelope[..0];
        while (!envelope.IsEmpty)
        {
            var (number, _, length) = Next(ref envelope);
            var content = Cut(ref envelope, length);
            if (number == 1)
                (apiVersion, kind) = (Part(content, 1), Part(content, 2));
            else if (number == 2)
                raw = content;
        }

        var item = Struct(kind, raw);
        (item["apiVersion"], item["kind"]) = (apiVersion, kind);
        return item;
    }

    private static JsonObject Struct(string name, ReadOnlySpan<byte> message)
    {
        var fields = ProtobufTable.Find(name) ?? throw ApiFailure.Unsupported($"{name} as protobuf");
        var item = new JsonObject();
        while (!message.IsEmpty)
        {
            var (number, scalar, length) = Next(ref message);
            var content = Cut(ref message, length);
            if (!fields.TryGetValue(number, out var field))
                throw ApiFailure.Unsupported($"field {number} of {name} as protobuf");
            Add(item, field, scalar, content);
        }

        return item;
    }

    private static void Add(JsonObject item, ProtobufField field, ulong scalar, ReadOnlySpan<byte> content)
    {
        var (name, type, isKept) = field;
        if (type.StartsWith("[]", StringComparison.Ordinal))
        {
            if (item[name] is not JsonArray items)
                item[name] = items = [];
            items.Add(Value(type[2..], scalar, content));
        }
        else if (type.StartsWith('{'))
        {
            if (item[name] is not JsonObject entries)
                item[name] = entries = [];
            var (key, value) = Entry(type[1..^1], content);
            entries[key] = value;
        }
        else if (name.Length == 0)
        {
            foreach (var (inner, value) in Struct(type, content))
                item[inner] = value?.DeepClone();
        }
        else if (type != "nothing" && Value(type, scalar, content) is { } value && (isKept || !IsZero(value)))
        {
            item[name] = value;
        }
    }

    private static JsonNode? Value(string type, ulong scalar, ReadOnlySpan<byte> content) => type switch
    {
        "" => Encoding.UTF8.GetString(content),
        "bool" => scalar != 0,
        "int" => (long)scalar,
        "bytes" => Convert.ToBase64String(content),
        "quantity" => Part(content, 1),
        "time" => Scalar(content, 1) is var seconds and not 0
            ? DateTimeOffset.FromUnixTimeSeconds((long)seconds)
                .ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)
            : null,
        // Either, as the first field says.
        "intOrText" => Scalar(content, 1) == 0 ? (long)Scalar(content, 2) : Part(content, 3),
        _ => Struct(type, content),
    };

    /// <summary>The first field is the key, the second the value; what is empty may be absent.</summary>
    private static (string Key, JsonNode? Value) Entry(string type, ReadOnlySpan<byte> message)
    {
        var (key, value) = (Part(message, 1), Value(type, 0, default));
        while (!message.IsEmpty)
        {
            var (number, scalar, length) = Next(ref message);
            var content = Cut(ref message, length);
            if (number == 2)
                value = Value(type, scalar, content);
        }

        return (key, value);
    }

    private static bool IsZero(JsonNode value) => value switch
    {
        JsonObject item => item.Count == 0,
        JsonValue text when text.TryGetValue<string>(out var given) => given.Length == 0,
        JsonValue truth when truth.TryGetValue<bool>(out var given) => !given,
        JsonValue number when number.TryGetValue<long>(out var given) => given == 0,
        _ => false,
    };

    private static string Part(ReadOnlySpan<byte> message, int wanted)
    {
        while (!message.IsEmpty)
        {
            var (number, _, length) = Next(ref message);
            var content = Cut(ref message, length);
            if (number == wanted)
                return Encoding.UTF8.GetString(content);
        }

        return "";
    }

    private static ulong Scalar(ReadOnlySpan<byte> message, int wanted)
    {
        while (!message.IsEmpty)
        {
            var (number, scalar, length) = Next(ref message);
            Cut(ref message, length);
            if (number == wanted)
                return scalar;
        }

        return 0;
    }

    /// <summary>The next field: its number, and its value or how many bytes of it follow.</summary>
    private static (int Number, ulong Scalar, int Length) Next(scoped ref ReadOnlySpan<byte> rest)
    {
        var tag = Varint(ref rest);
        var number = (int)(tag >> 3);
        switch (tag & 7)
        {
            case 0:
                return (number, Varint(ref rest), 0);
            case 1:
                return (number, BinaryPrimitives.ReadUInt64LittleEndian(Cut(ref rest, sizeof(ulong))), 0);
            case 2:
                var length = Varint(ref rest);
                return length <= (ulong)rest.Length ? (number, 0UL, (int)length) : throw Malformed();
            case 5:
                return (number, BinaryPrimitives.ReadUInt32LittleEndian(Cut(ref rest, sizeof(uint))), 0);
            default:
                throw Malformed();
        }
    }

    private static ReadOnlySpan<byte> Cut(scoped ref ReadOnlySpan<byte> rest, int length)
    {
        if (length > rest.Length)
            throw Malformed();
        var cut = rest[..length];
        rest = rest[length..];
        return cut;
    }

    private static ulong Varint(scoped ref ReadOnlySpan<byte> rest)
    {
        var value = 0UL;
        for (var shift = 0; shift < sizeof(ulong) * 8 && !rest.IsEmpty; shift += VarintBits)
        {
            var next = rest[0];
            rest = rest[1..];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }

        throw Malformed();
    }

    private static ApiFailure Malformed() => ApiFailure.BadRequest("the object provided is no valid protobuf");
}
