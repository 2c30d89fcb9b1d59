using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Orrery.Simulation.Machines.Execution;
using Orrery.Simulation.Machines.Files;
using Orrery.Simulation.Machines.Programs;

namespace Orrery.Simulation.Machines.K3s;

/// <summary>The programs that come with K3s.</summary>
internal static class K3sPrograms
{
    private const string Images = "#!simulated-images ";
    private const string Unpacked = "/var/lib/rancher/k3s/data";

    public static async Work<int> K3s(Invocation call)
    {
        await call.Scope.CountProcess();
        // kubectl, crictl and ctr are links to k3s and behave by their name.
        var words = call.Name is "kubectl" or "crictl" or "ctr" ? [call.Name, .. call.Arguments]
            : call.Arguments.ToList();
        switch (words.FirstOrDefault())
        {
            case "--version" or "-v":
                call.Out.Line($"k3s version {call.Version} (simulated)\ngo version go1.24.11");
                return 0;
            case "server" or "agent":
                Unpack(call);
                return await call.Machine.K3s.Serve(call, words[0]);
            case "kubectl":
                if (!call.Machine.K3s.IsReady)
                {
                    call.Error.Line(
                        "The connection to the server 127.0.0.1:6443 was refused"
                        + " - did you specify the right host or port?");
                    return 1;
                }

                var answer = call.Machine.Surroundings.K3sHost.Kubectl(call.Machine, [.. words.Skip(1)],
                    call.In.TakeText());
                call.Out.Text(answer.Output);
                call.Error.Text(answer.Error);
                return answer.ExitCode;
            case "ctr" or "crictl":
                Unpack(call);
                return await ImageTools(call, words);
            case "check-config" or "secrets-encrypt" or "token" or "certificate" or "etcd-snapshot":
                return 0;
            default:
                call.Error.Line($"No help topic for '{words.FirstOrDefault()}'");
                return 3;
        }
    }

    /// <summary>Ends all pods with their mounts, as the script does that comes with the installation.</summary>
    public static async Work<int> KillAll(Invocation call)
    {
        if (call.Machine.Units.Find("k3s.service") is not null)
            await call.Machine.Units.Stop("k3s.service");
        call.Machine.ReleaseAll();
        return 0;
    }

    public static async Work<int> Uninstall(Invocation call)
    {
        await KillAll(call);
        foreach (var path in new[] { "/usr/local/bin/k3s", "/etc/systemd/system/k3s.service", "/etc/rancher/k3s",
            "/var/lib/rancher/k3s" })
        {
            if (call.Files.Find(path, followLinks: false) is not null)
                call.Files.Remove(path, recursive: true);
        }

        call.Machine.Units.Reload();
        return 0;
    }

    // K3s unpacks the programs within itself once, before it runs the first of them: cmd/k3s/main.go of k3s-io/k3s.
    // The real folder's name is a checksum of the archive; here it comes of the version.
    private static void Unpack(Invocation call)
    {
        var folder = $"{Unpacked}/"
            + $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(call.Version)))}";
        if (call.Files.Exists(folder + "/bin/k3s"))
            return;
        call.Files.MakeFolders(folder + "/bin");
        foreach (var name in new[] { "k3s", "containerd" })
            call.Files.WriteText($"{folder}/bin/{name}", $"{ProgramRunner.StandIn}{name} {call.Version}\n", 0x1ED);
        call.Files.Put(Unpacked + "/current", new LinkNode(folder));
    }

    private static async Work<int> ImageTools(Invocation call, List<string> words)
    {
        if (words is ["crictl", "--version"])
        {
            call.Out.Line("crictl version (simulated)");
            return 0;
        }

        if (words is ["crictl", "--runtime-endpoint", var endpoint, "pull", var image])
            return await call.Machine.Containerd.Pull(call, endpoint, image);
        if (!call.Machine.K3s.IsReady)
            return call.Fail("failed to dial \"/run/k3s/containerd/containerd.sock\": connection refused");
        if (words.Contains("import") && words.Count > 3)
        {
            var text = call.Files.Find(call.PathOf(words[^1])) is FileNode file ? Encoding.UTF8.GetString(file.Content)
                : "";
            if (!text.StartsWith(Images, StringComparison.Ordinal))
                return call.Fail($"open {words[^1]}: no such file or unrecognized image format");
            await call.Scope.Sleep(TimeSpan.FromSeconds(5));
            call.Out.Line($"unpacking {text[Images.Length..].Trim()}...done");
        }

        return 0;
    }
}

/// <summary>
/// The script of get.k3s.io, as its documentation says: https://docs.k3s.io/reference/env-variables. It installs the
/// program, links, helper scripts and the unit, enables it and starts it, except what is skipped.
/// </summary>
internal static class K3sInstall
{
    private const string Binary = "/usr/local/bin/k3s";

    public static async Work<int> Run(Invocation call)
    {
        await call.Scope.CountProcess();
        bool Is(string name) => call.Environment.GetValueOrDefault(name) == "true";
        if (!Is("INSTALL_K3S_SKIP_DOWNLOAD") && await Download(call) is var status and not 0)
            return status;
        if (call.Files.Find(Binary) is not FileNode)
        {
            call.Error.Line($"[ERROR]  Executable k3s binary not found at {Binary}");
            return 1;
        }

        foreach (var name in new[] { "kubectl", "crictl", "ctr" })
        {
            if (call.Files.Find("/usr/local/bin/" + name, followLinks: false) is null)
                call.Files.Put("/usr/local/bin/" + name, new LinkNode("k3s"));
        }

        foreach (var name in new[] { "k3s-killall", "k3s-uninstall" })
            call.Files.WriteText($"/usr/local/bin/{name}.sh", $"{ProgramRunner.StandIn}{name}\n", 0x1ED);
        var words = call.Arguments.ToList();
        if (call.Environment.GetValueOrDefault("INSTALL_K3S_EXEC") is { Length: > 0 } given)
            words.InsertRange(0, given.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        if (words.Count == 0 || words[0].StartsWith('-'))
            words.Insert(0, call.Environment.ContainsKey("K3S_URL") ? "agent" : "server");
        WriteUnit(call, words);
        call.Machine.Units.Reload();
        if (Is("INSTALL_K3S_SKIP_ENABLE"))
            return 0;
        await ShellPrograms.Run(call, ["systemctl", "enable", "k3s"]);
        return Is("INSTALL_K3S_SKIP_START") ? 0 : await ShellPrograms.Run(call, ["systemctl", "restart", "k3s"]);
    }

    private static async Work<int> Download(Invocation call)
    {
        var web = call.Machine.Surroundings.Web;
        var version = call.Environment.GetValueOrDefault("INSTALL_K3S_VERSION") ?? web.LatestK3s;
        var url = $"https://github.com/k3s-io/k3s/releases/download/{version}/k3s";
        if (web.Find(url) is not { } artefact)
        {
            call.Error.Line($"[ERROR]  Download failed: {url}");
            return 1;
        }

        await call.Scope.Sleep(
            TimeSpan.FromSeconds(
            (double)artefact.SizeBytes / call.Machine.Surroundings.Latencies.DownloadBytesPerSecond));
        call.Machine.Note(MachineEventKind.Downloaded, call.Cause, url);
        call.Files.MakeFolders("/usr/local/bin");
        call.Files.Write(Binary, artefact.Content.ToArray()).Mode = 0x1ED;
        return 0;
    }

    private static void WriteUnit(Invocation call, List<string> words)
    {
        var name = words[0] == "agent" ? "k3s-agent" : "k3s";
        var variables = call.Environment.Where(variable => variable.Key.StartsWith("K3S_", StringComparison.Ordinal))
            .Select(variable => string.Create(CultureInfo.InvariantCulture, $"{variable.Key}='{variable.Value}'\n"));
        call.Files.WriteText($"/etc/systemd/system/{name}.service.env", string.Concat(variables), 0x180);
        call.Files.WriteText($"/etc/systemd/system/{name}.service", $"""
            [Unit]
            Description=Lightweight Kubernetes
            Documentation=https://k3s.io
            Wants=network-online.target
            After=network-online.target

            [Install]
            WantedBy=multi-user.target

            [Service]
            Type=notify
            EnvironmentFile=-/etc/default/%N
            EnvironmentFile=-/etc/sysconfig/%N
            EnvironmentFile=-/etc/systemd/system/{name}.service.env
            KillMode=process
            TimeoutStartSec=0
            Restart=always
            RestartSec=5s
            ExecStart={Binary} {string.Join(' ', words.Select(word => "'" + word + "'"))}

            """);
    }
}
