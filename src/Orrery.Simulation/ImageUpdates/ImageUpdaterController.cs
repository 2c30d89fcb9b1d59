using System.Text;
using System.Text.Json.Nodes;
using Orrery.Simulation.ArgoCd;
using Orrery.Simulation.ArgoCd.Rendering;
using Orrery.Simulation.Git;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.ImageUpdates;

/// <summary>
/// Argo CD Image Updater, version 1, in a simulated cluster: looks for newer tags at its interval and writes them back
/// (https://argocd-image-updater.readthedocs.io). It runs once its Deployment is ready.
/// </summary>
public sealed class ImageUpdaterController
{
    private const string ApiVersion = "argocd-image-updater.argoproj.io/v1alpha1";
    private const int LogMax = 200;

    /// <summary>Between two looks: the default of <c>--interval</c>.</summary>
    private static readonly TimeSpan IntervalDefault = TimeSpan.FromMinutes(2);

    private readonly ClusterStore _store;
    private readonly Agenda _agenda;
    private readonly ImageRegistry _registry;
    private readonly string _namespace;
    private readonly WriteBack _writeBack;
    private readonly List<string> _log = [];

    /// <param name="ns">Where it and the Applications are.</param>
    public ImageUpdaterController(
        ClusterStore store, Agenda agenda, GitRemotes remotes, ImageRegistry registry, string ns = "argocd")
    {
        (_store, _agenda, _registry, _namespace) = (store, agenda, registry, ns);
        _writeBack = new WriteBack(store, remotes, ns);
        agenda.Poll(Interval, Look);
    }

    /// <summary>The cluster that it runs in does so; while it does not, nothing happens.</summary>
    public Func<bool> IsUp { get; init; } = static () => true;

    /// <summary>What it would log, the last lines: updates and failures, without secrets.</summary>
    public IReadOnlyList<string> Log => _log;

    private JsonObject? Deployment => _store.List("apps/v1", "Deployment", _namespace).FirstOrDefault(each =>
        each.TextAt("metadata", "name")?.Contains("image-updater", StringComparison.Ordinal) == true);

    private TimeSpan Interval
    {
        get
        {
            var containers = Deployment.At("spec", "template", "spec", "containers") as JsonArray ?? [];
            var words = containers.SelectMany(each => each.At("args") as JsonArray ?? [])
                .Select(each => each.Text() ?? "").ToList();
            var at = words.FindIndex(word => word.StartsWith("--interval", StringComparison.Ordinal));
            var text = at < 0 ? null : words[at].Split('=', 2) is [_, var value] ? value
                : words.ElementAtOrDefault(at + 1);
            return Settings.DurationOf(text) is { } given && given > TimeSpan.Zero ? given : IntervalDefault;
        }
    }

    private void Look()
    {
        _agenda.Poll(Interval, Look);
        if (!IsUp() || Deployment.At("status", "readyReplicas").Number() is not > 0)
            return;
        foreach (var updater in _store.List(ApiVersion, "ImageUpdater", _namespace))
        {
            foreach (var application in _store.List("argoproj.io/v1alpha1", "Application", _namespace))
            {
                if (UpdateSettings.Of(updater, application) is { } settings)
                    Update(application, settings);
            }
        }
    }

    private void Update(JsonObject application, UpdateSettings settings)
    {
        var name = application.TextAt("metadata", "name") ?? "";
        var type = application.TextAt("status", "sourceType") is { Length: > 0 } one
            ? one
            : (application.At("status", "sourceTypes") as JsonArray)?
                .FirstOrDefault(each => each.Text() != "Directory").Text() ?? "";
        if (settings.Images.Count == 0)
            return;
        if (type is not ("Kustomize" or "Helm"))
        {
            Say($"skipping app '{name}' of type '{type}' because it's not of supported source type");
            return;
        }

        var updates = settings.Images.Select(image => Newer(application, image)).OfType<ImageUpdate>().ToList();
        if (updates.Count == 0)
            return;
        try
        {
            if (settings.Method == "argocd" || !settings.Method.StartsWith("git", StringComparison.Ordinal))
                WriteToApplication(application, updates);
            else if (type == "Helm")
                throw new WriteBackException("the simulated Image Updater does not write Helm parameters");
            else if (!_writeBack.Write(application, settings, updates))
                return;
            foreach (var update in updates)
                Say($"{name}: updated {update.Image.Name} from '{update.OldTag}' to '{update.NewTag}'");
        }
        catch (WriteBackException problem)
        {
            Say($"{name}: {problem.Message}");
        }
    }

    private ImageUpdate? Newer(JsonObject application, FollowedImage image)
    {
        var running = (application.At("status", "summary", "images") as JsonArray ?? [])
            .Select(each => each.Text() ?? "")
            .Select(text => ImageChange.Split(text)).FirstOrDefault(each => each.Name == image.Name);
        // What does not run is not updated, unless that is asked for.
        if (running.Name is null && !image.IsForced)
            return null;
        if (_registry.TagsOf(image.Name, PasswordFor(image.Name)) is not { } tags)
        {
            Say($"Could not get tags from registry: {image.Name}: unauthorized or unknown");
            return null;
        }

        try
        {
            if (TagChoice.Best(image.Rules, tags) is not { } best)
                return null;
            var isDigest = TagChoice.IsDigest(image.Rules.Strategy);
            var (old, wanted) = isDigest ? (running.Digest ?? running.Tag, best.Digest) : (running.Tag, best.Name);
            return old == wanted ? null : new ImageUpdate(image, old ?? "", wanted, isDigest);
        }
        catch (FormatException problem)
        {
            Say(problem.Message);
            return null;
        }
    }

    // registries.conf names the Secret with which each registry is asked.
    private string? PasswordFor(string image)
    {
        var config = _store.Get("v1", "ConfigMap", _namespace, "argocd-image-updater-config").At("data").TextAt(
            "registries.conf");
        if (config is null)
            return null;
        var entry = (YamlDocuments.Parse(config).At("registries") as JsonArray ?? []).FirstOrDefault(each =>
            each.TextAt("prefix") is { } prefix && image.StartsWith(prefix + "/", StringComparison.Ordinal));
        if (entry.TextAt("credentials")?.Split(':', 2) is not ["pullsecret", var place]
            || place.Split('/') is not [var ns, var name]
            || _store.Get("v1", "Secret", ns, name).At("data").TextAt(".dockerconfigjson") is not { } encoded)
        {
            return null;
        }

        var auths = JsonNode.Parse(Encoding.UTF8.GetString(Convert.FromBase64String(encoded))).At("auths");
        return auths.At(entry.TextAt("prefix")!).TextAt("password");
    }

    private void WriteToApplication(JsonObject application, List<ImageUpdate> updates)
    {
        var kustomize = application.Child("spec").Child("source").Child("kustomize");
        var names = updates.Select(update => update.Image.Name).ToHashSet();
        var images = (kustomize["images"] as JsonArray ?? []).Select(each => each.Text() ?? "")
            .Where(each => !names.Contains(ImageChange.Parse(each).Name)).Concat(updates.Select(update => update.Text));
        kustomize["images"] = new JsonArray([.. images.Select(each => (JsonNode?)each)]);
        _store.Update(application, new WriteOptions { Manager = "argocd-image-updater" });
    }

    private void Say(string line)
    {
        if (_log.Count == LogMax)
            _log.RemoveAt(0);
        _log.Add(line);
    }
}
