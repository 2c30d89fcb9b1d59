using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.K3s.Workloads;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.K3s.Pods;

/// <summary>
/// Runs the pods of the machine: mounts, images, containers, restarts. Containers go on while K3s is down and end with
/// the machine's power or <c>k3s-killall.sh</c>; then they are started again.
/// </summary>
internal sealed class Kubelet
{
    // What is broken is looked at again after this, besides when something changes; kubelet's longest pause for mounts.
    private static readonly TimeSpan Retry = TimeSpan.FromMinutes(2);

    private readonly SimulatedCluster _cluster;
    private readonly ClusterNode _node;
    private readonly PodVolumes _volumes;
    private readonly Images _images;
    private readonly Dictionary<ObjectKey, Run> _runs = [];
    private int _addresses = 2;

    public Kubelet(SimulatedCluster cluster, ClusterNode node)
    {
        (_cluster, _node) = (cluster, node);
        _volumes = new PodVolumes(cluster, node);
        _images = new Images(cluster, node);
        cluster.Loop.On("", "Pod", Reconcile);
        cluster.Loop.On("", "Node", _ => Blocked().ToList(), Reconcile);
        cluster.Loop.On("storage.k8s.io", "VolumeAttachment", _ => Blocked().ToList(), Reconcile);
        foreach (var kind in new[] { "Secret", "ConfigMap" })
        {
            cluster.Loop.On(
                "", kind, item => Blocked().Where(key => key.Namespace == item.Namespace()).ToList(), Reconcile);
        }
    }

    /// <summary>
    /// Containers that ended while nobody looked are known to have ended before anything else happens.
    /// </summary>
    public void Begin()
    {
        foreach (var pod in Store.PeekAll("v1", "Pod").Where(IsHere).ToList())
        {
            if (_runs.TryGetValue(ObjectKey.Of(pod), out var run) && !pod.IsGoing() && !pod.IsFinished())
                NoteEnd(pod, run);
        }
    }

    /// <summary>It is another machine from now on, with its own images.</summary>
    public void Moved() => _images.Forget();

    private ClusterStore Store => _cluster.Store;

    private TimeSpan Now => _cluster.Agenda.Now;

    private K3sLatencies Latencies => _cluster.Latencies;

    /// <summary>The folder behind a claim of a running pod, with its user, or null where none runs.</summary>
    public (string Path, int User)? Behind(string ns, string claim)
    {
        foreach (var pod in Store.PeekAll("v1", "Pod", ns).Where(IsHere))
        {
            var volume = pod.At("spec", "volumes").Items()
                .FirstOrDefault(each => each.TextAt("persistentVolumeClaim", "claimName") == claim);
            if (volume is null || !pod.IsReady() || !_node.Machine.HasHolder(HolderOf(pod.Uid())))
                continue;
            if (_volumes.PathOf(pod, volume) is { } path)
                return (path, (int)(pod.At("spec", "securityContext", "runAsUser").Number() ?? 0));
        }

        return null;
    }

    /// <summary>When a pod that runs here was first seen, and when it became ready; null for any other.</summary>
    public (TimeSpan Seen, TimeSpan Ready)? StartOf(JsonObject pod) =>
        _runs.TryGetValue(ObjectKey.Of(pod), out var run) && run.Uid == pod.Uid() && run.Ready is { } ready
            ? (run.Seen, ready)
            : null;

    private bool IsHere(JsonObject pod) => pod.TextAt("spec", "nodeName") == _node.Name;

    private IEnumerable<ObjectKey> Blocked() => _runs.Where(run => run.Value.IsBlocked).Select(run => run.Key);

    private static string HolderOf(string uid) => "pod/" + uid;

    private void Reconcile(ObjectKey key)
    {
        if (Store.Peek("v1", "Pod", key.Namespace, key.Name) is not { } pod)
        {
            if (_runs.Remove(key, out var left))
                _node.Machine.Release(HolderOf(left.Uid));
            return;
        }

        if (!IsHere(pod) || !_node.IsUp())
            return;
        if (!_runs.TryGetValue(key, out var run) || run.Uid != pod.Uid())
        {
            if (run is not null)
                _node.Machine.Release(HolderOf(run.Uid));
            _runs[key] = run = new Run(pod.Uid(), Now);
        }

        if (pod.IsGoing())
            End(key, run);
        else if (!pod.IsFinished())
            Go(key, pod, run);
    }

    private void End(ObjectKey key, Run run)
    {
        if (run.Stage != Stage.Ending)
        {
            var wasStarted = run.Stage >= Stage.Starting;
            run.Stage = Stage.Ending;
            run.Due = Now + (wasStarted ? Latencies.Termination : TimeSpan.Zero);
            if (wasStarted)
                _cluster.Api.Note("pod ended", Now, run.Due);
        }

        if (Now < run.Due)
        {
            _cluster.Loop.Again(Reconcile, key, run.Due - Now);
            return;
        }

        _node.Machine.Release(HolderOf(run.Uid));
        Store.Delete("v1", "Pod", key.Namespace, key.Name, new DeleteOptions { GracePeriodSeconds = 0 });
    }

    private void Go(ObjectKey key, JsonObject pod, Run run)
    {
        NoteEnd(pod, run);
        if (Now < run.Due)
        {
            _cluster.Loop.Again(Reconcile, key, run.Due - Now);
            return;
        }

        switch (run.Stage)
        {
            case Stage.New:
                Prepare(key, pod, run);
                break;
            case Stage.Pulled:
                Start(key, pod, run);
                break;
            case Stage.Starting:
                run.Address ??= $"{_node.PodPrefix}.{++_addresses}";
                Step(key, run, Stage.Running, pod.TextAt("spec", "restartPolicy") is "Always"
                    ? Latencies.Readiness : Latencies.JobRun);
                PodStatus.Write(Store, pod, run.Report(ContainerState.Running));
                break;
            case Stage.Running:
                Finish(pod, run);
                break;
        }
    }

    private void NoteEnd(JsonObject pod, Run run)
    {
        if (run.Stage < Stage.Starting || _node.Machine.HasHolder(HolderOf(run.Uid)))
            return;
        run.Restart("");
        PodStatus.Write(Store, pod, run.Report(ContainerState.Waiting, "ContainerCreating"));
    }

    private void Prepare(ObjectKey key, JsonObject pod, Run run)
    {
        // Without a network of its own it needs none: syncPod of pkg/kubelet in kubernetes/kubernetes.
        if (Store.Peek("v1", "Node", "", _node.Name).Condition("Ready") != "True"
            && !pod.At("spec", "hostNetwork").IsTrue())
        {
            const string Network = "network is not ready: container runtime network not ready: NetworkReady=false";
            Events.Tell(Store, pod, "kubelet", ("NetworkNotReady", Network), isWarning: true);
            run.IsBlocked = true;
            return;
        }

        if (_volumes.Problem(pod) is { } problem)
        {
            Events.Tell(Store, pod, "kubelet", ("FailedMount", problem), isWarning: true);
            Block(key, pod, run, "ContainerCreating", problem);
            return;
        }

        run.IsBlocked = false;
        PodStatus.Write(Store, pod, run.Report(ContainerState.Waiting, "ContainerCreating"));
        Step(key, run, Stage.Pulled, _images.Pull(pod));
    }

    private void Start(ObjectKey key, JsonObject pod, Run run)
    {
        if (PodEnvironment.Problem(Store, pod) is { } problem)
        {
            Block(key, pod, run, "CreateContainerConfigError", problem);
            return;
        }

        run.IsBlocked = false;
        var used = _volumes.Mount(pod);
        if ((_volumes.Refusal(pod) ?? ForbiddenOf(pod)) is { } refusal)
        {
            Crash(key, pod, run, refusal);
            return;
        }

        var holder = HolderOf(run.Uid);
        _node.Machine.Hold("/var/lib/kubelet/pods/" + run.Uid, holder);
        foreach (var path in used)
            _node.Machine.Hold(path, holder);
        var first = pod.At("spec", "initContainers").Items().Count();
        Step(key, run, Stage.Starting, Latencies.ContainerStart * (1 + first));
    }

    // Talos loads modules itself and gives nobody else the right to.
    private string? ForbiddenOf(JsonObject pod) => _cluster.Started is null
        && pod.At("spec", "containers").Items().Any(container =>
            (container.At("securityContext", "capabilities", "add") as JsonArray ?? [])
                .Any(each => each.Text() == "SYS_MODULE"))
            ? "unable to apply caps: operation not permitted"
            : null;

    private void Finish(JsonObject pod, Run run)
    {
        if (pod.TextAt("spec", "restartPolicy") is "Always")
        {
            run.Stage = Stage.Ready;
            run.Ready ??= Now;
            PodStatus.Write(Store, pod, run.Report(ContainerState.Ready));
            return;
        }

        _node.Machine.Release(HolderOf(run.Uid));
        var command = _cluster.Commands.FirstOrDefault(each => Programs.Runs(pod, each.Key)).Value;
        run.Stage = Stage.Done;
        run.LastMessage = command?.Invoke(pod);
        if (run.LastMessage is { } said && pod.TextAt("spec", "restartPolicy") == "OnFailure")
        {
            Crash(ObjectKey.Of(pod), pod, run, said);
            return;
        }

        PodStatus.Write(Store, pod, run.Report(
            run.LastMessage is null ? ContainerState.Succeeded : ContainerState.Failed));
    }

    private void Crash(ObjectKey key, JsonObject pod, Run run, string said)
    {
        run.Restart(said);
        var pause = Latencies.CrashPause * Math.Pow(2, Math.Min(run.Restarts - 1, 5));
        pause = pause < TimeSpan.FromMinutes(5) ? pause : TimeSpan.FromMinutes(5);
        var name = pod.At("spec", "containers").Items().First().TextAt("name");
        var text = string.Create(CultureInfo.InvariantCulture,
            $"back-off {pause.TotalSeconds:0}s restarting failed container={name} ")
            + $"pod={key.Name}_{key.Namespace}({run.Uid})";
        PodStatus.Write(Store, pod, run.Report(ContainerState.Waiting, "CrashLoopBackOff", text));
        Step(key, run, Stage.Pulled, pause);
    }

    private void Block(ObjectKey key, JsonObject pod, Run run, string reason, string message)
    {
        run.IsBlocked = true;
        // kubelet tells a mount's failure in events only.
        PodStatus.Write(Store, pod, run.Report(
            ContainerState.Waiting, reason, reason == "ContainerCreating" ? "" : message));
        _cluster.Loop.Again(Reconcile, key, Retry);
    }

    private void Step(ObjectKey key, Run run, Stage stage, TimeSpan after)
    {
        (run.Stage, run.Due) = (stage, Now + after);
        _cluster.Loop.Again(Reconcile, key, after);
    }

    private enum Stage
    {
        New,
        Pulled,
        Starting,
        Running,
        Ready,
        Done,
        Ending,
    }

    private sealed class Run(string uid, TimeSpan seen)
    {
        public string Uid => uid;

        public TimeSpan Seen => seen;

        /// <summary>When it became ready for the first time.</summary>
        public TimeSpan? Ready { get; set; }

        public Stage Stage { get; set; }

        public TimeSpan Due { get; set; }

        public bool IsBlocked { get; set; }

        public int Restarts { get; private set; }

        public string? LastMessage { get; set; }

        public string? Address { get; set; }

        public void Restart(string said) =>
            (Stage, Due, Restarts, LastMessage) = (Stage.New, TimeSpan.Zero, Restarts + 1, said);

        public PodReport Report(ContainerState state, string reason = "", string message = "") =>
            new(state, Restarts, reason, message, LastMessage, Address);
    }
}

/// <summary>The images that a machine has: those of the archives beside K3s, and all that were pulled once.</summary>
internal sealed class Images(SimulatedCluster cluster, ClusterNode node)
{
    private const string Mark = "#!simulated-images ";

    private readonly HashSet<string> _pulled = new(StringComparer.Ordinal);

    /// <summary>Nothing was pulled here yet.</summary>
    public void Forget() => _pulled.Clear();

    /// <summary>How long it takes until all of a pod's images are there.</summary>
    public TimeSpan Pull(JsonObject pod)
    {
        var took = TimeSpan.Zero;
        foreach (var image in pod.At("spec", "initContainers").Items().Concat(pod.At("spec", "containers").Items())
            .Select(container => container.TextAt("image") ?? ""))
        {
            if (!IsLoaded(image) && _pulled.Add(image))
                took += node.Machine.Surroundings.Latencies.ImagePull;
        }

        return took;
    }

    // https://docs.k3s.io/installation/airgap: archives in this folder are loaded at the start. K3s' own archive has
    // the images of its own parts, all of them of rancher; another one says in its stand-in which it has.
    private bool IsLoaded(string image)
    {
        if (cluster.Started is null)
            return false;
        if (node.Machine.Containerd.Has(cluster.Given.DataFolder + "/agent/containerd", image))
            return true;
        foreach (var path in node.Machine.FilesBelow(cluster.Given.DataFolder + "/agent/images"))
        {
            var text = node.Machine.ReadFile(path) is { } content ? Encoding.UTF8.GetString(content.Span) : "";
            if (!text.StartsWith(Mark, StringComparison.Ordinal))
                continue;
            var names = text[Mark.Length..].Split(' ', StringSplitOptions.TrimEntries);
            var isOwn = names[0] == "k3s"
                && image.Replace("docker.io/", "", StringComparison.Ordinal)
                    .StartsWith("rancher/", StringComparison.Ordinal);
            if (isOwn || names.Contains(image))
                return true;
        }

        return false;
    }
}
