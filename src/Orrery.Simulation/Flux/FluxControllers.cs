using System.Text.Json.Nodes;
using Orrery.Simulation.ArgoCd;
using Orrery.Simulation.Git;
using Orrery.Simulation.K3s.Charts;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Flux;

/// <summary>
/// Flux in a simulated cluster: each controller runs while its Deployment is ready, and looks at everything when it
/// starts, and when the API of its cluster is there again.
/// </summary>
public sealed class FluxControllers
{
    private const string Source = "source-controller";
    private const string Kustomize = "kustomize-controller";
    private const string Helm = "helm-controller";

    private readonly ClusterStore _store;
    private readonly Agenda _agenda;
    private readonly FluxOptions _options;
    private readonly Dictionary<string, FluxController[]> _controllers;
    private readonly Dictionary<string, bool> _isReady = new(StringComparer.Ordinal);
    private TimeSpan? _since;

    /// <param name="agenda">What they do by themselves; whoever drives time calls it.</param>
    public FluxControllers(
        ClusterStore store, Agenda agenda, GitRemotes remotes, ChartLibrary charts, FluxOptions options)
    {
        (_store, _agenda, _options) = (store, agenda, options);
        var git = new GitSourceController(store, agenda, remotes, options, ProcessOf(Source));
        var around = new FluxSurroundings(store, agenda, options, ProcessOf(Source));
        _controllers = new Dictionary<string, FluxController[]>(StringComparer.Ordinal)
        {
            [Source] = [git, new HelmSourceController(around, charts), new RegistrySourceController(around, charts)],
            [Kustomize] = [new KustomizeController(store, agenda, git, options, ProcessOf(Kustomize))],
            [Helm] = [new HelmReleaseController(store, agenda, charts, options, ProcessOf(Helm))],
        };
        store.Changed += Look;
    }

    private void Look(StoreChange change)
    {
        // Their watches broke with the API; made anew, they tell of everything.
        if (_options.UpSince() is { } since && since != _since)
        {
            _since = since;
            foreach (var name in _controllers.Keys.Where(name => _isReady.GetValueOrDefault(name)))
                Begin(name);
        }

        if (change.Kind.Kind != "Deployment" || change.Object.Namespace() != _options.Namespace
            || !_controllers.ContainsKey(change.Object.Name()))
            return;
        var (deployment, isReady) = (change.Object.Name(), IsReady(change.Object));
        if (change.Type == ChangeType.Deleted)
            isReady = false;
        if (isReady && !_isReady.GetValueOrDefault(deployment))
            Begin(deployment);
        _isReady[deployment] = isReady;
    }

    private void Begin(string name) => _agenda.After(_options.Reaction, () =>
    {
        if (!Runs(name))
            return;
        foreach (var controller in _controllers[name])
            controller.Begin();
    });

    private FluxProcess ProcessOf(string name) => new()
    {
        IsRunning = () => Runs(name),
        Requeue = () => RequeueOf(name),
    };

    private bool Runs(string name) => _options.UpSince() is not null && _isReady.GetValueOrDefault(name);

    private static bool IsReady(JsonObject deployment) => deployment.At("status", "readyReplicas").Number() > 0;

    private TimeSpan RequeueOf(string name)
    {
        const string option = "--requeue-dependency=";
        var containers = _store.Peek("apps/v1", "Deployment", _options.Namespace, name)
            .At("spec", "template", "spec", "containers");
        var word = containers.Items().SelectMany(container => container["args"] as JsonArray ?? [])
            .Select(argument => argument.Text() ?? "")
            .LastOrDefault(argument => argument.StartsWith(option, StringComparison.Ordinal));
        return Settings.DurationOf(word?[option.Length..]) is { } given && given > TimeSpan.Zero
            ? given
            : FluxProcess.RequeueDefault;
    }
}
