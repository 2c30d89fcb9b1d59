using System.Text.Json.Nodes;
using Orrery.Engine;
using Orrery.Engine.Runs;
using Orrery.Model.Platforms;
using Orrery.Model.Spec;
using Orrery.Model.Values;
using Orrery.Rehearsal;
using Orrery.Rehearsal.Scenarios;
using Orrery.Rehearsal.Stages;
using Orrery.Simulation.K3s;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.K3s.Workloads;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Talos;
using Orrery.Simulation.Time;
using Orrery.Simulation.Worlds;

namespace Orrery.Tests.Rehearsal;

/// <summary>
/// A platform of Talos on a stage, step by step, with somebody who takes machines away and edits the declaration. What
/// became of it is one object.
/// </summary>
internal sealed class TalosLife
{
    /// <summary>How a run ends that the same command resumes.</summary>
    public const string GoesOn = "run the command again: it goes on from here";

    private const string Web = """
        { "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "web", "namespace": "default" },
          "spec": { "replicas": 2, "selector": { "matchLabels": { "app": "web" } },
            "template": { "metadata": { "labels": { "app": "web" } },
              "spec": { "containers": [ { "name": "web", "image": "web:1" } ] } } } }
        """;

    private readonly Platform _platform;
    private readonly JsonArray _runs = [];
    private readonly SortedSet<string> _waits = new(StringComparer.Ordinal);
    private bool _isLost;

    private TalosLife(Platform platform, bool isOlder)
    {
        _platform = platform;
        Stage = new Stage(new RehearsalOptions { Platform = platform });
        if (isOlder)
            Stage.Declare(OlderVersions.Of(platform));
    }

    private Stage Stage { get; }

    private SimulatedCluster Kubernetes => Stage.Site.Talos.Clusters.Single();

    /// <summary>
    /// <c>lost VICTIM SECONDS</c>: a control plane goes so long after the upgrade began, where that is not over yet.
    /// <c>budget LEAST</c>: pods that may not go, or may. <c>profiles NAME…</c>: one declaration after the other;
    /// <c>moved</c> has no pool <c>alpha</c>. <c>weak</c>: nodes shall leave while a control plane that stays is off.
    /// </summary>
    public static async Task<string> PlayAsync(string folder, IReadOnlyList<string> words)
    {
        var life = new TalosLife(await ReadAsync(folder, null), isOlder: words[0] is "lost" or "budget");
        await new DeterministicHost(life.Stage.Clock).RunAsync(() => words[0] switch
        {
            "lost" => life.LoseAsync(int.Parse(words[1]), double.Parse(words[2])),
            "budget" => life.DrainAsync(words[1]),
            "weak" => life.WeakAsync(folder),
            _ => life.FollowAsync(folder, words.Skip(1)),
        });
        return life.Describe();
    }

    private static async Task<Platform> ReadAsync(string folder, string? profile)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(folder, "platform.yaml"));
        // A profile changes pools and takes none away.
        if (profile == "moved")
        {
            text = string.Join(
                '\n', text.Split('\n').Where(line => !line.StartsWith("    alpha:", StringComparison.Ordinal)));
        }

        var read = Declaration.Read([new SourceFile("platform.yaml", text)], profile);
        return read.Value ?? throw new InvalidOperationException(
            string.Join('\n', read.Diagnostics.Select(problem => $"{problem.Code} {problem.Detail}")));
    }

    private async Task LoseAsync(int victim, double seconds)
    {
        await RunAsync(RunVerb.Up);
        Create(Web);
        Create("""
            { "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "word", "namespace": "default" } }
            """);
        Stage.Declare(_platform);
        var isOver = false;
        Stage.Clock.Schedule(TimeSpan.FromSeconds(seconds), () =>
        {
            _isLost = !isOver;
            if (_isLost)
                Destroy($"controlplane-{victim}");
        });
        await RunAsync(RunVerb.Upgrade);
        isOver = true;
        // As it is told: what is gone is made anew first, or by the same command.
        var told = $"{_runs[^1]!["problems"]}";
        var isToGoOn = told.Contains(GoesOn, StringComparison.Ordinal)
            && !told.Contains("'up'", StringComparison.Ordinal);
        await RunAsync(isToGoOn ? RunVerb.Upgrade : RunVerb.Up);
        await RunAsync(RunVerb.Upgrade);
        await Stage.PassAsync(TimeSpan.FromMinutes(2));
    }

    private async Task DrainAsync(string least)
    {
        await RunAsync(RunVerb.Up);
        Create(Web);
        Create($$"""
            { "apiVersion": "policy/v1", "kind": "PodDisruptionBudget",
              "metadata": { "name": "always", "namespace": "default" },
              "spec": { "minAvailable": {{least}}, "selector": { "matchLabels": { "app": "web" } } } }
            """);
        await Stage.PassAsync(TimeSpan.FromMinutes(2));
        Stage.Declare(_platform);
        await RunAsync(RunVerb.Upgrade);
    }

    private async Task FollowAsync(string folder, IEnumerable<string> profiles)
    {
        await RunAsync(RunVerb.Up);
        Create(Web);
        foreach (var profile in profiles)
        {
            Stage.Declare(await ReadAsync(folder, profile));
            await RunAsync(RunVerb.Up);
            await Stage.PassAsync(TimeSpan.FromMinutes(2));
        }
    }

    private async Task WeakAsync(string folder)
    {
        Stage.Declare(await ReadAsync(folder, "large"));
        await RunAsync(RunVerb.Up);
        Node("controlplane-1").PowerOff();
        await Stage.PassAsync(TimeSpan.FromMinutes(2));
        Stage.Declare(await ReadAsync(folder, "moved"));
        await RunAsync(RunVerb.Up);
    }

    private async Task RunAsync(RunVerb verb)
    {
        var (engine, life) = Stage.Begin(new Observer(this));
        var report = verb == RunVerb.Upgrade
            ? await new UpgradeRun(engine, new LifeTimeProvider(life)).RunAsync(
                new UpgradeRequest { Confirm = Yes, ConfirmRest = Yes }, Interruption.None)
            : await engine.RunAsync(new RunRequest { Verb = verb, Confirm = Yes }, Interruption.None);
        _runs.Add(new JsonObject
        {
            ["verb"] = $"{verb}",
            ["outcome"] = $"{report.Outcome}",
            ["problems"] = string.Join(
                '\n', report.Diagnostics.Select(problem =>
                    $"{problem.Code} {problem.Address} {problem.Detail} {string.Join(' ', problem.Hints)}")),
        });
    }

    private static Task<bool> Yes<T>(T shown, CancellationToken cancellation) => Task.FromResult(shown is not null);

    private TalosNode Node(string name) => Stage.Site.Talos.All.First(node => node.HostName == name);

    /// <summary>Somebody stops a machine and deletes it with its disks.</summary>
    private void Destroy(string name)
    {
        var machine = Stage.Site.Proxmox!.Inventory().First(item =>
            item.Kind == "qemu" && item.Name.Contains($"-{name}-", StringComparison.Ordinal));
        var token = ((Infrastructure.Proxmox)_platform.Clusters.Values.First().Infrastructure).Token!;
        Ask("POST", $"{machine.Id}/status/stop");
        Stage.Clock.Schedule(TimeSpan.FromSeconds(10), () => Ask("DELETE", machine.Id));

        void Ask(string method, string path) => Stage.Site.Proxmox.Handle(
            new WorldRequest
            {
                Method = method,
                Path = $"/api2/json/nodes/atlas/qemu/{path}",
                Headers = ValueMap.Of(("authorization", $"PVEAPIToken={Stage.Secrets.Find(token)}")),
            },
            Stage.Clock.Now);
    }

    private void Create(string json) => Kubernetes.Store.Create(JsonNode.Parse(json)!.AsObject());

    private string Describe() => new JsonObject
    {
        ["runs"] = _runs,
        ["clusters"] = Stage.Site.Talos.Clusters.Count(),
        ["lost"] = _isLost,
        ["word"] = Kubernetes.Store.Get("v1", "ConfigMap", "default", "word") is not null,
        ["web"] = Kubernetes.Store.List("v1", "Pod", "default").Count(pod => pod.IsReady()),
        ["members"] = new JsonArray([.. (Node("controlplane-0").Cluster ?? Stage.Site.Talos.All
                .First(node => node.Cluster is not null).Cluster)!.Etcd!.Members
            .Select(member => (JsonNode)$"{member.Name} {(member.IsHealthy ? "healthy" : "ill")}")]),
        ["nodes"] = new JsonArray([.. Kubernetes.Store.List("v1", "Node").Select(node => (JsonNode)string.Join(
            ' ', node.Name(), node.Condition("Ready"), node.TextAt("status", "nodeInfo", "osImage"),
            node.TextAt("status", "nodeInfo", "kubeletVersion"),
            node.At("spec", "unschedulable") is null ? "open" : "cordoned"))]),
        ["snapshots"] = Stage.Disk.Files.Keys.Count(name => name.StartsWith("etcd/", StringComparison.Ordinal)),
        ["waits"] = string.Join('\n', _waits),
    }.ToJsonString();

    private sealed class Observer(TalosLife life) : IRunObserver
    {
        public void On(RunEvent happened)
        {
            if (happened is RunEvent.Waiting { State: { } state })
                life._waits.Add(state.Condition);
        }
    }
}
