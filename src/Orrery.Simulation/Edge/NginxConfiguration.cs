using System.Globalization;
using System.Text;

namespace Orrery.Simulation.Edge;

/// <summary>
/// What nginx makes of its files, as far as streams go: https://nginx.org/en/docs/stream/ngx_stream_core_module.html.
/// It refuses what the real one refuses, in its words; what stands in <c>http</c> is not looked at.
/// </summary>
internal sealed class NginxConfiguration
{
    public const string Main = "/etc/nginx/nginx.conf";

    private static readonly HashSet<string> OfMain = new(StringComparer.Ordinal)
    {
        "user", "worker_processes", "pid", "error_log", "load_module", "include", "events", "http", "stream",
    };

    private static readonly HashSet<string> OfServer = new(StringComparer.Ordinal)
    {
        "listen", "ssl_preread", "preread_timeout", "proxy_pass", "proxy_connect_timeout", "proxy_timeout",
        "proxy_protocol", "return",
    };

    private readonly Func<string, IEnumerable<(string Path, string Text)>> _files;
    private readonly Dictionary<string, List<Directive>> _maps = new(StringComparer.Ordinal);
    private readonly List<(string Listen, string Target, bool Reads)> _servers = [];
    private bool _hasModule;
    private bool _hasStream;

    /// <param name="files">What an <c>include</c> names: a path, or a pattern with a <c>*</c>.</param>
    /// <exception cref="FormatException">What nginx would say.</exception>
    public NginxConfiguration(Func<string, IEnumerable<(string Path, string Text)>> files)
    {
        _files = files;
        Take(Include(Main, isNeeded: true));
    }

    /// <summary>
    /// Where a TLS connection to port 443 goes whose client asks for a name: address and port; null where it is closed.
    /// </summary>
    public string? BackendOf(string name)
    {
        var server = _servers.FirstOrDefault(each => each.Listen is "443" or "[::]:443");
        if (server.Target is not { } target)
            return null;
        if (!target.StartsWith('$'))
            return target;
        var map = _maps.GetValueOrDefault(target) ?? [];
        var asked = server.Reads ? name.ToLowerInvariant() : "";
        var found = map.FirstOrDefault(entry => entry.Name == asked)
            ?? map.Where(entry => entry.Name.StartsWith("*.", StringComparison.Ordinal)
                && asked.EndsWith(entry.Name[1..], StringComparison.Ordinal)).MaxBy(entry => entry.Name.Length)
            ?? map.FirstOrDefault(entry => entry.Name == "default");
        return found?.Values is [{ Length: > 0 } backend] ? backend : null;
    }

    private IEnumerable<Directive> Include(string pattern, bool isNeeded)
    {
        var found = _files(pattern).ToList();
        if (found.Count == 0 && isNeeded)
            throw new FormatException($"open() \"{pattern}\" failed (2: No such file or directory)");
        return found.SelectMany(file => new NginxReader(file.Path, file.Text).Read());
    }

    private void Take(IEnumerable<Directive> directives)
    {
        foreach (var each in directives)
        {
            if (!OfMain.Contains(each.Name) || (each.Name == "stream" && !_hasModule))
                throw each.Refuse($"unknown directive \"{each.Name}\"");
            switch (each.Name)
            {
                case "include":
                    Take(Include(each.Values[0], isNeeded: !each.Values[0].Contains('*', StringComparison.Ordinal)));
                    break;
                case "load_module":
                    _hasModule |= each.Values[0].EndsWith("ngx_stream_module.so", StringComparison.Ordinal);
                    break;
                case "stream" when _hasStream:
                    throw each.Refuse("\"stream\" directive is duplicate");
                case "stream":
                    _hasStream = true;
                    TakeStream(each.Block ?? []);
                    break;
            }
        }
    }

    private void TakeStream(IReadOnlyList<Directive> directives)
    {
        foreach (var each in directives)
        {
            switch (each.Name)
            {
                case "map" when each.Values is ["$ssl_preread_server_name", var variable] && variable.StartsWith('$'):
                    _maps[variable] = [.. (each.Block ?? []).Where(entry => entry.Name != "hostnames")];
                    break;
                case "server":
                    TakeServer(each);
                    break;
                default:
                    throw each.Refuse($"unknown directive \"{each.Name}\"");
            }
        }
    }

    private void TakeServer(Directive server)
    {
        var block = server.Block ?? [];
        foreach (var each in block)
        {
            if (!OfServer.Contains(each.Name))
                throw each.Refuse($"unknown directive \"{each.Name}\"");
            if (each.Name is "ssl_preread" or "proxy_protocol" && each.Values is not (["on"] or ["off"]))
            {
                throw each.Refuse($"invalid value \"{string.Join(' ', each.Values)}\" in \"{each.Name}\" directive,"
                    + " it must be \"on\" or \"off\"");
            }
        }

        var target = block.FirstOrDefault(each => each.Name == "proxy_pass")?.Values[0]
            ?? throw server.Refuse("no handler for server");
        var reads = block.Any(each => each is { Name: "ssl_preread", Values: ["on"] });
        foreach (var listen in block.Where(each => each.Name == "listen").Select(each => each.Values[0]))
        {
            if (_servers.Any(other => other.Listen == listen))
                throw server.Refuse($"duplicate \"{listen}\" address and port pair");
            _servers.Add((listen, target, reads));
        }
    }

    /// <summary>One directive with its values, and its block where it has one.</summary>
    private sealed record Directive(string Name, IReadOnlyList<string> Values, string File, int Line)
    {
        public IReadOnlyList<Directive>? Block { get; init; }

        public FormatException Refuse(string why) =>
            new(string.Create(CultureInfo.InvariantCulture, $"{why} in {File}:{Line}"));
    }

    private sealed class NginxReader(string file, string text)
    {
        private int _at;
        private int _line = 1;

        public List<Directive> Read() => Block(isInner: false);

        private List<Directive> Block(bool isInner)
        {
            var found = new List<Directive>();
            var words = new List<string>();
            while (Next() is { } token)
            {
                switch (token)
                {
                    case ";" or "{" when words.Count == 0:
                        throw Refuse($"unexpected \"{token}\"");
                    case ";":
                        found.Add(new Directive(words[0], words[1..], file, _line));
                        words = [];
                        break;
                    case "{":
                        var opened = new Directive(words[0], words[1..], file, _line);
                        words = [];
                        found.Add(opened with { Block = Block(isInner: true) });
                        break;
                    case "}" when isInner && words.Count == 0:
                        return found;
                    case "}":
                        throw Refuse("unexpected \"}\"");
                    default:
                        words.Add(token.TrimStart('\0'));
                        break;
                }
            }

            return isInner || words.Count > 0 ? throw Refuse("unexpected end of file, expecting \"}\"") : found;
        }

        private FormatException Refuse(string why) =>
            new(string.Create(CultureInfo.InvariantCulture, $"{why} in {file}:{_line}"));

        /// <summary>A sign, or a word; a quoted one begins with a zero, so that it is never taken for a sign.</summary>
        private string? Next()
        {
            while (_at < text.Length && (char.IsWhiteSpace(text[_at]) || text[_at] == '#'))
            {
                if (text[_at] == '#')
                    _at = text.IndexOf('\n', _at) is var end and >= 0 ? end : text.Length;
                else if (text[_at++] == '\n')
                    _line++;
            }

            if (_at >= text.Length)
                return null;
            if (text[_at] is ';' or '{' or '}')
                return text[_at++].ToString();
            if (text[_at] is '"' or '\'')
            {
                var end = text.IndexOf(text[_at], _at + 1);
                if (end < 0)
                    throw Refuse("unexpected end of file, expecting \";\" or \"}\"");
                var quoted = text[(_at + 1)..end];
                _at = end + 1;
                return $"\0{quoted}";
            }

            var word = new StringBuilder();
            while (_at < text.Length && !char.IsWhiteSpace(text[_at]) && text[_at] is not (';' or '{' or '}'))
                word.Append(text[_at++]);
            return word.ToString();
        }
    }
}
