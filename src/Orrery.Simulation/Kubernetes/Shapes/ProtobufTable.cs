using System.Globalization;
using Orrery.Simulation.Kubernetes.Kinds;

namespace Orrery.Simulation.Kubernetes.Shapes;

/// <summary>Reads the table of field numbers, whose head says its format.</summary>
internal static class ProtobufTable
{
    private static readonly Dictionary<string, Dictionary<int, ProtobufField>> Structs = Read();

    /// <summary>The fields of a struct by number; null for one that is not in the table.</summary>
    public static IReadOnlyDictionary<int, ProtobufField>? Find(string name) => Structs.GetValueOrDefault(name);

    private static Dictionary<string, Dictionary<int, ProtobufField>> Read()
    {
        var structs = new Dictionary<string, Dictionary<int, ProtobufField>>(StringComparer.Ordinal);
        Dictionary<int, ProtobufField> fields = [];
        foreach (var line in TableFile.Lines("protobuf.txt"))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (!line.StartsWith(' '))
                structs.Add(words[0], fields = []);
            // The name of a struct has no number.
            foreach (var word in words.Where(word => word.Contains('=', StringComparison.Ordinal)))
            {
                var at = word.IndexOf('=', StringComparison.Ordinal);
                var (name, rest) = (word[..at], word[(at + 1)..].TrimEnd('*'));
                var (number, type) = rest.Split(':') is [var before, var after] ? (before, after) : (rest, "");
                fields.Add(
                    int.Parse(number, CultureInfo.InvariantCulture),
                    new ProtobufField(name, type, word.EndsWith('*')));
            }
        }

        return structs;
    }
}

/// <summary>A field of a struct as protobuf has it.</summary>
/// <param name="Name">As in JSON; empty where its fields stand in the outer struct there.</param>
/// <param name="Type">As the table says it; empty for text.</param>
/// <param name="IsKept">Also when it is zero or empty.</param>
internal sealed record ProtobufField(string Name, string Type, bool IsKept);
