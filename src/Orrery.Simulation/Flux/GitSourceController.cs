using System.Text.Json.Nodes;
using Orrery.Simulation.Git;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Flux;

/// <summary>
/// Flux's source-controller for repositories of Git: fetches a branch at its interval, and says which revision it has.
/// After version 1.8 (https://github.com/fluxcd/source-controller); what it does not know of a source is refused by
/// its name.
/// </summary>
public sealed class GitSourceController : FluxController, IArtifacts
{
    private const string ApiVersion = "source.toolkit.fluxcd.io/v1";
    private const string Kind = "GitRepository";

    private static readonly HashSet<string> Supported = new(StringComparer.Ordinal)
    {
        "interval", "ref", "secretRef", "suspend", "timeout", "url",
    };

    private readonly Repositories _repositories;
    private readonly Dictionary<ObjectKey, Artifact> _artifacts = [];

    public GitSourceController(
        ClusterStore store, Agenda agenda, GitRemotes remotes, FluxOptions options, FluxProcess process)
        : base(store, agenda, options, (ApiVersion, Kind), process)
    {
        _repositories = new Repositories(store, remotes);
        store.Changed += change =>
        {
            if (change.Kind.Kind == "Secret")
                Look(change.Object);
        };
    }

    public Artifact? Find(string kind, string ns, string name) =>
        kind == Kind ? _artifacts.GetValueOrDefault(new ObjectKey(ns, name)) : null;

    private protected override string Manager => "source-controller";

    private protected override void Forget() => _artifacts.Clear();

    private protected override Later? Reconcile(ObjectKey key, JsonObject item)
    {
        var interval = Later.Poll(DurationOf(item, "interval", TimeSpan.FromMinutes(1)));
        if (Unsupported(item, Supported) is { } field)
        {
            Tell(item, false, "Failed", $"the simulated source-controller does not support spec.{field}");
            return interval;
        }

        try
        {
            var branch = item.TextAt("spec", "ref", "branch") ?? "master";
            var (repository, commit) = _repositories.Fetch(item, branch);
            var revision = $"{branch}@sha1:{commit}";
            if (_artifacts.GetValueOrDefault(key)?.Revision != revision)
                _artifacts[key] = new Artifact(revision, repository.FilesOf(commit));
            if (item.TextAt("status", "artifact", "revision") != revision)
            {
                item.Child("status")["artifact"] = new JsonObject
                {
                    ["lastUpdateTime"] = Store.Now,
                    ["path"] = $"gitrepository/{key.Namespace}/{key.Name}/{commit}.tar.gz",
                    ["revision"] = revision,
                };
            }

            Tell(item, true, "Succeeded", $"stored artifact for revision '{revision}'");
            return interval;
        }
        catch (SourceException problem)
        {
            Tell(item, false, problem.Reason, problem.Message);
            return Later.Poll(Options.Retry < interval.After ? Options.Retry : interval.After);
        }
    }

    /// <summary>A Secret that comes is tried at the next of its pauses, which are short at first.</summary>
    private void Look(JsonObject secret)
    {
        foreach (var item in All().Where(item => item.Namespace() == secret.Namespace()
            && item.TextAt("spec", "secretRef", "name") == secret.Name() && item.Condition("Ready") == "False"))
            LookAt(ObjectKey.Of(item), Options.Retry);
    }
}
