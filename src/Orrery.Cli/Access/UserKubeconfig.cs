using Orrery.Cli.Composition;
using Orrery.Providers.Kubernetes.Configuration;

namespace Orrery.Cli.Access;

/// <summary>
/// The kubeconfig that a user's tools read: the one that kubectl would write to
/// (https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/).
/// </summary>
internal sealed class UserKubeconfig(string path) : IKubeconfigFile
{
    public string Shown => path;

    /// <summary>
    /// Of the files in <c>KUBECONFIG</c> the first that exists, else the last; without it <c>~/.kube/config</c>.
    /// </summary>
    public static UserKubeconfig Of(Host host) => new(PathIn(host));

    public Kubeconfig Read() => Kubeconfig.Read(File.Exists(path) ? File.ReadAllText(path) : "", path);

    public bool Change(Func<Kubeconfig, Kubeconfig> change)
    {
        // A link stays one: what it leads to is written. On a new laptop there is neither file nor folder yet.
        var target = new FileInfo(path).LinkTarget is null
            ? path
            : File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        MakeFolderOf(path);
        MakeFolderOf(target);
        using var turn = Lock(path + ".lock");
        var before = File.Exists(target) ? File.ReadAllText(target) : "";
        OwnerFile.Replace(target, change(Kubeconfig.Read(before, path)).ToText());
        return before.Split('\n').Any(line => line.TrimStart().StartsWith('#'));
    }

    private static void MakeFolderOf(string file)
    {
        if (Path.GetDirectoryName(file) is { Length: > 0 } folder)
            Directory.CreateDirectory(folder);
    }

    /// <summary>As kubectl and its like keep each other from writing: a file that must not be there yet.</summary>
    private static FileStream Lock(string path)
    {
        try
        {
            return new FileStream(
                path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
        }
        catch (IOException exception) when (File.Exists(path))
        {
            throw new IOException($"Another program writes it now; if none does, delete '{path}'.", exception);
        }
    }

    private static string PathIn(Host host)
    {
        var listed = (host.Environment("KUBECONFIG") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(host.FullPath).ToArray();
        if (listed.Length > 0)
            return listed.FirstOrDefault(File.Exists) ?? listed[^1];
        var home = host.Environment("HOME") ?? host.Environment("USERPROFILE") ?? host.Folder;
        return Path.Combine(home, ".kube", "config");
    }
}
