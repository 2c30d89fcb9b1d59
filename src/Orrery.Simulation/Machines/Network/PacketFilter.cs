using System.Text;

namespace Orrery.Simulation.Machines.Network;

/// <summary>
/// The packet rules of a machine, kept as they were written, of nftables and of iptables. It can say one thing of them:
/// whether a pod's packet to the metadata service is dropped on its way.
/// </summary>
internal sealed class PacketFilter
{
    private static readonly string[] Refusing = ["drop", "reject", "DROP", "REJECT"];

    private readonly SortedDictionary<string, SortedDictionary<string,
        List<string>>> _tables = new(StringComparer.Ordinal);
    private readonly List<(string Table, string Chain, string Rule)> _iptables = [];
    private readonly List<string> _blackholes = [];

    /// <summary>
    /// A pod's packets are forwarded, so a rule counts on the way of forwarded packets: a chain on the hook prerouting
    /// or forward, or a chain that is jumped to from there; a route that leads nowhere counts, too.
    /// </summary>
    public bool BlocksMetadata =>
        _blackholes.Exists(IsMetadata)
        || _iptables.Exists(rule => rule.Chain is "FORWARD" or "PREROUTING" && Refuses(rule.Rule))
        || _tables.Values.Any(chains => chains.Values.Any(chain =>
            chain.Exists(line => line.Contains("hook forward", StringComparison.Ordinal)
                || line.Contains("hook prerouting", StringComparison.Ordinal))
            && Reached(chains, chain, 0).Any(Refuses)));

    public void Clear()
    {
        _tables.Clear();
        _iptables.Clear();
        _blackholes.Clear();
    }

    public void AddRoute(string destination) => _blackholes.Add(destination);

    /// <summary>One call of iptables, without the program; an exit code.</summary>
    public int IpTables(IReadOnlyList<string> arguments)
    {
        var words = arguments.Where(argument => argument is not ("-w" or "--wait")).ToList();
        var table = "filter";
        if (words.IndexOf("-t") is var at and >= 0 && at + 1 < words.Count)
        {
            table = words[at + 1];
            words.RemoveRange(at, 2);
        }

        if (words.Count < 2)
            return words is ["-L" or "-S" or "-F" or "-n"] ? 0 : 2;
        var rule = (table, words[1],
            string.Join(' ',
            words[0] is "-I" && words.Count > 2 && int.TryParse(words[2], out _) ? words.Skip(3) : words.Skip(2)));
        switch (words[0])
        {
            case "-A" or "--append" or "-I" or "--insert":
                _iptables.Add(rule);
                return 0;
            case "-C" or "--check":
                return _iptables.Contains(rule) ? 0 : 1;
            case "-D" or "--delete":
                return _iptables.Remove(rule) ? 0 : 1;
            case "-N" or "-P" or "-L" or "-S" or "-n":
                return 0;
            case "-F" or "-X":
                _iptables.RemoveAll(known => known.Table == table && known.Chain == words[1]);
                return 0;
            default:
                return 2;
        }
    }

    public string List()
    {
        var text = new StringBuilder();
        foreach (var (table, chains) in _tables)
        {
            text.Append("table ").Append(table).Append(" {\n");
            foreach (var (chain, lines) in chains)
                text.Append("\tchain ").Append(chain).Append(" {\n\t\t").AppendJoin("\n\t\t", lines).Append("\n\t}\n");
            text.Append("}\n");
        }

        return text.ToString();
    }

    /// <summary>Takes a file or a command of nftables; null, or the complaint.</summary>
    public string? Nft(string text)
    {
        var tokens = Tokens(text);
        for (var i = 0; i < tokens.Count; i++)
        {
            var statement = new List<string>();
            for (; i < tokens.Count && tokens[i] is not (";" or "{" or "}"); i++)
                statement.Add(tokens[i]);
            if (statement.Count == 0 && (i >= tokens.Count || tokens[i] == ";"))
                continue;
            var opens = i < tokens.Count && tokens[i] == "{";
            if (!Statement(statement, opens, tokens, ref i))
                return $"Error: syntax error, unexpected {(statement.Count > 0 ? statement[0] : "}")}";
        }

        return null;
    }

    private bool Statement(List<string> words, bool opens, List<string> tokens, ref int index)
    {
        if (words.Count > 0 && words[0] is "add" or "create")
            words = words[1..];
        switch (words)
        {
            case ["flush", "ruleset"]:
                _tables.Clear();
                return true;
            case ["delete" or "destroy" or "flush", "table", .. var name]:
                _tables.Remove(Family(name));
                return true;
            case ["table", .. var name] when !opens:
                _tables.TryAdd(Family(name), new(StringComparer.Ordinal));
                return true;
            case ["table", .. var name]:
                _tables.TryAdd(Family(name), new(StringComparer.Ordinal));
                return Table(_tables[Family(name)], tokens, ref index);
            case ["chain", .. var name] when name.Count > 1:
                if (!_tables.TryGetValue(Family(name[..^1]), out var chains))
                    return false;
                chains[name[^1]] = opens ? Block(tokens, ref index) : [];
                return true;
            case ["rule" or "insert", .. var rule]:
                rule = rule.Count > 0 && rule[0] == "rule" ? rule[1..] : rule;
                var isFamily = rule.Count > 0 && rule[0] is "ip" or "ip6" or "inet" or "bridge" or "arp" or "netdev";
                var count = isFamily ? 2 : 1;
                if (rule.Count <= count + 1 || !_tables.TryGetValue(Family(rule[..count]), out var table)
                    || !table.TryGetValue(rule[count], out var lines))
                {
                    return false;
                }

                lines.Add(string.Join(' ', rule.Skip(count + 1)));
                return true;
            case ["list", ..]:
                return true;
            default:
                return false;
        }
    }

    private static bool Table(SortedDictionary<string, List<string>> chains, List<string> tokens, ref int index)
    {
        for (index++; index < tokens.Count && tokens[index] != "}"; index++)
        {
            if (tokens[index] == ";")
                continue;
            var start = index;
            while (index < tokens.Count && tokens[index] is not ("{" or "}"))
                index++;
            if (index >= tokens.Count || tokens[index] != "{")
                return false;
            var head = tokens[start..index];
            var block = Block(tokens, ref index);
            if (head is ["chain", var name])
                chains[name] = [.. chains.GetValueOrDefault(name) ?? [], .. block];
        }

        return index < tokens.Count;
    }

    // The lines of a block; sets in a rule have braces of their own.
    private static List<string> Block(List<string> tokens, ref int index)
    {
        var lines = new List<string>();
        var line = new List<string>();
        var depth = 0;
        for (index++; index < tokens.Count; index++)
        {
            if (tokens[index] == "}" && depth == 0)
                break;
            depth += tokens[index] == "{" ? 1 : tokens[index] == "}" ? -1 : 0;
            if (tokens[index] != ";")
                line.Add(tokens[index]);
            else if (line.Count > 0)
            {
                lines.Add(string.Join(' ', line));
                line.Clear();
            }
        }

        if (line.Count > 0)
            lines.Add(string.Join(' ', line));
        return lines;
    }

    private static List<string> Tokens(string text)
    {
        var tokens = new List<string>();
        foreach (var line in text.Split('\n').Select(line => line.Split('#')[0]))
        {
            foreach (var word in line.Replace("{", " { ", StringComparison.Ordinal)
                .Replace("}", " } ", StringComparison.Ordinal)
                .Replace(";", " ; ", StringComparison.Ordinal)
                    .Split([' ', '\t', '\r', '"'], StringSplitOptions.RemoveEmptyEntries))
            {
                tokens.Add(word);
            }

            tokens.Add(";");
        }

        return tokens;
    }

    private static string Family(IReadOnlyList<string> name) =>
        name.Count > 1 ? $"{name[0]} {name[1]}" : "ip " + name.ElementAtOrDefault(0);

    private static IEnumerable<string> Reached(SortedDictionary<string, List<string>> chains, List<string> chain,
        int depth)
    {
        foreach (var rule in chain)
        {
            yield return rule;
            var words = rule.Split(' ');
            var jump = Array.FindIndex(words, word => word is "jump" or "goto");
            if (jump < 0 || jump + 1 >= words.Length || depth > 8 || !chains.TryGetValue(words[jump + 1], out var next))
                continue;
            foreach (var inner in Reached(chains, next, depth + 1))
                yield return IsMetadata(rule) ? $"{inner} {Metadata.Address}" : inner;
        }
    }

    private static bool Refuses(string rule) =>
        IsMetadata(rule) && Refusing.Any(verdict => rule.Split(' ').Contains(verdict))
            && !rule.Contains("daddr !=", StringComparison.Ordinal);

    private static bool IsMetadata(string rule) =>
        rule.Contains(Metadata.Address, StringComparison.Ordinal)
            || rule.Contains("169.254.0.0/16", StringComparison.Ordinal);
}
