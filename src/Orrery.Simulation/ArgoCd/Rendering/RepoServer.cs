using System.Text;
using System.Text.Json.Nodes;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.ArgoCd.Rendering;

/// <summary>
/// The container in which Argo CD renders, as its Deployment describes it: which programs, variables and files of
/// Secrets a plugin finds there.
/// </summary>
internal sealed class RepoServer(ClusterStore store, Settings settings, string ns)
{
    private const string Programs = "/usr/local/bin";

    /// <summary>What <c>kustomize build</c> is given: <c>kustomize.buildOptions</c> of the settings.</summary>
    public IReadOnlyList<string> BuildOptions =>
        settings.BuildOptions.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private JsonNode? Pod => store.PeekAll("apps/v1", "Deployment", ns)
        .FirstOrDefault(each => each.Name().EndsWith("repo-server", StringComparison.Ordinal))
        .At("spec", "template", "spec");

    private JsonObject? Container => Pod.At("containers").Items().FirstOrDefault();

    /// <summary>The plain value of an environment variable; null where there is none.</summary>
    public string? Variable(string name) =>
        Container?["env"].Items().FirstOrDefault(each => each.TextAt("name") == name).TextAt("value");

    /// <summary>
    /// Whether a program lies in the path: an init container has put it into a volume that is mounted there.
    /// </summary>
    public bool Has(string program)
    {
        var mounts = Container?["volumeMounts"].Items().Where(mount =>
            mount.TextAt("mountPath") == $"{Programs}/{program}" && mount.TextAt("subPath") == program);
        return (mounts ?? []).Any(mount => Pod.At("initContainers").Items().Any(init => Puts(init, program, mount)));
    }

    /// <summary>A file of a Secret that is mounted; null where there is none.</summary>
    public string? ReadFile(string path)
    {
        foreach (var mount in Container?["volumeMounts"].Items() ?? [])
        {
            var folder = (mount.TextAt("mountPath") ?? "").TrimEnd('/');
            var volume = Pod.At("volumes").Items()
                .FirstOrDefault(each => each.TextAt("name") == mount.TextAt("name"));
            if (volume?["secret"] is not { } source || !$"{path}/".StartsWith($"{folder}/", StringComparison.Ordinal))
                continue;
            var name = $"{mount.TextAt("subPath")}{path[folder.Length..]}".TrimStart('/');
            if (FileOf(source, name) is { } content)
                return content;
        }

        return null;
    }

    private static bool Puts(JsonObject init, string program, JsonObject mount)
    {
        var own = init["volumeMounts"].Items()
            .FirstOrDefault(each => each.TextAt("name") == mount.TextAt("name"))?.TextAt("mountPath");
        var words = (init["command"] as JsonArray ?? []).Concat(init["args"] as JsonArray ?? [])
            .Select(word => word.Text() ?? "").ToList();
        var image = (init.TextAt("image") ?? "").Split('@')[0].Split(':')[0];
        return own is not null && image.EndsWith($"/{program}", StringComparison.Ordinal)
            && words.Exists(word => word.Contains(own, StringComparison.Ordinal));
    }

    /// <summary>Where items are named, only those are there.</summary>
    private string? FileOf(JsonNode source, string name)
    {
        if (source["items"] is JsonArray items)
            name = items.FirstOrDefault(item => item.TextAt("path") == name).TextAt("key") ?? "";
        return store.Get("v1", "Secret", ns, source.TextAt("secretName") ?? "").At("data").TextAt(name) is { } encoded
            ? Encoding.UTF8.GetString(Convert.FromBase64String(encoded))
            : null;
    }
}
