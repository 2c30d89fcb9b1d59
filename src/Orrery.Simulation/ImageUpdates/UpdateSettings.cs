using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Orrery.Simulation.ArgoCd.Rendering;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.ImageUpdates;

/// <summary>An image to follow.</summary>
/// <param name="Name">With its registry, without tag.</param>
/// <param name="TargetName">The name in the kustomization, where it is another.</param>
internal sealed record FollowedImage(string Alias, string Name, string? TargetName, bool IsForced, TagRules Rules);

/// <summary>
/// What an ImageUpdater says of one Application. With <c>useAnnotations</c> the Application's annotations say all of it
/// and nothing else of the resource counts (its own documentation of the field).
/// </summary>
internal sealed record UpdateSettings(
    IReadOnlyList<FollowedImage> Images, string Method, string Target, string? Branch, string? Repository)
{
    private const string Prefix = "argocd-image-updater.argoproj.io/";
    private const string MethodDefault = "argocd";
    private static readonly TimeSpan MatchMax = TimeSpan.FromSeconds(1);

    /// <summary>Null where the resource does not mean this Application.</summary>
    public static UpdateSettings? Of(JsonObject updater, JsonObject application)
    {
        var name = application.TextAt("metadata", "name") ?? "";
        var labels = application.At("metadata", "labels") as JsonObject;
        // The most exact pattern counts.
        var reference = (updater.At("spec", "applicationRefs") as JsonArray ?? [])
            .Where(each => IsMatch(each.TextAt("namePattern") ?? "", name)
                && LabelSelector.FromObject(each.At("labelSelectors")).Matches(labels))
            .OrderByDescending(each =>
                (each.TextAt("namePattern") ?? "").Replace("*", "", StringComparison.Ordinal).Length)
            .FirstOrDefault();
        if (reference is null)
            return null;
        return reference.At("useAnnotations").IsTrue()
            ? OfAnnotations(application.At("metadata", "annotations") as JsonObject ?? [])
            : OfResource(updater["spec"], reference);
    }

    private static UpdateSettings OfResource(JsonNode? spec, JsonNode reference)
    {
        JsonNode? Setting(JsonNode? image, string name) => image.At("commonUpdateSettings", name)
            ?? reference.At("commonUpdateSettings", name) ?? spec.At("commonUpdateSettings", name);
        JsonNode? Back(params ReadOnlySpan<string> path) =>
            reference.At("writeBackConfig").At(path) ?? spec.At("writeBackConfig").At(path);
        var images = (reference.At("images") as JsonArray ?? []).Select(image =>
        {
            var (name, constraint) = Named(image.TextAt("imageName") ?? "");
            return new FollowedImage(
                image.TextAt("alias") ?? "", name, image.TextAt("manifestTargets", "kustomize", "name"),
                Setting(image, "forceUpdate").IsTrue(),
                new TagRules(
                    Setting(image, "updateStrategy").Text(), Setting(image, "allowTags").Text(),
                    [.. (Setting(image, "ignoreTags") as JsonArray ?? []).Select(tag => tag.Text() ?? "")],
                        constraint));
        });
        return new UpdateSettings(
            [.. images], Back("method").Text() ?? MethodDefault, Back("gitConfig", "writeBackTarget").Text() ?? "",
            Back("gitConfig", "branch").Text(), Back("gitConfig", "repository").Text());
    }

    private static UpdateSettings OfAnnotations(JsonObject annotations)
    {
        string? Text(string name) => annotations.TextAt(Prefix + name);
        var images = (Text("image-list") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(entry =>
        {
            var parts = entry.Trim().Split('=', 2);
            var (name, constraint) = Named(parts[^1]);
            var alias = parts.Length > 1 ? parts[0] : "";
            string? Own(string setting) => (alias.Length > 0 ? Text($"{alias}.{setting}") : null) ?? Text(setting);
            return new FollowedImage(
                alias, name, Own("kustomize.image-name"), Own("force-update") == "true",
                new TagRules(
                    Own("update-strategy"), Own("allow-tags"),
                    [.. (Own("ignore-tags") ?? "").Split(
                        ',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)],
                    constraint));
        });
        return new UpdateSettings(
            [.. images], Text("write-back-method") ?? MethodDefault, Text("write-back-target") ?? "",
                Text("git-branch"),
            Text("git-repository"));
    }

    private static (string Name, string? Constraint) Named(string text)
    {
        var (name, tag, _) = ImageChange.Split(text);
        return (name, tag);
    }

    private static bool IsMatch(string pattern, string name) => Regex.IsMatch(
        name, "^" + Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal) + "$",
        RegexOptions.CultureInvariant, MatchMax);
}
