namespace Orrery.Simulation.Proxmox.Node;

/// <summary>
/// The words of a call as the programs of Proxmox VE read them (PVE::JSONSchema::get_options): fixed operands first,
/// then options, each with a value, after one dash or two.
/// </summary>
internal sealed class NodeArguments
{
    private const string Format = "output-format";

    public SortedDictionary<string, string> Fields { get; } = new(StringComparer.Ordinal);

    public bool IsJson { get; private set; }

    /// <summary>What is wrong with the words; null where nothing is.</summary>
    public string? Problem { get; private set; }

    /// <param name="options">Those that there are; null where the operation itself says so.</param>
    public static NodeArguments Read(
        IReadOnlyList<string> operands, IReadOnlyList<string>? options, IReadOnlyList<string> words)
    {
        var read = new NodeArguments();
        var given = 0;
        for (var i = 0; i < words.Count; i++)
        {
            if (!words[i].StartsWith('-'))
            {
                if (given == operands.Count)
                    return read.Wrong("400 too many arguments");
                read.Fields[operands[given++]] = words[i];
                continue;
            }

            var pair = words[i].TrimStart('-').Split('=', 2);
            var value = pair.ElementAtOrDefault(1) ?? words.ElementAtOrDefault(++i);
            if (value is null)
                return read.Wrong($"Option {pair[0]} requires an argument\n400 unable to parse option");
            if (pair[0] == Format)
                read.IsJson = value is "json" or "json-pretty";
            else if (options?.Contains(pair[0]) == false)
                return read.Wrong($"Unknown option: {pair[0]}\n400 unable to parse option");
            else
                read.Fields[pair[0]] = value;
        }

        return given < operands.Count ? read.Wrong("400 not enough arguments") : read;
    }

    private NodeArguments Wrong(string problem)
    {
        Problem = problem;
        return this;
    }
}
