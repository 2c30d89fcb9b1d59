using System.Text.Json.Nodes;

namespace Orrery.Simulation.K3s.Control;

/// <summary>
/// CustomResourceDefinitions from one line each: <c>group/version plural Kind [status] [scale] [cluster]
/// [short=a,b]</c>. Their schemas take everything: what real ones refuse is checked against the published schemas
/// elsewhere.
/// </summary>
internal static class CustomKinds
{
    private const string Short = "short=";

    public static IEnumerable<JsonObject> Of(params IEnumerable<string> lines) => lines.Select(Definition);

    private static JsonObject Definition(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var group = words[0].Split('/')[0];
        var subresources = Subresources(words);
        var version = new JsonObject
        {
            ["name"] = words[0].Split('/')[1],
            ["served"] = true,
            ["storage"] = true,
            ["schema"] = new JsonObject
            {
                ["openAPIV3Schema"] = new JsonObject
                {
                    ["type"] = "object",
                    // Argo CD's Applications also have an operation.
                    ["properties"] = new JsonObject
                    {
                        ["spec"] = Anything(),
                        ["status"] = Anything(),
                        ["operation"] = Anything(),
                    },
                },
            },
        };
        if (subresources.Count > 0)
            version["subresources"] = subresources;
        var definition = Objects.Of("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", $"{words[1]}.{group}")
            .With("spec", new JsonObject
            {
                ["group"] = group,
                ["names"] = new JsonObject
                {
                    ["kind"] = words[2],
                    ["listKind"] = words[2] + "List",
                    ["plural"] = words[1],
                    ["singular"] = words[2].ToLowerInvariant(),
                    ["shortNames"] = ShortNames(words),
                },
                ["scope"] = words.Contains("cluster") ? "Cluster" : "Namespaced",
                ["versions"] = new JsonArray(version),
            });
        // Groups of Kubernetes itself are protected: https://github.com/kubernetes/enhancements/pull/1111.
        if (group.EndsWith(".k8s.io", StringComparison.Ordinal))
        {
            definition["metadata"]!["annotations"] = new JsonObject
            {
                ["api-approved.kubernetes.io"] = "https://github.com/kubernetes-sigs/gateway-api",
            };
        }

        return definition;
    }

    private static JsonObject Subresources(string[] words)
    {
        var subresources = new JsonObject();
        if (words.Contains("status"))
            subresources["status"] = new JsonObject();
        if (words.Contains("scale"))
        {
            subresources["scale"] = new JsonObject
            {
                ["specReplicasPath"] = ".spec.replicas",
                ["statusReplicasPath"] = ".status.replicas",
            };
        }

        return subresources;
    }

    private static JsonArray ShortNames(IEnumerable<string> words) =>
    [
        .. words.Where(word => word.StartsWith(Short, StringComparison.Ordinal))
            .SelectMany(word => word[Short.Length..].Split(',')),
    ];

    private static JsonObject Anything() =>
        new() { ["type"] = "object", ["x-kubernetes-preserve-unknown-fields"] = true };
}
