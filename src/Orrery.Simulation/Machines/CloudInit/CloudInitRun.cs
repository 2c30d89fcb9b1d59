using System.Text;
using Orrery.Simulation.Machines.Execution;
using Orrery.Simulation.Machines.Programs;

namespace Orrery.Simulation.Machines.CloudInit;

/// <summary>
/// cloud-init on one machine, in its real stages and order of modules; Ubuntu 24.04's /etc/cloud/cloud.cfg. What runs
/// once for an instance runs at the first boot only.
/// </summary>
internal sealed class CloudInitRun(Machine machine)
{
    public const string Cause = "cloud-init";

    private readonly CloudModules _modules = new(machine);
    private readonly HashSet<string> _doneOnce = new(StringComparer.Ordinal);
    private Dictionary<string, object?> _config = [];
    private string? _script;
    private bool _hasStarted;

    /// <summary>All stages of this boot have ended.</summary>
    public bool IsDone { get; private set; }

    /// <summary>What <c>cloud-init status</c> calls errors.</summary>
    public List<string> Errors { get; } = [];

    /// <summary>What it calls recoverable errors.</summary>
    public List<string> Warnings { get; } = [];

    public string Status =>
        Errors.Count > 0 && IsDone ? "error" : IsDone ? "done" : _hasStarted ? "running" : "not started";

    public string ExtendedStatus => Errors.Count > 0 && IsDone ? "error - done"
        : (Warnings.Count > 0 ? "degraded " : "") + Status;

    /// <summary>The stage "network": reads the user data; what must be before services start.</summary>
    public async Work<int> Network(Scope scope)
    {
        (IsDone, _hasStarted) = (false, true);
        Errors.Clear();
        Warnings.Clear();
        await scope.Sleep(machine.Surroundings.Latencies.CloudInitStage);
        ReadUserData();
        await Module(scope, "bootcmd", always: true, _modules.BootCommands);
        await Module(scope, "write_files", always: false, (config, _) => _modules.WriteFiles(config, deferred: false));
        await Module(scope, "disk_setup", always: false, _modules.FileSystems);
        await Module(scope, "mounts", always: false, _modules.Mounts);
        await Module(scope, "set_hostname", always: false, _modules.HostName);
        await Module(scope, "users_groups", always: false, _modules.Users);
        await Module(scope, "ssh", always: false, _modules.Ssh);
        return 0;
    }

    /// <summary>The stage "config"; <c>runcmd</c> is only written down here.</summary>
    public async Work<int> Config(Scope scope)
    {
        await scope.Sleep(machine.Surroundings.Latencies.CloudInitStage);
        await Module(scope, "runcmd", always: false, _modules.RunCommands);
        return 0;
    }

    /// <summary>The stage "final": packages, late files, scripts.</summary>
    public async Work<int> Final(Scope scope)
    {
        await scope.Sleep(machine.Surroundings.Latencies.CloudInitStage);
        await Module(scope, "package_update_upgrade_install", always: false, _modules.Packages);
        await Module(scope, "write_files_deferred", always: false,
            (config, _) => _modules.WriteFiles(config, deferred: true));
        await Module(scope, "scripts_user", always: false, (_, inner) => _modules.Scripts(inner, _script));
        machine.Log(Cause, YamlTree.Text(_config.GetValueOrDefault("final_message")) ?? "Cloud-init finished");
        IsDone = true;
        machine.Note(MachineEventKind.CloudInitDone, Cause, $"{Status}: {string.Join("; ", Errors.Concat(Warnings))}");
        await Module(scope, "power_state_change", always: false, _modules.PowerState);
        return Errors.Count > 0 ? 1 : 0;
    }

    private void ReadUserData()
    {
        (_config, _script) = ([], null);
        var text = machine.UserData;
        machine.Files.MakeFolders("/var/lib/cloud/instance/scripts");
        machine.Files.WriteText("/var/lib/cloud/instance/user-data.txt", text, 0x180);
        if (text.Trim().Length == 0)
            return;
        if (text.StartsWith("#!", StringComparison.Ordinal))
        {
            _script = text;
            return;
        }

        if (!text.StartsWith("#cloud-config", StringComparison.Ordinal))
        {
            Warn($"Unhandled non-multipart (text/x-not-multipart) userdata: '{text.Split('\n')[0]}...'");
            return;
        }

        try
        {
            _config = YamlTree.Read(text) as Dictionary<string, object?> ?? [];
        }
        catch (FormatException exception)
        {
            Warn($"Failed loading yaml blob. Invalid format: {exception.Message}");
            return;
        }

        var problems = CloudConfigSchema.Problems(_config).ToList();
        if (problems.Count > 0)
            Warn($"cloud-config failed schema validation! {string.Join("; ", problems)}");
    }

    private async Work<int> Module(
        Scope scope, string name, bool always, Func<Dictionary<string, object?>, Scope, Work<string?>> run)
    {
        if (!always && !_doneOnce.Add(name))
            return 0;
        if (await run(_config, scope) is not { } problem)
            return 0;
        Errors.Add($"('{name}', {problem})");
        Record($"Running module {name} failed: {problem}");
        return 1;
    }

    private void Warn(string message)
    {
        Warnings.Add(message);
        Record(message);
    }

    private void Record(string message)
    {
        machine.Note(MachineEventKind.CloudInitProblem, Cause, message);
        machine.Log(Cause, message);
        machine.Files.MakeFolders("/var/log");
        machine.Files.Append("/var/log/cloud-init.log", Encoding.UTF8.GetBytes($"[WARNING]: {message}\n"));
    }

    /// <summary>A process of cloud-init: its output goes to the log and to the console.</summary>
    public static Invocation Process(Machine machine, Scope scope)
    {
        machine.Files.MakeFolders("/var/log");
        var output = new Output(content =>
        {
            machine.Files.Append("/var/log/cloud-init-output.log", content);
            machine.Console(content);
        });
        return new Invocation
        {
            Machine = machine,
            Scope = scope,
            Name = "sh",
            Environment = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["PATH"] = ProgramRunner.DefaultPath,
                ["LANG"] = "C.UTF-8",
                ["HOME"] = "/root",
            },
            Streams = new Streams(Input.Empty, output, output),
            Cause = Cause,
        };
    }
}
