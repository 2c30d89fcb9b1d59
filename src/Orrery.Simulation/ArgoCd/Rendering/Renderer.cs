using System.Text.Json.Nodes;
using Orrery.Model.Values;
using Orrery.Simulation.Kubernetes;
using Orrery.Simulation.Kubernetes.Patches;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Shapes;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.ArgoCd.Rendering;

/// <summary>What an Application wants, and of which revisions.</summary>
/// <param name="Revisions">One for each source.</param>
/// <param name="Types">One for each source: <c>Directory</c>, <c>Kustomize</c>, <c>Helm</c>.</param>
internal sealed record Rendered(
    IReadOnlyList<JsonObject> Objects, IReadOnlyList<string> Revisions, IReadOnlyList<string> Types);

/// <summary>Renders the sources of Applications, as Argo CD's repository server.</summary>
internal sealed class Renderer(
    ClusterStore store, RepositoryAccess repositories, IChartLibrary charts, RepoServer server)
{
    private readonly Ksops _ksops = new(server);

    /// <summary>The revisions that the sources have now.</summary>
    /// <exception cref="ManifestException">One cannot be known.</exception>
    public IReadOnlyList<string> RevisionsOf(JsonObject application) =>
        [.. Sources(application).Select(source => source.TextAt("chart") is not null
            ? source.TextAt("targetRevision") ?? ""
            : repositories.Resolve(RepoOf(source), RevisionOf(source)).Commit)];

    /// <summary>The same, with the words in which a comparison fails.</summary>
    public IReadOnlyList<string> RevisionsOrFail(JsonObject application)
    {
        try
        {
            return RevisionsOf(application);
        }
        catch (ManifestException problem)
        {
            throw new ManifestException(
                "Failed to load target state: failed to generate manifest for source 1 of"
                + $" {Sources(application).Count}: rpc error: code = Unknown desc = {problem.Message}");
        }
    }

    public static IReadOnlyList<JsonNode> Sources(JsonObject application) =>
        application.At("spec", "sources") is JsonArray { Count: > 0 } several
            ? [.. several.OfType<JsonNode>()]
            : application.At("spec", "source") is { } one ? [one] : [];

    /// <param name="pinned">Revisions, one for each source; null for those of now.</param>
    /// <exception cref="ManifestException">There is no rendering, and why.</exception>
    public Rendered Render(JsonObject application, IReadOnlyList<string>? pinned = null)
    {
        var sources = pinned is null ? Sources(application)
            : [.. Sources(application).Select((source, i) => Pinned(source, pinned[i]))];
        var (objects, types) = (new List<JsonObject>(), new List<string>());
        for (var i = 0; i < sources.Count; i++)
        {
            var source = sources[i];
            try
            {
                // A source that others only refer to delivers nothing.
                if (source.TextAt("ref") is not null && source.TextAt("path") is null && source.TextAt("chart") is null)
                {
                    repositories.Resolve(RepoOf(source), RevisionOf(source));
                    types.Add("Directory");
                    continue;
                }

                var (some, type) = source.TextAt("chart") is { } chart
                    ? (Chart(application, sources, source, chart), "Helm")
                    : Folder(application, source);
                objects.AddRange(some);
                types.Add(type);
            }
            catch (Exception problem) when (problem is ManifestException or ApiFailure)
            {
                throw new ManifestException(
                    $"Failed to load target state: failed to generate manifest for source {i + 1} of {sources.Count}:"
                    + $" rpc error: code = Unknown desc = {problem.Message}");
            }
        }

        return new Rendered(objects, pinned ?? RevisionsOf(application), types);
    }

    private static JsonNode Pinned(JsonNode source, string revision)
    {
        var copy = source.DeepClone();
        copy["targetRevision"] = revision;
        return copy;
    }

    private (List<JsonObject> Objects, string Type) Folder(JsonObject application, JsonNode source)
    {
        var (repository, commit) = repositories.Resolve(RepoOf(source), RevisionOf(source));
        var files = repositories.FilesOf(repository, commit);
        var folder = Paths.Join("", source.TextAt("path") ?? "");
        if (folder.Length > 0 && !files.Keys.Any(path => path.StartsWith(folder + "/", StringComparison.Ordinal)))
            throw new ManifestException($"{folder}: app path does not exist");
        if (files.ContainsKey(Paths.Join(folder, "Chart.yaml")))
            throw new ManifestException("the simulated Argo CD does not support charts that lie in Git");
        var overrides = OverridesOf(application, files, folder);
        if (Kustomization.FileIn(files, folder) is null)
            return (PlainFolder.Render(files, folder, source.At("directory")), "Directory");
        foreach (var (name, value) in source.At("kustomize") as JsonObject ?? [])
        {
            if (name != "images" && !value.IsEmpty())
                throw new ManifestException($"the simulated Argo CD does not support kustomize.{name} of a source");
        }

        var images = Texts(source.At("kustomize", "images")).Concat(Texts(overrides.At("kustomize", "images")));
        try
        {
            return (new Kustomization(files, ShapeOf, _ksops).Build(folder, images), "Kustomize");
        }
        catch (ManifestException problem)
        {
            var options = string.Concat(server.BuildOptions.Select(option => $" {option}"));
            throw new ManifestException(
                $"`kustomize build <path to cached source>/{folder}{options}` failed exit status 1: Error:"
                + $" {problem.Message}");
        }
    }

    private List<JsonObject> Chart(
        JsonObject application, IReadOnlyList<JsonNode> sources, JsonNode source, string chart)
    {
        var helm = source.At("helm");
        var values = new JsonObject();
        foreach (var file in Texts(helm.At("valueFiles")))
            values = Over(values, ValuesOf(sources, file, helm.At("ignoreMissingValueFiles").IsTrue()));
        if (helm.TextAt("values") is { } text)
            values = Over(values, YamlDocuments.Parse(text));
        values = Over(values, helm.At("valuesObject"));
        foreach (var parameter in helm.At("parameters") as JsonArray ?? [])
            Set(values, parameter.TextAt("name") ?? "", parameter.TextAt("value"));
        var request = new ChartRequest(
            RepoOf(source), chart, source.TextAt("targetRevision") ?? "",
            helm.TextAt("releaseName") ?? application.TextAt("metadata", "name") ?? "",
            application.TextAt("spec", "destination", "namespace") ?? "", values);
        var rendered = charts.Render(request) ?? throw new ManifestException(
            $"error fetching chart: failed to fetch chart: `helm pull --destination /tmp --version {request.Version}"
            + $" --repo {request.Repository} {chart}` failed exit status 1: Error: chart \"{chart}\" version"
            + $" \"{request.Version}\" not found in {request.Repository} repository");
        return rendered.Problem is null
            ? [.. rendered.Objects.Select(item => item.Copy())]
            : throw new ManifestException($"`helm template` failed exit status 1: Error: {rendered.Problem}");
    }

    private JsonNode? ValuesOf(IReadOnlyList<JsonNode> sources, string file, bool mayMiss)
    {
        if (!file.StartsWith('$'))
            throw new ManifestException($"the simulated Argo CD does not support the values file '{file}' of a chart");
        var name = file[1..].Split('/', 2)[0];
        var source = sources.FirstOrDefault(each => each.TextAt("ref") == name)
            ?? throw new ManifestException($"source referenced \"{name}\", which is not one of the available sources");
        var (repository, commit) = repositories.Resolve(RepoOf(source), RevisionOf(source));
        var path = Paths.Join("", file[(name.Length + 2)..]);
        if (repositories.FilesOf(repository, commit).TryGetValue(path, out var content))
            return YamlDocuments.Parse(content);
        return mayMiss
            ? null
            : throw new ManifestException($"error resolving helm value files: open /{path}: no such file or directory");
    }

    // Image Updater writes such files, for all Applications of a folder or for one.
    private static JsonObject? OverridesOf(JsonObject application, ValueMap<string> files, string folder)
    {
        var name = application.TextAt("metadata", "name");
        JsonObject? merged = null;
        foreach (var file in (string[])[".argocd-source.yaml", $".argocd-source-{name}.yaml"])
        {
            if (files.TryGetValue(Paths.Join(folder, file), out var content))
                merged = MergePatch.Apply(merged, YamlDocuments.Parse(content)) as JsonObject;
        }

        return merged;
    }

    private Shape ShapeOf(JsonObject item) =>
        store.Kinds.Find(item.TextAt("apiVersion") ?? "", item.TextAt("kind") ?? "") is { } kind
            ? store.Shapes.Find(kind) ?? Shape.Anything
            : Shape.Anything;

    private static JsonObject Over(JsonObject values, JsonNode? more) =>
        more is JsonObject ? MergePatch.Apply(values, more.DeepClone()) as JsonObject ?? [] : values;

    private static void Set(JsonObject values, string name, string? value)
    {
        var parts = name.Split('.');
        foreach (var part in parts[..^1])
            values = values.Child(part);
        values[parts[^1]] = value;
    }

    private static string RepoOf(JsonNode source) => source.TextAt("repoURL") ?? "";

    private static string RevisionOf(JsonNode source) => source.TextAt("targetRevision") ?? "HEAD";

    private static IEnumerable<string> Texts(JsonNode? list) =>
        (list as JsonArray ?? []).Select(each => each.Text() ?? "");
}
