using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Orrery.Simulation.ArgoCd.Rendering;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.ArgoCd.Syncing;

/// <summary>What the AppProject of an Application allows.</summary>
internal sealed class ProjectRules(ClusterStore store, string ns)
{
    private static readonly TimeSpan MatchMax = TimeSpan.FromSeconds(1);

    /// <summary>Why the Application is not allowed at all; null where it is.</summary>
    public string? ProblemOf(JsonObject application)
    {
        var name = NameOf(application);
        if (ProjectOf(name) is not { } project)
            return $"Application referencing project {name} which does not exist";
        foreach (var source in Renderer.Sources(application))
        {
            var url = source.TextAt("repoURL") ?? "";
            if (!Texts(project.At("spec", "sourceRepos")).Any(pattern => IsMatch(pattern, url)))
                return $"application repo {url} is not permitted in project '{name}'";
        }

        var server = application.TextAt("spec", "destination", "server") ?? "";
        var target = application.TextAt("spec", "destination", "namespace") ?? "";
        return IsDestination(project, server, target)
            ? null
            : $"application destination server '{server}' and namespace '{target}' do not match any of the allowed"
                + $" destinations in project '{name}'";
    }

    /// <summary>Why one object may not be delivered; null where it may.</summary>
    public string? ProblemOf(JsonObject application, ObjectKey key)
    {
        var name = NameOf(application);
        if (ProjectOf(name) is not { } project)
            return $"Application referencing project {name} which does not exist";
        var isOfCluster = key.Namespace.Length == 0;
        var black = isOfCluster ? "clusterResourceBlacklist" : "namespaceResourceBlacklist";
        var white = isOfCluster ? "clusterResourceWhitelist" : "namespaceResourceWhitelist";
        var allowed = project.At("spec", white) as JsonArray;
        // Of the cluster nothing is allowed unless it is said; in namespaces everything.
        var isAllowed = allowed is null ? !isOfCluster : allowed.Any(entry => Fits(entry, key));
        if (!isAllowed || (project.At("spec", black) as JsonArray ?? []).Any(entry => Fits(entry, key)))
            return $"resource {key.Group}:{key.Kind} is not permitted in project {name}";
        var server = application.TextAt("spec", "destination", "server") ?? "";
        return isOfCluster || IsDestination(project, server, key.Namespace)
            ? null
            : $"namespace {key.Namespace} is not permitted in project '{name}'";
    }

    private JsonObject? ProjectOf(string name) =>
        store.Get("argoproj.io/v1alpha1", "AppProject", ns, name);

    private static string NameOf(JsonObject application) =>
        application.TextAt("spec", "project") is { Length: > 0 } name ? name : "default";

    private static bool IsDestination(JsonObject project, string server, string ns) =>
        (project.At("spec", "destinations") as JsonArray ?? []).Any(entry =>
            IsMatch(entry.TextAt("server") ?? "", server) && IsMatch(entry.TextAt("namespace") ?? "", ns));

    private static bool Fits(JsonNode? entry, ObjectKey key) =>
        IsMatch(entry.TextAt("group") ?? "", key.Group) && IsMatch(entry.TextAt("kind") ?? "", key.Kind);

    private static bool IsMatch(string pattern, string text) => pattern == text || Regex.IsMatch(
        text, "^" + Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal) + "$",
        RegexOptions.CultureInvariant, MatchMax);

    private static IEnumerable<string> Texts(JsonNode? list) =>
        (list as JsonArray ?? []).Select(each => each.Text() ?? "");
}
