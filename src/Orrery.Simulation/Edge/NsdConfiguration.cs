using System.Globalization;

namespace Orrery.Simulation.Edge;

/// <summary>
/// What NSD makes of its files, as far as zones of others go:
/// https://nsd.docs.nlnetlabs.nl/en/latest/manpages/nsd.conf.html. It refuses what the real one refuses.
/// </summary>
internal sealed class NsdConfiguration
{
    public const string Main = "/etc/nsd/nsd.conf";

    private static readonly string[] Sections = ["server", "remote-control", "key", "zone", "pattern"];
    private static readonly string[] Algorithms = ["hmac-sha256", "hmac-sha512", "hmac-sha1", "hmac-md5"];

    private readonly Func<string, IEnumerable<(string Path, string Text)>> _files;
    private readonly List<Dictionary<string, string>> _keys = [];
    private readonly List<Dictionary<string, string>> _zones = [];

    /// <param name="files">What an <c>include</c> names: a path, or a pattern with a <c>*</c>.</param>
    /// <exception cref="FormatException">What <c>nsd-checkconf</c> would say.</exception>
    public NsdConfiguration(Func<string, IEnumerable<(string Path, string Text)>> files)
    {
        _files = files;
        Include(Main);
        Check();
    }

    /// <summary>From whom it transfers a zone, and the secret that both know; null for no zone of it.</summary>
    public (string Primary, string Secret)? TransferOf(string zone)
    {
        if (_zones.FirstOrDefault(each => each["name"] == zone) is not { } found
            || found.GetValueOrDefault("request-xfr")?.Split(' ') is not [.., var primary, var key])
            return null;
        return (primary, _keys.FirstOrDefault(each => each["name"] == key)?["secret"] ?? "");
    }

    private void Include(string pattern)
    {
        foreach (var (path, text) in _files(pattern))
        {
            Dictionary<string, string>? section = null;
            foreach (var (index, raw) in text.Split('\n').Index())
            {
                var line = raw.Split('#')[0].Trim();
                if (line.Length > 0)
                    section = Take(line, section, string.Create(CultureInfo.InvariantCulture, $"{path}:{index + 1}"));
            }
        }
    }

    private Dictionary<string, string>? Take(string line, Dictionary<string, string>? section, string place)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        var name = colon < 0 ? line : line[..colon];
        var value = colon < 0 ? "" : line[(colon + 1)..].Trim().Trim('"');
        if (colon >= 0 && value.Length == 0 && Sections.Contains(name))
        {
            section = new Dictionary<string, string>(StringComparer.Ordinal);
            (name == "key" ? _keys : name == "zone" ? _zones : []).Add(section);
            return section;
        }

        if (name == "include")
            Include(value);
        else if (colon < 0 || section is null)
            throw new FormatException($"{place}: error: syntax error");
        else
            section[name] = value;
        return section;
    }

    private void Check()
    {
        foreach (var key in _keys)
        {
            if (!key.TryGetValue("name", out var name) || !Algorithms.Contains(key.GetValueOrDefault("algorithm")))
                throw new FormatException($"{Main}: error: key has no name, or an algorithm that is not known");
            var secret = key.GetValueOrDefault("secret") ?? "";
            if (secret.Length == 0 || !Convert.TryFromBase64String(secret, new byte[secret.Length], out _))
                throw new FormatException($"{Main}: error: the secret of key {name} is not base64");
        }

        foreach (var zone in _zones)
        {
            if (!zone.TryGetValue("name", out var name))
                throw new FormatException($"{Main}: error: zone has no name");
            if (zone.GetValueOrDefault("request-xfr")?.Split(' ')[^1] is { } key && key != "NOKEY"
                && _keys.All(each => each["name"] != key))
                throw new FormatException($"{Main}: error: zone {name} uses key {key} that is not there");
        }
    }
}
