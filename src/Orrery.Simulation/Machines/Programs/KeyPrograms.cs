using Orrery.Simulation.Machines.Execution;
using Orrery.Simulation.Machines.Ssh;

namespace Orrery.Simulation.Machines.Programs;

/// <summary><c>ssh-keygen</c>.</summary>
internal static class KeyPrograms
{
    private const int PrivateMode = 0x180;

    public static async Work<int> SshKeygen(Invocation call)
    {
        await call.Scope.CountProcess();
        if (Options.Read(call, "t:f:N:qylAC:b:E:R:m:a:") is not { } options)
            return 1;
        if (options.Has("A"))
        {
            MakeHostKeys(call.Machine, ["rsa", "ecdsa", "ed25519"]);
            return 0;
        }

        var name = options.Value("f") ?? "/root/.ssh/id_ed25519";
        var path = call.PathOf(name);
        if (options.Has("R"))
            return 0;
        if (options.Has("y") || options.Has("l"))
        {
            if (call.Files.TryReadText(path) is not { } text)
            {
                call.Error.Line($"{name}: No such file or directory");
                return 255;
            }

            var line = SshKey.PublicOf(text) ?? SshKey.WithoutComment(text);
            if (line.Length == 0)
            {
                call.Error.Line($"Load key \"{name}\": error in libcrypto");
                return 255;
            }

            call.Out.Line(options.Has("y") ? line
                : $"256 {SshKey.Fingerprint(line)} no comment "
                    + $"({(line.StartsWith("ssh-ed", StringComparison.Ordinal) ? "ED25519" : "ECDSA")})");
            return 0;
        }

        if (call.Files.Find(path) is not null)
        {
            // It asks whether to overwrite; nobody answers.
            call.Out.Line($"{name} already exists.\nOverwrite (y/n)? ");
            return 1;
        }

        var type = options.Value("t") ?? "ed25519";
        if (type is not ("ed25519" or "ecdsa" or "rsa"))
        {
            call.Error.Line($"unknown key type {type}");
            return 255;
        }

        Write(call.Machine, path, type, options.Value("C") ?? $"root@{call.Machine.HostName}");
        return 0;
    }

    /// <summary>Makes the host keys of these types that are missing.</summary>
    public static void MakeHostKeys(Machine machine, IEnumerable<string> types)
    {
        foreach (var type in types)
        {
            var path = $"/etc/ssh/ssh_host_{type}_key";
            if (machine.Files.Find(path) is null)
                Write(machine, path, type, $"root@{machine.HostName}");
        }
    }

    private static void Write(Machine machine, string path, string type, string comment)
    {
        // A key is different each time that one is made, and the same whenever that is.
        var seed = $"{machine.Id} {path} {machine.KeysMade++}";
        var key = SshKey.Make(type, seed, comment);
        machine.Files.WriteText(path, key.PrivateText, PrivateMode);
        machine.Files.WriteText(path + ".pub", key.PublicLine + "\n");
    }
}
