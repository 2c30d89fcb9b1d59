using System.Text.Json.Nodes;
using Orrery.Engine.Ports;
using Orrery.Engine.Runs;
using Orrery.Model.Platforms;
using Orrery.Model.Spec;
using Orrery.Model.Values;
using Orrery.Rehearsal;
using Orrery.Rehearsal.Stages;
using Orrery.Simulation.K3s;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;
using Orrery.Simulation.Time;
using Orrery.Simulation.Worlds;

namespace Orrery.Tests.Rehearsal;

/// <summary>
/// A cluster of Talos in which pods write through claims, act after act, while machines are made anew, lost or silent.
/// What became of it is one object.
/// </summary>
internal sealed class ClaimLife
{
    private const string Claim = """
        { "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": { "name": "data", "namespace": "default" },
          "spec": { "accessModes": [ "ReadWriteOnce" ],
            "resources": { "requests": { "storage": "1Gi" } } } }
        """;

    private const string Word = """
        { "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "word", "namespace": "default" } }
        """;

    private readonly string _text;
    private readonly Platform _platform;
    private readonly JsonArray _runs = [];
    private readonly JsonArray _read = [];

    private ClaimLife(string text)
    {
        (_text, _platform) = (text, Read(text));
        Stage = new Stage(new RehearsalOptions { Platform = _platform });
    }

    private Stage Stage { get; }

    private SimulatedCluster Kubernetes => Stage.Site.Talos.Clusters.Single();

    /// <summary>Those of pods: of a machine's number that nobody has.</summary>
    private IEnumerable<string> Disks => Stage.Site.Proxmox!.Inventory()
        .Where(item => item is { Kind: "volume", Vmid: 9999 }).Select(item => item.Id);

    private string[] Kept =>
        [.. Stage.Disk.Files.Keys.Where(name => name.StartsWith("etcd/", StringComparison.Ordinal))];

    /// <summary>
    /// <c>up</c>, <c>rebuild</c>: a person asks for it. <c>Deployment</c>, <c>DaemonSet</c>: such pods write to a
    /// claim. <c>stop</c>: a rebuild dies while it stops them. <c>word</c>: somebody makes an object by hand.
    /// <c>lose</c>: the control plane goes with its disk. <c>damage</c>: what was kept of it, too. <c>declare OLD
    /// NEW</c>: somebody edits the declaration. <c>days N</c> pass. <c>read</c>: through the claim. <c>dispose</c>: its
    /// data may go. <c>distrust</c>: the token of who gives disks to pods is another one than Proxmox VE knows.
    /// <c>wait</c>: such pods want a claim and do not get it; what they are told.
    /// </summary>
    /// <param name="without">A text that is taken out of the declaration; empty for none.</param>
    public static async Task<string> PlayAsync(string folder, string without, IReadOnlyList<string> acts)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(folder, "platform.yaml"));
        text.ShouldContain(without);
        if (without.Length > 0)
            text = text.Replace(without, "", StringComparison.Ordinal);
        var life = new ClaimLife(text);
        await new DeterministicHost(life.Stage.Clock).RunAsync(async () =>
        {
            foreach (var act in acts)
                await life.PlayAsync(act.Split(' '));
        });
        return life.Describe();
    }

    private static Platform Read(string text)
    {
        var read = Declaration.Read([new SourceFile("platform.yaml", text)], null);
        return read.Value ?? throw new InvalidOperationException(
            string.Join('\n', read.Diagnostics.Select(problem => $"{problem.Code} {problem.Detail}")));
    }

    private Task PlayAsync(string[] act) => act[0] switch
    {
        "up" => RunAsync(RunVerb.Up),
        "rebuild" => RunAsync(RunVerb.Rebuild),
        "destroy" => RunAsync(RunVerb.Destroy),
        "dispose" => Done(() => Change("PersistentVolumeClaim", "default", "data", claim =>
            claim.Child("metadata").Child("annotations")["orrery.dev/disposable"] = "true")),
        "distrust" => DistrustAsync(),
        "wait" => WaitAsync(),
        "Deployment" or "DaemonSet" => InhabitAsync(act[0]),
        "word" => Done(() => Create(Word)),
        "lose" => LoseAsync(),
        "damage" => Done(() =>
        {
            foreach (var name in Kept)
                Stage.Disk.Files[name][^1] ^= 1;
        }),
        "stop" => Done(Stop),
        "declare" => Done(() => Stage.Declare(Read(_text.Replace(act[1], act[2], StringComparison.Ordinal)))),
        "days" => Stage.PassAsync(TimeSpan.FromDays(int.Parse(act[1]))),
        _ => ReadAsync(),
    };

    private static Task Done(Action act)
    {
        act();
        return Task.CompletedTask;
    }

    private async Task InhabitAsync(string kind)
    {
        await WantAsync(kind);
        Kubernetes.WriteThroughClaim("default", "data", "note", "kept").ShouldBeTrue();
    }

    private async Task WaitAsync()
    {
        await WantAsync("Deployment");
        Kubernetes.WriteThroughClaim("default", "data", "note", "kept").ShouldBeFalse();
        foreach (var told in Kubernetes.Store.List("v1", "Event", "default")
            .Where(each => each.TextAt("involvedObject", "name") == "data" && each.TextAt("type") == "Warning"))
            _read.Add(told.TextAt("message"));
    }

    /// <summary>It reads its token when it starts.</summary>
    private async Task DistrustAsync()
    {
        Change("Secret", "csi-proxmox", "proxmox-csi-plugin", secret =>
            secret["data"]!["token_secret"] = Convert.ToBase64String("another"u8));
        foreach (var pod in Kubernetes.Store.List("v1", "Pod", "csi-proxmox"))
            Kubernetes.Store.Delete("v1", "Pod", "csi-proxmox", pod.Name());
        await Stage.PassAsync(TimeSpan.FromMinutes(1));
    }

    private void Change(string kind, string ns, string name, Action<JsonObject> change)
    {
        var item = Kubernetes.Store.Get("v1", kind, ns, name)!.Copy();
        change(item);
        Kubernetes.Store.Update(item, new WriteOptions { Manager = "kubectl" });
    }

    private async Task WantAsync(string kind)
    {
        Create(Claim);
        var spec = JsonNode.Parse("""
            { "selector": { "matchLabels": { "app": "writer" } },
              "template": { "metadata": { "labels": { "app": "writer" } },
                "spec": {
                  "containers": [ { "name": "main", "image": "writer:1" } ],
                  "volumes": [ { "name": "data", "persistentVolumeClaim": { "claimName": "data" } } ] } } }
            """)!;
        var item = Objects.Of("apps/v1", kind, "default", "writer").With("spec", spec);
        Kubernetes.Store.Create(item);
        await Stage.PassAsync(TimeSpan.FromMinutes(3));
    }

    private void Stop()
    {
        foreach (var node in Kubernetes.Store.List("v1", "Node"))
        {
            var stopped = Objects.Of("v1", "Node", "", node.Name());
            stopped.Child("metadata").Child("annotations")["orrery.dev/stopped-boot"] =
                node.TextAt("status", "nodeInfo", "bootID");
            stopped["spec"] = new JsonObject { ["unschedulable"] = true };
            Kubernetes.Store.Apply(stopped, new WriteOptions { Manager = "orrery-standstill" });
        }

        foreach (var pod in Kubernetes.Store.List("v1", "Pod", "default"))
            Kubernetes.Store.Delete("v1", "Pod", "default", pod.Name());
    }

    private async Task ReadAsync()
    {
        await Stage.PassAsync(TimeSpan.FromMinutes(5));
        _read.Add(Kubernetes.ReadThroughClaim("default", "data", "note"));
    }

    private async Task RunAsync(RunVerb verb)
    {
        var mutating = Stage.Crashes.MutatingRequests;
        var (engine, _) = Stage.Begin(new Silence());
        var (outcome, problems) = ("Thrown", "");
        try
        {
            var report = await engine.RunAsync(
                new RunRequest { Verb = verb, Confirm = static (_, _) => Task.FromResult(true) }, Interruption.None);
            (outcome, problems) = ($"{report.Outcome}", string.Join(
                '\n', report.Diagnostics.Select(problem => $"{problem.Code} {problem.Address} {problem.Detail}")));
        }
        catch (ProviderException refusal)
        {
            problems = refusal.Message;
        }

        _runs.Add(new JsonObject
        {
            ["outcome"] = outcome,
            ["problems"] = problems,
            ["changes"] = Stage.Crashes.MutatingRequests - mutating,
        });
    }

    /// <summary>Somebody stops the control plane and deletes it with its disk.</summary>
    private async Task LoseAsync()
    {
        var settings = (Infrastructure.Proxmox)_platform.Clusters.Values.Single().Infrastructure;
        var machine = Stage.Site.Proxmox!.Inventory().First(item =>
            item.Kind == "qemu" && item.Name.Contains("-cp-0-", StringComparison.Ordinal));
        Ask("POST", $"{machine.Id}/status/stop");
        await Stage.PassAsync(TimeSpan.FromSeconds(10));
        Ask("DELETE", machine.Id);
        await Stage.PassAsync(TimeSpan.FromMinutes(1));

        void Ask(string method, string path) => Stage.Site.Proxmox.Handle(
            new WorldRequest
            {
                Method = method,
                Path = $"/api2/json/nodes/{settings.Hosts[0]}/qemu/{path}",
                Headers = ValueMap.Of(("authorization", $"PVEAPIToken={Stage.Secrets.Find(settings.Token!)}")),
            },
            Stage.Clock.Now);
    }

    private void Create(string json) => Kubernetes.Store.Create(JsonNode.Parse(json)!.AsObject());

    private string Describe() => new JsonObject
    {
        ["runs"] = _runs,
        ["read"] = _read,
        ["word"] = Kubernetes.Store.Get("v1", "ConfigMap", "default", "word") is not null,
        ["cordoned"] = new JsonArray([.. Kubernetes.Store.List("v1", "Node")
            .Where(node => node.At("spec", "unschedulable") is not null).Select(node => (JsonNode)node.Name())]),
        ["snapshots"] = Kept.Length,
        ["disks"] = new JsonArray([.. Disks.Select(disk => (JsonNode)disk)]),
        ["attached"] = Stage.Site.Proxmox!.Inventory().Where(item => item.Kind == "qemu")
            .Select(item => Stage.Site.Proxmox.GuestOf(long.Parse(item.Id))!)
            .Sum(guest => guest.Disks.Count(disk => disk.Wwn is not null)),
    }.ToJsonString();

    private sealed class Silence : IRunObserver
    {
        public void On(RunEvent happened)
        {
            // What is told at the end is enough.
        }
    }
}
