using System.Text.Json.Nodes;
using Orrery.Simulation.ArgoCd.Health;
using Orrery.Simulation.ArgoCd.Rendering;
using Orrery.Simulation.ArgoCd.Syncing;
using Orrery.Simulation.Git;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.ArgoCd;

/// <summary>
/// Argo CD in a simulated cluster: follows Applications once its own workloads run, reads Git as its Secrets allow,
/// renders, compares, synchronises, and says in each Application how that goes. After the documentation of version 3
/// (https://argo-cd.readthedocs.io); what it does not simulate is a ComparisonError that names it.
/// </summary>
public sealed class ArgoCdController
{
    private const string ApiVersion = "argoproj.io/v1alpha1";

    private readonly ClusterStore _store;
    private readonly Agenda _agenda;
    private readonly ArgoCdOptions _options;
    private readonly Settings _settings;
    private readonly RepositoryAccess _repositories;
    private readonly Renderer _renderer;
    private readonly ManagedObjects _managed;
    private readonly Comparison _comparison;
    private readonly Synchronizing _synchronizing;
    private readonly StatusWriter _writer;
    private readonly SortedDictionary<string, Followed> _followed = new(StringComparer.Ordinal);
    private bool _isPolling;
    private TimeSpan _since;
    private bool? _isRunning;

    /// <param name="agenda">What it does by itself; whoever drives time calls it.</param>
    /// <param name="charts">The charts that sources of Helm find.</param>
    public ArgoCdController(
        ClusterStore store, Agenda agenda, GitRemotes remotes, IChartLibrary charts, ArgoCdOptions options)
    {
        (_store, _agenda, _options) = (store, agenda, options);
        _settings = new Settings(store, options);
        _repositories = new RepositoryAccess(store, remotes, options.Namespace);
        _renderer = new Renderer(
            store, _repositories, charts, new RepoServer(store, _settings, options.Namespace));
        _managed = new ManagedObjects(store);
        var rules = new ProjectRules(store, options.Namespace);
        var checks = new HealthChecks();
        HealthState? HealthOf(JsonObject item) => checks.Of(item, _settings.HealthScript);
        _comparison = new Comparison(store, _renderer, _managed, rules, HealthOf);
        _writer = new StatusWriter(store);
        _synchronizing = new Synchronizing(
            new SyncTools(store, _managed, rules, HealthOf), agenda, options, _comparison, _writer);
        store.Changed += Look;
        agenda.After(options.Watching, Begin);
    }

    /// <summary>Its controller and its repository server are ready.</summary>
    public bool IsRunning => _isRunning ??=
        IsReady("StatefulSet", "application-controller") && IsReady("Deployment", "repo-server");

    private bool IsReady(string kind, string suffix) => _store.PeekAll("apps/v1", kind, _options.Namespace).Any(each =>
        each.TextAt("metadata", "name")?.EndsWith(suffix, StringComparison.Ordinal) == true
        && each.At("status", "readyReplicas").Number() > 0);

    private void Begin()
    {
        if (!IsRunning || _options.UpSince() is null)
            return;
        foreach (var name in Names())
        {
            Enqueue(name, TimeSpan.Zero);
            _followed[name].IsNew = true;
        }

        if (_isPolling)
            return;
        _isPolling = true;
        _agenda.Poll(_settings.Reconciliation, Poll);
    }

    private void Look(StoreChange change)
    {
        // Its watches broke with the API; made anew, they tell of everything.
        if (_options.UpSince() is { } since && since != _since)
        {
            _since = since;
            _agenda.After(_options.Watching, Begin);
        }

        foreach (var owner in _managed.Note(change))
            Enqueue(owner, _options.Watching);
        var isHere = change.Object.TextAt("metadata", "namespace") == _options.Namespace;
        var name = change.Object.TextAt("metadata", "name") ?? "";
        switch (change.Kind.Kind)
        {
            case "Application" when isHere && change.Kind.Group == "argoproj.io" && IsNews(change):
                Enqueue(name, _options.Watching);
                break;
            case "AppProject" when isHere:
                EnqueueAll();
                break;
            case "Secret" when isHere:
                _repositories.Forget();
                break;
            case "ConfigMap" when isHere && name == "argocd-cm":
                _settings.Forget();
                _comparison.ForgetJudgements();
                EnqueueAll();
                break;
            case "CustomResourceDefinition":
                _comparison.ForgetJudgements();
                break;
            case "StatefulSet" or "Deployment" when isHere:
                // Whoever begins to run looks at everything.
                if (_isRunning != true)
                    _agenda.After(_options.Watching, Begin);
                _isRunning = null;
                break;
            default:
                break;
        }
    }

    // What it writes itself is no reason to look again.
    private static bool IsNews(StoreChange change) => change.Before is null
        || !JsonNode.DeepEquals(change.Before["spec"], change.Object["spec"])
        || !JsonNode.DeepEquals(change.Before["operation"], change.Object["operation"])
        || !JsonNode.DeepEquals(
            change.Before.At("metadata", "annotations"), change.Object.At("metadata", "annotations"))
        || change.Before.At("metadata", "deletionTimestamp") is null
            != change.Object.At("metadata", "deletionTimestamp") is null;

    private List<string> Names() => [.. _store.PeekAll(ApiVersion, "Application", _options.Namespace)
        .Select(each => each.TextAt("metadata", "name") ?? "")];

    private void EnqueueAll()
    {
        foreach (var name in Names())
            Enqueue(name, _options.Watching);
    }

    /// <summary>
    /// Looks at Git for everybody; only where a revision has moved, or nothing could be rendered, is there more to do.
    /// </summary>
    private void Poll()
    {
        _agenda.Poll(_settings.Reconciliation, Poll);
        if (!IsRunning || _options.UpSince() is null)
            return;
        foreach (var (name, followed) in _followed.ToList())
        {
            if (followed.Application is { } application && (!followed.IsRendered || followed.Seen != Seen(application)))
                Enqueue(name, TimeSpan.Zero);
        }
    }

    private string Seen(JsonObject application)
    {
        try
        {
            return string.Join(' ', _renderer.RevisionsOf(application));
        }
        catch (ManifestException problem)
        {
            return problem.Message;
        }
    }

    private void Enqueue(string name, TimeSpan delay)
    {
        if (!_followed.TryGetValue(name, out var followed))
            _followed[name] = followed = new Followed();
        var due = _agenda.Now + delay;
        if (followed.Due is { } planned && planned <= due)
            return;
        followed.Due = due;
        _agenda.At(due, () =>
        {
            if (followed.Due != due)
                return;
            followed.Due = null;
            Reconcile(name, followed);
        });
    }

    private void Reconcile(string name, Followed followed)
    {
        if (_options.UpSince() is null)
        {
            followed.Seen = "";
            return;
        }

        if (_store.Peek(ApiVersion, "Application", _options.Namespace, name) is not { } stored)
        {
            _followed.Remove(name);
            _comparison.Forget(name);
            return;
        }

        if (!IsRunning)
            return;
        if (stored.At("metadata", "deletionTimestamp") is not null)
        {
            if (Removal.Continue(_store, _managed, stored.Copy()))
                Enqueue(name, _options.Waiting);
            return;
        }

        followed.Application = stored;
        var seen = Seen(stored);
        if (followed.Rendering != seen)
        {
            // The first rendering of a revision takes its time; what is known already does not.
            followed.Rendering = seen;
            Enqueue(name, _options.Rendering);
            return;
        }

        if (followed.Seen != seen)
            followed.Repairs = 0;
        followed.Seen = seen;
        var compared = _comparison.Compare(stored);
        followed.IsRendered = compared.Rendered is not null;
        if (_synchronizing.Continue(stored, followed, compared) is { } delay)
            Enqueue(name, delay);
    }
}
