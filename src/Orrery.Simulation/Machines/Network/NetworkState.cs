using Orrery.Simulation.Machines.CloudInit;
using Orrery.Simulation.Machines.Files;

namespace Orrery.Simulation.Machines.Network;

/// <summary>The addresses and packet rules that a machine has at this moment.</summary>
internal sealed class NetworkState(Machine machine)
{
    public const string Interface = "eth0";

    private static readonly string[] Interfaces = [Interface, "lo"];

    private readonly SortedSet<string> _addresses = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Addresses => _addresses;

    public PacketFilter Filter { get; } = new();

    public bool Add(string address) => _addresses.Add(Bare(address));

    public bool Remove(string address) => _addresses.Remove(Bare(address));

    public void Forget()
    {
        _addresses.Clear();
        Filter.Clear();
    }

    /// <summary>
    /// What <c>netplan apply</c> and every boot do: takes the addresses of the files; null, or the complaint.
    /// </summary>
    public string? ApplyFiles()
    {
        var (addresses, problem) = Read();
        if (problem is not null)
            return problem;
        _addresses.Clear();
        foreach (var address in addresses)
            Add(address);
        return null;
    }

    /// <summary>The files are right; null, or the complaint.</summary>
    public string? CheckFiles() => Read().Problem;

    private (List<string> Addresses, string? Problem) Read()
    {
        var addresses = new List<string>();
        // The same name in /etc hides the one in /run, and /run the one in /usr/lib: netplan(5).
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var folder in new[] { "/usr/lib/netplan", "/run/netplan", "/etc/netplan" })
        {
            foreach (var name in (machine.Files.Find(folder) as FolderNode)?.Children.Keys.ToList() ?? [])
            {
                if (name.EndsWith(".yaml", StringComparison.Ordinal))
                    files[name] = $"{folder}/{name}";
            }
        }

        foreach (var path in files.Values)
        {
            try
            {
                var tree = YamlTree.Read(machine.Files.ReadText(path));
                if (YamlTree.At(tree, "network") is not Dictionary<string, object?> network)
                    return ([], $"{path}: Error in network definition: missing 'network' node");
                if (YamlTree.Text(network.GetValueOrDefault("version")) is not ("2" or null))
                    return ([], $"{path}: Error in network definition: Only version 2 is supported");
                foreach (var (name, device) in network.GetValueOrDefault("ethernets") as Dictionary<string,
                    object?> ?? [])
                    Take(name, device, addresses);
            }
            catch (FormatException exception)
            {
                return ([], $"{path}: Invalid YAML: {exception.Message}");
            }
        }

        foreach (var address in addresses.Where(address => !address.Contains('/', StringComparison.Ordinal)))
            return ([], $"Error in network definition: address '{address}' is missing /prefixlength");
        return (addresses, null);
    }

    private void Take(string name, object? device, List<string> addresses)
    {
        // A definition for an interface that the machine has not is kept and does nothing.
        var real = YamlTree.Text(YamlTree.At(device, "match", "name")) ?? name;
        if (!Interfaces.Any(present => Shell.Glob.Matches(real, present)))
            return;
        if (YamlTree.At(device, "dhcp4") is true || YamlTree.At(device, "dhcp6") is true)
            addresses.AddRange(machine.Order.Addresses.Select(address => Bare(address) + "/32"));
        addresses.AddRange(YamlTree.Items(YamlTree.At(device, "addresses"))
            .Select(item => YamlTree.Text(item) ?? (item as Dictionary<string, object?>)?.Keys.FirstOrDefault() ?? ""));
    }

    private static string Bare(string address) => address.Split('/')[0];
}
