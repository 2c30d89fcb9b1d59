using Orrery.Model.Spec.Fields;
using Orrery.Model.Spec.Kinds;

namespace Orrery.Model.Spec.Checks;

/// <summary>What delivers, and the repository that it follows.</summary>
internal static class GitOpsChecks
{
    private const string KnownHost = "github.com";

    public static void Run(ClusterView cluster, Problems problems)
    {
        if (cluster.Spec.Find(ClusterKind.GitOps) is not { } engine || !engine.Has(GitOpsFields.Flux)
            || cluster.Declared.Platform?.Spec.Find(PlatformKind.Repository)?.Find(RepositoryFields.Url) is not { } url
            || !Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Host == KnownHost)
            return;
        problems.AddOnce(
            CheckCodes.UnknownRepositoryHost,
            engine.MarkOf(GitOpsFields.Flux),
            $"Flux of the cluster \"{cluster.Name}\" could not read {url}.");
    }
}
