using Orrery.Simulation.Machines.Execution;
using Orrery.Simulation.Machines.Programs;

namespace Orrery.Simulation.Machines.K3s;

/// <summary>
/// The containerds that were started by themselves on a machine. What one has pulled stays in its store, where the
/// containerd of K3s finds it: https://github.com/containerd/containerd/blob/main/docs/ops.md, <c>root</c>.
/// </summary>
internal sealed class ContainerdDaemons(Machine machine)
{
    private const string Scheme = "unix://";

    // Of the program's own defaults only these are ever asked for here.
    private static readonly string[] Flags = ["root:", "state:", "address:"];

    private readonly Dictionary<string, (string Root, Scope Processes)> _running = new(StringComparer.Ordinal);

    /// <summary>Runs until it is killed; waits in vain where another one has the store locked.</summary>
    public async Work<int> Serve(Invocation call)
    {
        await call.Scope.CountProcess();
        if (Options.Read(call, "", Flags) is not { } options)
            return 1;
        var root = options.Value("root") ?? "/var/lib/containerd";
        var address = options.Value("address") ?? "/run/containerd/containerd.sock";
        if (IsLocked(root))
        {
            call.Out.Line("level=warning msg=\"waiting for response from boltdb open\" plugin=bolt");
            await machine.Power.WaitFor(new Signal());
        }

        call.Files.MakeFolders(root + "/images", 0x1C0);
        call.Files.MakeFolders(options.Value("state") ?? "/run/containerd", 0x1C0);
        _running[address] = (root, call.Scope);
        call.Ready();
        await machine.Power.WaitFor(new Signal());
        return 0;
    }

    /// <summary>Fetches an image through the daemon that listens at a <c>unix://</c> address.</summary>
    public async Work<int> Pull(Invocation call, string endpoint, string image)
    {
        await call.Scope.CountProcess();
        var address = endpoint.StartsWith(Scheme, StringComparison.Ordinal) ? endpoint[Scheme.Length..] : endpoint;
        if (RootAt(address) is not { } root)
            return Refuse(call, $"dial unix {address}: connect: no such file or directory");
        if (image.Length == 0 || image[0] is '-' or '/' || image.Any(char.IsWhiteSpace))
            return Refuse(call, $"failed to parse image reference \"{image}\": invalid reference format");
        if (!Has(root, image))
            await call.Scope.Sleep(machine.Surroundings.Latencies.ImagePull);
        if (RootAt(address) != root)
            return Refuse(call, "error reading from server: EOF");
        call.Files.WriteText(PathOf(root, image), image);
        call.Out.Line($"Image is up to date for {image}");
        return 0;
    }

    /// <summary>An image is in the store of that folder.</summary>
    public bool Has(string root, string image) => machine.Files.Exists(PathOf(root, image));

    private static string PathOf(string root, string image) =>
        $"{root}/images/{Uri.EscapeDataString(image)}";

    private static int Refuse(Invocation call, string why)
    {
        call.Error.Line($"level=fatal msg=\"pulling image: rpc error: {why}\"");
        return 1;
    }

    private string? RootAt(string address) =>
        _running.TryGetValue(address, out var daemon) && !daemon.Processes.IsDead ? daemon.Root : null;

    private bool IsLocked(string root) =>
        (machine.K3s.IsRunning && root == machine.K3s.DataFolder + "/agent/containerd")
        || _running.Values.Any(daemon => daemon.Root == root && !daemon.Processes.IsDead);
}
