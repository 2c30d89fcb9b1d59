using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Orrery.Engine.Ports;
using Orrery.Model.Values;
using Orrery.Providers.Kubernetes;
using Orrery.Providers.Kubernetes.Watching;

namespace Orrery.Providers.Clusters;

/// <summary>
/// The images of the pods that a cluster runs, so that a machine beside it can fetch them before it takes over. It only
/// saves time: whatever keeps the cluster from answering leaves nothing to fetch.
/// </summary>
/// <param name="clusters">The clusters that were there.</param>
/// <param name="servers">Tells whether a machine is still there.</param>
/// <param name="time">How long an answer is waited for.</param>
internal sealed partial class ImagesInUse(KnownClusters clusters, IResourceHandler servers, TimeProvider time)
{
    private const int ImagesMax = 200;

    private static readonly ApiKind Pod = ApiKind.Of("v1", "Pod");
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly string[] ContainerLists = ["initContainers", "containers"];

    /// <summary>As pods name them, each once, in order of their names.</summary>
    /// <param name="server">The machine that fetches; what runs there it has.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task<ValueList<string>> FindAsync(string server, CancellationToken cancellation)
    {
        var images = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var uid in clusters.Uids)
        {
            if (clusters.ServersOf(uid) is [var other, ..] && other != server)
                images.UnionWith(await AskAsync(uid, other, cancellation));
        }

        return images.Take(ImagesMax).ToValueList();
    }

    private async Task<IEnumerable<string>> AskAsync(string uid, string server, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        try
        {
            if (await servers.ReadAsync(server, both.Token) is null || clusters.Find(uid) is not { } client)
                return [];
            var pods = await client.ListAsync(Pod, ListScope.Everything, both.Token);
            return pods.SelectMany(ImagesOf).ToList();
        }
        catch (ProviderException refusal) when (refusal.Code != ProviderErrorCode.NotWriter)
        {
            return [];
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return [];
        }
    }

    /// <summary>Without those that need credentials of a pod, and those in the archive that comes with K3s.</summary>
    private static IEnumerable<string> ImagesOf(KubernetesObject pod)
    {
        var spec = pod.Json.Object("spec");
        return spec.Array("imagePullSecrets").Any()
            ? []
            : ContainerLists.SelectMany(list => spec.Array(list))
                .Select(container => (container as JsonObject)?.Text("image") ?? "")
                .Where(image => Reference().IsMatch(image) && !OfK3s().IsMatch(image));
    }

    /// <summary>Data from outside, which becomes an argument of a command.</summary>
    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,500}$", RegexOptions.NonBacktracking)]
    private static partial Regex Reference();

    [GeneratedRegex("^(docker\\.io/)?rancher/", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex OfK3s();
}
