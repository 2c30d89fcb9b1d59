using Orrery.Cli.Composition;
using Orrery.Providers.Kubernetes.Configuration;

namespace Orrery.Cli.Access;

/// <summary>A kubeconfig that is kept somewhere and changed as a whole.</summary>
internal interface IKubeconfigFile
{
    /// <summary>Its path, for messages.</summary>
    string Shown { get; }

    /// <summary>Empty where there is none yet. Throws as <see cref="Kubeconfig.Read"/> and as files do.</summary>
    Kubeconfig Read();

    /// <summary>Reads it, changes it and writes it back; what fails leaves it as it was.</summary>
    /// <returns>Whether it had comments that are lost now.</returns>
    bool Change(Func<Kubeconfig, Kubeconfig> change);
}

/// <summary>Finds out how a kubeconfig is kept.</summary>
internal static class KubeconfigFiles
{
    private const string SealedMark = ".sops.";

    /// <param name="named">As the user named it; null is the one that their tools read.</param>
    public static IKubeconfigFile Open(Host host, string? named)
    {
        if (named is null)
            return UserKubeconfig.Of(host);
        var path = host.FullPath(named);
        return Path.GetFileName(path).Contains(SealedMark, StringComparison.Ordinal) || IsSealed(path)
            ? new SealedKubeconfig(host, named, path)
            : new UserKubeconfig(path);
    }

    private static bool IsSealed(string path) =>
        File.Exists(path) && File.ReadLines(path).Any(line => line.StartsWith("sops:", StringComparison.Ordinal));
}
