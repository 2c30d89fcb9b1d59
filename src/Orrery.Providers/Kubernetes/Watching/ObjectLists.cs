using System.Globalization;
using System.Text.Json.Nodes;
using Orrery.Engine.Ports;

namespace Orrery.Providers.Kubernetes.Watching;

/// <summary>Lists objects page by page.</summary>
internal sealed class ObjectLists(KubernetesHttp http)
{
    /// <summary>As kubectl asks for.</summary>
    private const int PerPage = 500;

    /// <summary>A million objects: no cluster of ours has as many.</summary>
    private const int PagesMax = 2000;

    /// <summary>A list whose pages keep expiring is asked for as a whole.</summary>
    private const int RestartsMax = 2;

    /// <summary>All objects, and the version from which a watch goes on.</summary>
    public async Task<(IReadOnlyList<KubernetesObject> Items, string ResourceVersion)> AllAsync(
        ApiResource resource, ListScope scope, CancellationToken cancellation)
    {
        for (var restarts = 0; ; restarts++)
        {
            try
            {
                return await PagesAsync(resource, scope, restarts < RestartsMax ? PerPage : null, cancellation);
            }
            catch (ProviderException refusal) when (KubernetesErrors.IsExpired(refusal) && restarts < RestartsMax)
            {
                // The pages' common version was compacted away meanwhile; what was read so far does not fit the rest.
            }
        }
    }

    public static ObjectPage Read(JsonObject list)
    {
        var kind = list.Text("kind") ?? "";
        var itemKind = kind.EndsWith("List", StringComparison.Ordinal) ? kind[..^"List".Length] : kind;
        var items = new List<KubernetesObject>();
        foreach (var item in list.Array("items").OfType<JsonObject>())
        {
            item["apiVersion"] ??= list.Text("apiVersion");
            item["kind"] ??= itemKind;
            items.Add(new KubernetesObject(item));
        }

        var metadata = list.Object("metadata");
        var next = metadata?.Text("continue");
        return new ObjectPage(
            items, metadata?.Text("resourceVersion") ?? "", string.IsNullOrEmpty(next) ? null : next);
    }

    private async Task<(IReadOnlyList<KubernetesObject> Items, string ResourceVersion)> PagesAsync(
        ApiResource resource, ListScope scope, int? perPage, CancellationToken cancellation)
    {
        var all = new List<KubernetesObject>();
        string? next = null;
        for (var pages = 0; pages < PagesMax; pages++)
        {
            var request = new ApiRequest(HttpMethod.Get, resource.PathOf(scope.Namespace))
            {
                Query =
                [
                    ("limit", perPage?.ToString(CultureInfo.InvariantCulture)),
                    ("labelSelector", scope.LabelSelector),
                    ("fieldSelector", scope.FieldSelector),
                    ("continue", next),
                ],
                Operation = scope.Operation,
            };
            var page = Read(await http.SendAsync(request, cancellation));
            all.AddRange(page.Items);
            if (page.Continue is null)
                return (all, page.ResourceVersion);
            next = page.Continue;
        }

        throw new ProviderException(
            ProviderErrorCode.Unavailable, $"the API server of {http.Cluster} gave a list without end");
    }
}
