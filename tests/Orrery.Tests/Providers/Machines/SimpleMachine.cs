using System.Text;
using Orrery.Engine.Ports;
using Orrery.Model.Values;
using Orrery.Providers.Machines;
using Orrery.Providers.Machines.Kinds;
using Orrery.Providers.Ssh;

namespace Orrery.Tests.Providers.Machines;

/// <summary>
/// One machine behind SSH, as far as its host keys, its preparation and K3s go: it changes as our tasks say, whoever
/// asks and however often.
/// </summary>
internal sealed class SimpleMachine(string bornWith) : IMachineShell
{
    public SimpleMachine()
        : this(OneTimeKey)
    {
    }

    public const string OneTimeKey = "ecdsa-sha2-nistp256 AAAAonce";
    public const string OwnKey =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0WGgcg0n1Xx8ZbR9b3bE7Yb0gq5o1m2w3e4r5t6y7u";

    /// <summary>The keys by which it can be known now.</summary>
    public List<string> HostKeys { get; } = [bornWith];

    public string BornWith => bornWith;

    public bool IsThere { get; set; } = true;

    /// <summary>How often it is asked before cloud-init is done.</summary>
    public int AsksUntilPrepared { get; set; } = 2;

    /// <summary>How many preparations fail.</summary>
    public int FailedPreparations { get; set; }

    /// <summary>Fetching images fails.</summary>
    public bool RefusesImages { get; set; }

    /// <summary>Its volume has no room for a copy of the datastore.</summary>
    public bool IsFull { get; set; }

    public bool Runs { get; private set; }

    /// <summary>A pod holds on to the volume.</summary>
    public bool StaysMounted { get; set; }

    /// <summary>Why K3s does not come up; null when it does.</summary>
    public string? StartFailure { get; set; }

    public Dictionary<string, string> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>The names of the tasks, and deliveries, in their order.</summary>
    public List<string> Done { get; } = [];

    /// <summary>Our process dies at this command, which has happened or has not.</summary>
    public (int At, bool AfterIt)? Death { get; set; }

    public Task<ProcessResult> TryAsync(
        SshHost host, SshCommand command, OperationContext operation, CancellationToken cancellation)
    {
        var task = Tasks.Single(task =>
            command.Text.StartsWith(SshScript.Of(task.Script), StringComparison.Ordinal));
        return Task.FromResult(Act(host, task.Name, () => Answer(task)));
    }

    public Task DeliverAsync(SshHost host, SshFile file, OperationContext operation, CancellationToken cancellation)
    {
        Act(host, $"deliver {file.Path} {file.Mode}", () =>
        {
            Files[file.Path] = Encoding.UTF8.GetString(file.Content.Span);
            return Exit(0);
        });
        return Task.CompletedTask;
    }

    public static MachineTask[] Tasks { get; } =
    [
        PreparedTasks.Reach, PreparedTasks.PinHostKey, PreparedTasks.RetireOneTimeKey, PreparedTasks.AwaitPrepared,
        PreparedTasks.PrepareAgain, PreparedTasks.NamePredecessor, PreparedTasks.FetchImages, K3sTasks.MakeFolders,
        K3sTasks.TakeOver, K3sTasks.Start, K3sTasks.Restart, K3sTasks.DropHandedOver, K3sTasks.HandOver,
        K3sTasks.Install,
        K3sTasks.AwaitReady, K3sTasks.ReadKubeconfig, K3sTasks.ReadClusterId, K3sTasks.ReadVersion,
        K3sTasks.Stop,
    ];

    private ProcessResult Act(SshHost host, string name, Func<ProcessResult> act)
    {
        if (!IsThere)
            throw new ProviderException(ProviderErrorCode.Unavailable, "no route to host");
        if (!host.HostKeys.Any(HostKeys.Contains))
            throw new ProviderException(ProviderErrorCode.Invalid, "it shows another host key");
        Done.Add(name);
        var dies = Death?.At == Done.Count;
        if (dies && Death is { AfterIt: false })
            throw new DeathException();
        var result = act();
        return dies ? throw new DeathException() : result;
    }

    private ProcessResult Answer(MachineTask task) => task.Name switch
    {
        "pin-host-key" => Pin(),
        "retire-one-time-key" => Retire(),
        "prepare" when FailedPreparations > 0 => Exit(1, "curl: (22) 404\nstatus: done\nfailed: fetch k3s"),
        "prepare" when AsksUntilPrepared-- > 0 => Exit(4, "status: running\norrery: fetch k3s"),
        "prepare-again" => Exit(--FailedPreparations > 0 ? 1 : 0),
        "start" or "restart" => Start(),
        "ready" => StartFailure is { } failure ? Exit(1, failure) : Exit(Runs ? 0 : 4, "starting"),
        "fetch-images" => Exit(RefusesImages ? 1 : 0),
        "cluster-id" => Exit(0, "0b9e3d0c-5f5e-4d5c-9b57-3f8f6a1f7c11"),
        "version" => Exit(0, "v1.34.3+k3s3"),
        "kubeconfig" => Exit(0, "planted-kubeconfig"),
        "hand-over" => Exit(0, IsFull ? "" : "handed over"),
        "stop" => Stop(),
        _ => Exit(0),
    };

    private ProcessResult Pin()
    {
        if (!HostKeys.Contains(OwnKey))
            HostKeys.Add(OwnKey);
        return Exit(0, $"{OwnKey} root@cosmos-0\n");
    }

    private ProcessResult Retire()
    {
        HostKeys.Remove(bornWith);
        return Exit(0);
    }

    private ProcessResult Start()
    {
        Runs = true;
        return Exit(0);
    }

    private ProcessResult Stop()
    {
        Runs = false;
        return StaysMounted ? Exit(1, "/data is still mounted") : Exit(0);
    }

    private static ProcessResult Exit(int code, string output = "") => new(code, Encoding.UTF8.GetBytes(output), "");
}

/// <summary>Our process is gone; nobody catches this.</summary>
internal sealed class DeathException : Exception;

/// <summary>Gives the key that <see cref="SimpleMachine"/> is born with.</summary>
internal sealed class SimpleKeys : IHostKeySource
{
    public HostKeyPair Make(string comment) =>
        new(MachineScene.OneTimePrivate, $"{SimpleMachine.OneTimeKey} {comment}");
}

/// <summary>A cluster that runs on the machine 8; on nothing where it has no images.</summary>
internal sealed class RunningElsewhere(string[] images) : IRunningCluster
{
    public string? PredecessorOf(string server) => images.Length > 0 ? "8" : null;

    public Task<ValueList<string>> ImagesBesideAsync(string server, CancellationToken cancellation) =>
        Task.FromResult(server == "9" ? images.ToValueList() : []);
}
