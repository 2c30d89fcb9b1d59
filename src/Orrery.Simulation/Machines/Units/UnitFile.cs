using System.Text;
using Orrery.Simulation.Machines.Files;

namespace Orrery.Simulation.Machines.Units;

/// <summary>
/// A unit as its files say, drop-ins included: systemd.unit(5), systemd.service(5), systemd.mount(5).
/// </summary>
internal sealed class UnitFile
{
    /// <summary>Where units are looked for, the strongest first.</summary>
    public static readonly IReadOnlyList<string> Folders =
        ["/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system"];

    private static readonly string[] FstabOrders = ["x-systemd.requires", "x-systemd.after", "x-systemd.before"];

    private readonly Dictionary<(string Section, string Key), List<string>> _values = [];

    private UnitFile(string name, string? path) => (Name, Path) = (name, path);

    public string Name { get; }

    /// <summary>Where it stands; null for one that is made from <c>/etc/fstab</c>.</summary>
    public string? Path { get; }

    public string? Value(string section, string key) =>
        _values.GetValueOrDefault((section, key)) is { Count: > 0 } values ? values[^1] : null;

    public IReadOnlyList<string> Values(string section, string key) => _values.GetValueOrDefault((section, key)) ?? [];

    /// <summary>The values of a key that lists names, taken apart.</summary>
    public IEnumerable<string> Names(string key, string section = "Unit") =>
        Values(section, key).SelectMany(value => value.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries));

    public bool Has(string section, string key) => Value(section, key) is { Length: > 0 };

    /// <summary>Reads a unit; null where there is none, and where it is masked an empty one.</summary>
    public static UnitFile? Load(FileSystem files, string name)
    {
        var path = Folders.Select(folder => $"{folder}/{name}")
            .FirstOrDefault(candidate => files.Find(candidate) is FileNode or DeviceNode);
        var text = path is null ? Template(files, name, ref path)
            : Encoding.UTF8.GetString((files.Find(path) as FileNode)?.Content ?? []);
        if (text is null)
            return name.EndsWith(".mount", StringComparison.Ordinal) ? OfFstab(files, name) : null;
        var unit = new UnitFile(name, path);
        unit.Read(text);
        foreach (var folder in Folders.Reverse().Select(folder => $"{folder}/{name}.d"))
        {
            foreach (var (dropIn, node) in files.Below(folder)
                .Where(found => found.Path.EndsWith(".conf", StringComparison.Ordinal)))
            {
                if (node is FileNode file)
                    unit.Read(Encoding.UTF8.GetString(file.Content));
            }
        }

        return unit;
    }

    /// <summary>The mount unit of a path: <c>/data</c> is <c>data.mount</c>.</summary>
    public static string MountName(string path)
    {
        var text = new StringBuilder();
        foreach (var character in path.Trim('/'))
            text.Append(character == '/' ? "-" : char.IsAsciiLetterOrDigit(character) || character is '_' or '.' or ':'
                ? character.ToString() : $"\\x{(int)character:x2}");
        return (text.Length == 0 ? "-" : text.ToString()) + ".mount";
    }

    private static string? Template(FileSystem files, string name, ref string? path)
    {
        var at = name.IndexOf('@', StringComparison.Ordinal);
        if (at < 0)
            return null;
        var template = name[..(at + 1)] + name[name.LastIndexOf('.')..];
        path = Folders.Select(folder => $"{folder}/{template}").FirstOrDefault(files.Exists);
        return path is null ? null
            : files.ReadText(path).Replace("%i", name[(at + 1)..name.LastIndexOf('.')], StringComparison.Ordinal);
    }

    private static UnitFile? OfFstab(FileSystem files, string name)
    {
        var line = FstabLine.Read(files).FirstOrDefault(line => MountName(line.Path) == name);
        if (line is null)
            return null;
        var unit = new UnitFile(name, null);
        unit.Read($"""
            [Unit]
            {string.Join('\n', FstabOrders
                .Where(option => line.Value(option) is not null)
                .Select(option => $"{UnitKey(option)}={line.Value(option)}"))}
            [Mount]
            What={line.Source}
            Where={line.Path}
            Type={line.Type}
            Options={line.Options}
            """);
        return unit;
    }

    // `x-systemd.after` is After.
    private static string UnitKey(string option)
    {
        var name = option["x-systemd.".Length..];
        return char.ToUpperInvariant(name[0]) + name[1..];
    }

    private void Read(string text)
    {
        var section = "";
        foreach (var line in text.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n')
            .Select(line => line.Trim()))
        {
            if (line.Length == 0 || line[0] is '#' or ';')
                continue;
            if (line[0] == '[' && line[^1] == ']')
            {
                section = line[1..^1];
                continue;
            }

            var parts = line.Split('=', 2);
            if (parts.Length < 2)
                continue;
            var key = (section, parts[0].Trim());
            var value = parts[1].Trim().Replace("%n", Name, StringComparison.Ordinal)
                .Replace("%N", Name[..Math.Max(0, Name.LastIndexOf('.'))], StringComparison.Ordinal);
            if (value.Length == 0)
                _values.Remove(key);
            else if (_values.TryGetValue(key, out var values))
                values.Add(value);
            else
                _values[key] = [value];
        }
    }
}
