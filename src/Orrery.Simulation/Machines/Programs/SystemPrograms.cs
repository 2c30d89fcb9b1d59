using System.Globalization;
using Orrery.Simulation.Machines.Execution;

namespace Orrery.Simulation.Machines.Programs;

/// <summary>Programs that speak of the whole machine.</summary>
internal static class SystemPrograms
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(250);

    public static async Work<int> Date(Invocation call)
    {
        await call.Scope.CountProcess();
        var now = call.Machine.Surroundings.Epoch + call.Machine.Agenda.Now;
        var format = call.Arguments.FirstOrDefault(argument => argument.StartsWith('+')) ?? "+%a %b %d %H:%M:%S UTC %Y";
        call.Out.Line(format[1..]
            .Replace("%s", now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("%F", now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("%T", now.ToString("HH:mm:ss", CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("%Y", now.ToString("yyyy", CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("%m", now.ToString("MM", CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("%d", now.ToString("dd", CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("%H", now.ToString("HH", CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("%M", now.ToString("mm", CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("%S", now.ToString("ss", CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("%a", now.ToString("ddd", CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("%b", now.ToString("MMM", CultureInfo.InvariantCulture), StringComparison.Ordinal));
        return 0;
    }

    public static async Work<int> Uname(Invocation call)
    {
        await call.Scope.CountProcess();
        call.Out.Line(call.Arguments.ElementAtOrDefault(0) switch
        {
            "-m" or "-p" or "-i" => "x86_64",
            "-r" => "6.8.0-71-generic",
            "-n" => call.Machine.HostName,
            "-a" => $"Linux {call.Machine.HostName} 6.8.0-71-generic x86_64 GNU/Linux",
            _ => "Linux",
        });
        return 0;
    }

    public static async Work<int> HostName(Invocation call)
    {
        await call.Scope.CountProcess();
        if (call.Arguments is ["-I"])
            call.Out.Line(string.Join(' ', call.Machine.Addresses));
        else if (call.Arguments is [var name] && !name.StartsWith('-'))
            call.Files.WriteText("/etc/hostname", name + "\n");
        else
            call.Out.Line(call.Machine.HostName);
        return 0;
    }

    public static async Work<int> HostNameControl(Invocation call)
    {
        await call.Scope.CountProcess();
        if (call.Arguments is ["set-hostname" or "hostname", var name])
            call.Files.WriteText("/etc/hostname", name + "\n");
        else
            call.Out.Line(call.Machine.HostName);
        return 0;
    }

    public static async Work<int> CloudInit(Invocation call)
    {
        if (call.Arguments.ElementAtOrDefault(0) == "--version")
        {
            call.Out.Line("/usr/bin/cloud-init 24.4-0ubuntu1~24.04.2");
            return 0;
        }

        if (call.Arguments.ElementAtOrDefault(0) != "status")
            return call.Fail($"argument subcommand: invalid choice: '{call.Arguments.ElementAtOrDefault(0)}'", 2);
        var run = call.Machine.CloudInit;
        while (call.Arguments.Contains("--wait") && !run.IsDone)
        {
            call.Out.Text(".");
            await call.Scope.Sleep(Poll);
        }

        await call.Scope.CountProcess();
        call.Out.Line((call.Arguments.Contains("--wait") ? "\n" : "") + $"status: {run.Status}");
        if (call.Arguments.Contains("--long") || call.Arguments.Contains("-l"))
        {
            call.Out.Line(
                $"extended_status: {run.ExtendedStatus}\n"
                + "boot_status_code: enabled-by-generator\ndetail: DataSourceHetzner");
            call.Out.Line(run.Errors.Count == 0 ? "errors: []" : "errors:\n\t- " + string.Join("\n\t- ", run.Errors));
            call.Out.Line(run.Warnings.Count == 0 ? "recoverable_errors: {}" : "recoverable_errors:\nWARNING:\n\t- "
                + string.Join("\n\t- ", run.Warnings));
        }

        // cloud-init status, exit codes: 1 a critical failure, 2 recoverable errors.
        return run.Errors.Count > 0 ? 1 : run.Warnings.Count > 0 && run.IsDone ? 2 : 0;
    }

    /// <summary>Reboots or powers off; the caller does not live to see it.</summary>
    public static async Work<int> Halt(Invocation call)
    {
        await call.Scope.CountProcess();
        var restarts = call.Name == "reboot" || call.Arguments.Contains("-r") || call.Arguments.Contains("--reboot");
        call.Machine.Surroundings.Machines.Shutdown(call.Machine, restarts);
        return 0;
    }
}
