using System.Text.Json.Nodes;
using Orrery.Engine.Runs;
using Orrery.Model.Plans;
using Orrery.Model.Platforms;
using Orrery.Model.Spec;
using Orrery.Model.Values;
using Orrery.Rehearsal;
using Orrery.Rehearsal.Stages;
using Orrery.Simulation.K3s;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Time;
using Orrery.Simulation.Worlds;

namespace Orrery.Tests.Rehearsal.Networks;

/// <summary>
/// A cluster of Talos comes up, act after act, while the network of its pods is not as it should be. What became of it
/// is one object.
/// </summary>
internal sealed class NetworkLife
{
    private readonly Platform _platform;
    private readonly JsonArray _runs = [];
    private readonly SortedSet<string> _happened = new(StringComparer.Ordinal);
    private Action<SimulatedCluster> _whenMade = static _ => { };

    private NetworkLife(Platform platform)
    {
        _platform = platform;
        Stage = new Stage(new RehearsalOptions { Platform = platform });
        var inhabit = Stage.Site.Talos.Made;
        Stage.Site.Talos.Made = cluster =>
        {
            inhabit(cluster);
            _whenMade(cluster);
        };
    }

    private Stage Stage { get; }

    private SimulatedCluster Kubernetes => Stage.Site.Talos.Clusters.Single();

    /// <summary>
    /// <c>break NODE</c>, <c>cut FROM TO</c>: from the cluster's beginning on. <c>mend</c>: all is well again.
    /// <c>block NODE NODE</c>, <c>open</c>: the port of KubeSpan. <c>replace NODE</c>: its machine is deleted with its
    /// disks. <c>up</c>: a person asks for it. <c>declare OLD NEW</c>: somebody edits the declaration.
    /// </summary>
    public static async Task<string> PlayAsync(string folder, IReadOnlyList<string> acts)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(folder, "platform.yaml"));
        var life = new NetworkLife(Read(text));
        await new DeterministicHost(life.Stage.Clock).RunAsync(() => life.ActAsync(text, new Queue<string>(acts)));
        return life.Describe();
    }

    private static Platform Read(string text) =>
        Declaration.Read([new SourceFile("platform.yaml", text)], null).Value
        ?? throw new InvalidOperationException("the declaration is not valid");

    private async Task ActAsync(string text, Queue<string> acts)
    {
        while (acts.TryDequeue(out var act))
        {
            switch (act)
            {
                case "break":
                    var broken = acts.Dequeue();
                    _whenMade += made => made.Network.Break(broken);
                    break;
                case "cut":
                    var (from, to) = (acts.Dequeue(), acts.Dequeue());
                    _whenMade += made => made.Network.Cut(from, to);
                    break;
                case "mend":
                    Kubernetes.Network.Mend();
                    break;
                case "block":
                    Stage.Site.Talos.KubeSpan.Block(acts.Dequeue(), acts.Dequeue());
                    break;
                case "open":
                    Stage.Site.Talos.KubeSpan.Open();
                    break;
                case "replace":
                    await DestroyAsync(acts.Dequeue());
                    break;
                case "declare":
                    text = text.Replace(acts.Dequeue(), acts.Dequeue(), StringComparison.Ordinal);
                    Stage.Declare(Read(text));
                    break;
                case "up":
                    await UpAsync();
                    break;
                default:
                    throw new InvalidOperationException($"no such act: {act}");
            }
        }
    }

    /// <summary>Somebody stops a machine and deletes it.</summary>
    private async Task DestroyAsync(string name)
    {
        var settings = (Infrastructure.Proxmox)_platform.Clusters.Values.First().Infrastructure;
        var machine = Stage.Site.Proxmox!.Inventory().First(item =>
            item.Kind == "qemu" && item.Name.Contains($"-{name}-", StringComparison.Ordinal));
        await AskAsync("POST", $"{machine.Id}/status/stop");
        await AskAsync("DELETE", machine.Id);

        async Task AskAsync(string method, string path)
        {
            var asked = new WorldRequest
            {
                Method = method,
                Path = $"/api2/json/nodes/pve/qemu/{path}",
                Headers = ValueMap.Of(("authorization", $"PVEAPIToken={Stage.Secrets.Find(settings.Token!)}")),
            };
            Stage.Site.Proxmox.Handle(asked, Stage.Clock.Now);
            await Stage.PassAsync(TimeSpan.FromSeconds(10));
        }
    }

    private async Task UpAsync()
    {
        _happened.Clear();
        var (engine, _) = Stage.Begin(new Observer(this));
        var report = await engine.RunAsync(
            new RunRequest { Verb = RunVerb.Up, Confirm = static (_, _) => Task.FromResult(true) }, Interruption.None);
        await Stage.PassAsync(TimeSpan.FromMinutes(1));
        _runs.Add(new JsonObject
        {
            ["outcome"] = $"{report.Outcome}",
            ["problems"] = string.Join('\n', report.Diagnostics.Select(problem =>
                $"{problem.Code} {problem.Address} {problem.Detail} {string.Join(" ", problem.Hints)}")),
            ["waits"] = string.Join('\n', _happened),
            ["probes"] = Shown(report, "kubernetes/network-probe"),
            ["meshes"] = Shown(report, "talos/kubespan"),
            ["delivered"] = Kubernetes.Store.List("apps/v1", "Deployment", "argocd").Count > 0,
            ["left"] = Kubernetes.Store.Get("v1", "Namespace", "", "orrery-probe") is not null,
        });
    }

    private static int Shown(RunReport report, string gate) => report.Timeline.Count(entry =>
        entry.Address.Type == gate && entry.Action is not ChangeAction.None);

    private string Describe() => new JsonObject
    {
        ["platform"] = _platform.Name,
        ["runs"] = _runs,
        ["pods"] = Kubernetes.Store.List("v1", "Pod", "orrery-probe").Count,
        ["nodes"] = new JsonArray([.. Kubernetes.Store.List("v1", "Node").Select(node => (JsonNode)node.Name())]),
    }.ToJsonString();

    private sealed class Observer(NetworkLife life) : IRunObserver
    {
        public void On(RunEvent happened)
        {
            if (happened is RunEvent.Waiting { State: { } state })
                life._happened.Add(state.Condition);
        }
    }
}
