using System.IO.Compression;
using System.Text;
using Orrery.Simulation.Machines.Execution;
using Orrery.Simulation.Machines.Files;
using Orrery.Simulation.Machines.Programs;
using Orrery.Simulation.Machines.Shell;
using Orrery.Simulation.Machines.Ssh;

namespace Orrery.Simulation.Machines.CloudInit;

/// <summary>What cloud-init's modules do; each gives what went wrong, or null.</summary>
internal sealed class CloudModules(Machine machine)
{
    private const string RunCommandScript = "/var/lib/cloud/instance/scripts/runcmd";
    private const int Private = 0x180;

    public async Work<string?> BootCommands(Dictionary<string, object?> config, Scope scope)
    {
        if (Script(config, "bootcmd") is not { } script)
            return null;
        var call = CloudInitRun.Process(machine, scope);
        var status = await ProgramRunner.RunScript(script, "bootcmd", call);
        return status == 0 ? null : $"Unexpected error while running command: exit code {status}";
    }

    public async Work<string?> WriteFiles(Dictionary<string, object?> config, bool deferred)
    {
        await machine.Power.CountProcess();
        foreach (var file in YamlTree.Items(config.GetValueOrDefault("write_files")).OfType<Dictionary<string,
            object?>>())
        {
            if (file.GetValueOrDefault("defer") is true != deferred
                || YamlTree.Text(file.GetValueOrDefault("path")) is not { } path)
                continue;
            try
            {
                if (WriteFile(file, path) is { } problem)
                    return problem;
            }
            catch (Exception exception) when (exception is FileException or FormatException or InvalidDataException)
            {
                return $"OSError: {exception.Message}: '{path}'";
            }
        }

        return null;
    }

    public async Work<string?> FileSystems(Dictionary<string, object?> config, Scope scope)
    {
        foreach (var entry in YamlTree.Items(config.GetValueOrDefault("fs_setup")))
        {
            var device = YamlTree.Text(YamlTree.At(entry, "device")) ?? "";
            var overwrites = YamlTree.At(entry, "overwrite") is true;
            if (machine.Mounts.Device(device) is not { } disk)
                return $"RuntimeError: Device {device} did not exist and was not created";
            if (disk.Filesystem is not null && !overwrites)
                continue;
            var type = YamlTree.Text(YamlTree.At(entry, "filesystem")) ?? "ext4";
            var call = CloudInitRun.Process(machine, scope) with { Name = "mkfs." + type, Arguments = ["-F", device] };
            if (await DiskPrograms.MakeFilesystem(call) != 0)
                return $"RuntimeError: Failed to make {type} on {device}";
        }

        return null;
    }

    public async Work<string?> Mounts(Dictionary<string, object?> config, Scope scope)
    {
        var lines = new StringBuilder();
        foreach (var entry in YamlTree.Items(config.GetValueOrDefault("mounts")))
        {
            var fields = YamlTree.Items(entry).Select(field => YamlTree.Text(field) ?? "").ToList();
            if (fields.Count < 2)
                continue;
            var options = fields.ElementAtOrDefault(3) ?? "defaults,nofail,x-systemd.after=cloud-init.service,_netdev";
            lines.Append(
                $"{fields[0]}\t{fields[1]}\t{fields.ElementAtOrDefault(2) ?? "auto"}\t"
                + $"{options},comment=cloudconfig\t0\t2\n");
            machine.Files.MakeFolders(fields[1]);
        }

        if (lines.Length == 0)
            return null;
        machine.Files.Append("/etc/fstab", Encoding.UTF8.GetBytes(lines.ToString()));
        machine.Units.Reload();
        await DiskPrograms.MountProgram(
            CloudInitRun.Process(machine, scope) with { Name = "mount", Arguments = ["-a"] });
        return null;
    }

    public async Work<string?> HostName(Dictionary<string, object?> config, Scope scope)
    {
        await scope.CountProcess();
        var name = YamlTree.Text(config.GetValueOrDefault("hostname"))
            ?? YamlTree.Text(config.GetValueOrDefault("fqdn"))?.Split('.')[0];
        if (config.GetValueOrDefault("preserve_hostname") is not true)
            machine.Files.WriteText("/etc/hostname", (name ?? machine.Name) + "\n");
        return null;
    }

    public async Work<string?> Users(Dictionary<string, object?> config, Scope scope)
    {
        await scope.CountProcess();
        foreach (var entry in YamlTree.Items(config.GetValueOrDefault("users")).OfType<Dictionary<string, object?>>())
        {
            if (YamlTree.Text(entry.GetValueOrDefault("name")) is not { } name)
                continue;
            var id = int.TryParse(YamlTree.Text(entry.GetValueOrDefault("uid")), out var given) ? given : (int?)null;
            AccountPrograms.AddUser(machine.Files, name, YamlTree.Text(entry.GetValueOrDefault("homedir")), id);
            Authorize(name, YamlTree.Items(entry.GetValueOrDefault("ssh_authorized_keys")).Select(YamlTree.Text));
        }

        return null;
    }

    public async Work<string?> Ssh(Dictionary<string, object?> config, Scope scope)
    {
        await scope.CountProcess();
        if (config.GetValueOrDefault("ssh_deletekeys") is not false)
        {
            foreach (var (path, _) in machine.Files.Below("/etc/ssh")
                .Where(found => found.Path.Contains("ssh_host_", StringComparison.Ordinal)).ToList())
                machine.Files.Remove(path);
        }

        if (config.GetValueOrDefault("ssh_keys") is Dictionary<string, object?> given)
        {
            foreach (var type in new[] { "rsa", "ecdsa", "ed25519" })
            {
                if (YamlTree.Text(given.GetValueOrDefault(type + "_private")) is not { } secret)
                    continue;
                machine.Files.WriteText($"/etc/ssh/ssh_host_{type}_key", secret.EndsWith('\n') ? secret : secret + "\n",
                    Private);
                var open = YamlTree.Text(given.GetValueOrDefault(type + "_public")) ?? SshKey.PublicOf(secret);
                machine.Files.WriteText($"/etc/ssh/ssh_host_{type}_key.pub", open?.TrimEnd() + "\n");
            }
        }
        else
        {
            var types = config.TryGetValue("ssh_genkeytypes", out var list)
                ? YamlTree.Items(list).Select(YamlTree.Text).OfType<string>()
                : ["rsa", "ecdsa", "ed25519"];
            KeyPrograms.MakeHostKeys(machine, types);
        }

        Authorize("root", machine.Order.AuthorizedKeys.Concat(
            YamlTree.Items(config.GetValueOrDefault("ssh_authorized_keys")).Select(YamlTree.Text)));
        return null;
    }

    public async Work<string?> RunCommands(Dictionary<string, object?> config, Scope scope)
    {
        await scope.CountProcess();
        if (!config.ContainsKey("runcmd"))
            return null;
        if (Script(config, "runcmd") is not { } script)
            return "TypeError: Unable to shellify type. Expected list or tuple";
        machine.Files.WriteText(RunCommandScript, script, 0x1C0);
        return null;
    }

    public async Work<string?> Packages(Dictionary<string, object?> config, Scope scope)
    {
        var names = YamlTree.Items(config.GetValueOrDefault("packages"))
            .Select(item => item is List<object?> versioned ? string.Join('=', versioned.Select(YamlTree.Text))
                : YamlTree.Text(item))
            .OfType<string>().ToList();
        if (names.Count == 0 && config.GetValueOrDefault("package_update") is not true
            && config.GetValueOrDefault("package_upgrade") is not true)
            return null;
        var call = CloudInitRun.Process(machine, scope) with { Name = "apt-get" };
        await scope.Sleep(machine.Surroundings.Latencies.PackageLists);
        if (config.GetValueOrDefault("package_upgrade") is true)
            await scope.Sleep(machine.Surroundings.Latencies.PackageLists);
        return names.Count == 0 || await PackagePrograms.Install(call, names) == 0
            ? null
            : $"Failed to install the following packages: {string.Join(", ", names)}."
                + " See associated package manager logs for more details.";
    }

    public async Work<string?> Scripts(Scope scope, string? userScript)
    {
        var call = CloudInitRun.Process(machine, scope);
        if (userScript is not null)
            machine.Files.WriteText("/var/lib/cloud/instance/scripts/part-001", userScript, 0x1C0);
        var failed = new List<string>();
        foreach (var name in machine.Files.Folder("/var/lib/cloud/instance/scripts").Children.Keys.ToList())
        {
            var path = "/var/lib/cloud/instance/scripts/" + name;
            if (await machine.Programs.Start(path, call with { Name = path }) != 0)
                failed.Add(name);
        }

        return failed.Count == 0 ? null
            : $"RuntimeError: Runparts: {failed.Count} failures ({string.Join(',', failed)}) in 1 attempted commands";
    }

    public async Work<string?> PowerState(Dictionary<string, object?> config, Scope scope)
    {
        if (YamlTree.Text(YamlTree.At(config, "power_state", "mode")) is not { } mode)
            return null;
        await scope.Sleep(TimeSpan.FromSeconds(1));
        machine.Surroundings.Machines.Shutdown(machine, restarts: mode == "reboot");
        return null;
    }

    // Each item is a line: a text as it is, a list with each of its words quoted.
    private static string? Script(Dictionary<string, object?> config, string key)
    {
        if (config.GetValueOrDefault(key) is not List<object?> items)
            return null;
        var script = new StringBuilder("#!/bin/sh\n");
        foreach (var item in items)
        {
            if (item is List<object?> words)
                script.AppendJoin(' ', words.Select(word => TextFormat.Quoted(YamlTree.Text(word) ?? ""))).Append('\n');
            else if (YamlTree.Text(item) is { } line)
                script.Append(line).Append('\n');
            else if (item is not null)
                return null;
        }

        return script.ToString();
    }

    private string? WriteFile(Dictionary<string, object?> file, string path)
    {
        var content = Encoding.UTF8.GetBytes(YamlTree.Text(file.GetValueOrDefault("content")) ?? "");
        var encoding = YamlTree.Text(file.GetValueOrDefault("encoding"))?.ToLowerInvariant() ?? "";
        if (encoding.Contains("b64", StringComparison.Ordinal) || encoding.Contains("base64", StringComparison.Ordinal))
            content = Convert.FromBase64String(Encoding.UTF8.GetString(content));
        if (encoding.StartsWith("gz", StringComparison.Ordinal))
            content = Unzipped(content);
        machine.Files.MakeFolders(path[..Math.Max(1, path.LastIndexOf('/'))]);
        if (file.GetValueOrDefault("append") is true)
            machine.Files.Append(path, content);
        else
            machine.Files.Write(path, content);
        var node = machine.Files.Get(path);
        node.Mode = file.GetValueOrDefault("permissions") switch
        {
            string text => Convert.ToInt32(text, 8),
            // Unquoted 0644 is a number in YAML and is taken as it is; 644 is then no octal number.
            long number => (int)number,
            _ => 0x1A4,
        };
        var names = (YamlTree.Text(file.GetValueOrDefault("owner")) ?? "root:root").Split(':', 2);
        var call = CloudInitRun.Process(machine, machine.Power);
        if (AccountPrograms.UserId(call, names[0]) is not { } owner)
            return $"OSError: Unknown user or group: \"getpwnam(): name not found: '{names[0]}'\"";
        if (AccountPrograms.GroupId(call, names.ElementAtOrDefault(1) ?? "root") is not { } group)
            return $"OSError: Unknown user or group: \"getgrnam(): name not found: '{names[1]}'\"";
        (node.Owner, node.Group) = (owner, group);
        return null;
    }

    private void Authorize(string user, IEnumerable<string?> keys)
    {
        var lines = keys.OfType<string>().ToList();
        if (lines.Count == 0 || AccountPrograms.HomeOf(machine.Files, user) is not { } home)
            return;
        var owner = AccountPrograms.Lookup(machine.Files, "/etc/passwd", user) ?? 0;
        var folder = machine.Files.MakeFolders(home + "/.ssh", 0x1C0);
        (folder.Owner, folder.Group) = (owner, owner);
        var file = machine.Files.Write(home + "/.ssh/authorized_keys",
            Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"));
        (file.Mode, file.Owner, file.Group) = (Private, owner, owner);
    }

    private static byte[] Unzipped(byte[] content)
    {
        using var zipped = new GZipStream(new MemoryStream(content), CompressionMode.Decompress);
        using var result = new MemoryStream();
        zipped.CopyTo(result);
        return result.ToArray();
    }
}
