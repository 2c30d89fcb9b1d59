using Orrery.Model.Values;
using Orrery.Simulation.Machines;
using Orrery.Simulation.Machines.Execution;
using Orrery.Simulation.Machines.Files;
using Orrery.Simulation.Machines.Programs;
using Orrery.Simulation.Machines.Shell;

namespace Orrery.Simulation.Edge;

/// <summary>
/// A machine that people have on the internet, with Debian's nginx, its module for streams, and NSD. What runs is what
/// the files said when a program was last started; a file that was only written is not heard.
/// </summary>
public sealed class EdgeHost
{
    /// <summary>Assumed: both read a few small files.</summary>
    private static readonly TimeSpan Reading = TimeSpan.FromMilliseconds(30);

    private const string Unit = """
        [Unit]
        Description=NAME
        [Service]
        Type=oneshot
        RemainAfterExit=yes
        ExecStart=/usr/sbin/NAME -run
        [Install]
        WantedBy=multi-user.target

        """;

    /// <summary>Where each program looks for further files.</summary>
    private static readonly string[] Included = ["/etc/nginx/modules-enabled", "/etc/nsd/nsd.conf.d"];

    private NginxConfiguration? _nginx;
    private NsdConfiguration? _nsd;

    /// <param name="park">Where machines are found.</param>
    /// <param name="address">At which it is reached.</param>
    /// <param name="administrators">Lines of <c>authorized_keys</c>.</param>
    /// <param name="tailnet">Of its Headscale, and of its Tailscale.</param>
    public EdgeHost(MachinePark park, string address, ValueList<string> administrators, Tailnet tailnet)
    {
        Address = address;
        var programs = new TailnetPrograms(tailnet, address);
        Machine = park.AddHost(new MachineOrder
        {
            Id = $"edge-{address}",
            Name = address,
            Addresses = [address],
            AuthorizedKeys = administrators,
            Programs = new Dictionary<string, Program>(StringComparer.Ordinal)
            {
                ["nginx"] = Nginx,
                ["nsd"] = Nsd,
                ["nsd-checkconf"] = NsdCheck,
                ["headscale"] = programs.Headscale,
                ["tailscale"] = programs.Tailscale,
            },
        });
        var files = Machine.Files;
        foreach (var folder in Included.Append("/var/lib/nsd"))
            files.MakeFolders(folder);
        files.WriteText(
            NginxConfiguration.Main,
            "user www-data;\npid /run/nginx.pid;\ninclude /etc/nginx/modules-enabled/*.conf;\nevents { }\nhttp { }\n");
        files.WriteText(
            "/etc/nginx/modules-enabled/50-mod-stream.conf", "load_module modules/ngx_stream_module.so;\n");
        files.WriteText(
            NsdConfiguration.Main, "server:\n  log-only-syslog: yes\ninclude: \"/etc/nsd/nsd.conf.d/*.conf\"\n");
        files.WriteText("/etc/group", $"{files.ReadText("/etc/group")}nsd:x:113:\n");
        foreach (var name in new[] { "nginx", "nsd" })
        {
            files.WriteText(
                $"/usr/lib/systemd/system/{name}.service", Unit.Replace("NAME", name, StringComparison.Ordinal));
        }

        Machine.Units.Reload();
    }

    public string Address { get; }

    public Machine Machine { get; }

    /// <summary>
    /// Where a TLS connection to port 443 goes, by the name that its client asks for; null where it is closed.
    /// </summary>
    public string? BackendOf(string name) => _nginx?.BackendOf(name);

    /// <summary>From whom the running NSD transfers a zone, and the key that signs it; null for none.</summary>
    public (string Primary, string Secret)? TransferOf(string zone) => _nsd?.TransferOf(zone);

    /// <summary>The files of ours that it has, by path.</summary>
    public IReadOnlyList<(string Path, string Text)> Ours =>
    [
        .. Included.SelectMany(Machine.Files.Below)
            .Where(found => found.Node is FileNode && found.Path.Contains("orrery-", StringComparison.Ordinal))
            .Select(found => (found.Path, Machine.Files.ReadText(found.Path))),
    ];

    private IEnumerable<(string Path, string Text)> Named(string pattern)
    {
        var folder = pattern[..pattern.LastIndexOf('/')];
        return Machine.Files.Below(folder).Where(found => found.Node is FileNode && Glob.Matches(pattern, found.Path)
                && !found.Path[(found.Path.LastIndexOf('/') + 1)..].StartsWith('.'))
            .OrderBy(found => found.Path, StringComparer.Ordinal)
            .Select(found => (found.Path, Machine.Files.ReadText(found.Path)));
    }

    private async Work<int> Nginx(Invocation call)
    {
        await call.Scope.Sleep(Reading);
        try
        {
            var read = new NginxConfiguration(Named);
            if (call.Arguments is ["-t"])
                call.Error.Line($"nginx: configuration file {NginxConfiguration.Main} test is successful");
            else
                _nginx = read;
            return 0;
        }
        catch (FormatException refused)
        {
            call.Error.Line($"nginx: [emerg] {refused.Message}");
            call.Error.Line($"nginx: configuration file {NginxConfiguration.Main} test failed");
            return 1;
        }
    }

    private async Work<int> Nsd(Invocation call)
    {
        await call.Scope.Sleep(Reading);
        return ReadNsd(call, isStart: true);
    }

    private async Work<int> NsdCheck(Invocation call)
    {
        await call.Scope.Sleep(Reading);
        return call.Arguments is [NsdConfiguration.Main] ? ReadNsd(call, isStart: false) : call.Fail("usage");
    }

    private int ReadNsd(Invocation call, bool isStart)
    {
        try
        {
            var read = new NsdConfiguration(Named);
            if (isStart)
                _nsd = read;
            return 0;
        }
        catch (FormatException refused)
        {
            call.Error.Line(refused.Message);
            return 1;
        }
    }
}
