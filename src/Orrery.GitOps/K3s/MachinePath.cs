using Orrery.GitOps.Catalog;
using Orrery.GitOps.Catalog.Networks;
using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.GitOps.K3s;

/// <summary>
/// A directory or an empty file that must be on a machine before Kubernetes starts, with its owner and mode.
/// </summary>
/// <param name="Owner">Numeric user; 0 is root.</param>
/// <param name="Group">Numeric group.</param>
/// <param name="Mode">Permission bits as they are written: <c>0770</c>.</param>
/// <param name="IsFile">Made empty where it is missing; never emptied.</param>
public sealed record MachinePath(string Path, int Owner, int Group, string Mode, bool IsFile)
{
    internal const string OwnerOnly = "0700";
    internal const string OwnerAndGroup = "0770";

    internal static MachinePath Directory(string path, int owner, int group, string mode) =>
        new(path, owner, group, mode, IsFile: false);

    internal static MachinePath File(string path, int owner, int group) =>
        new(path, owner, group, "0600", IsFile: true);
}

/// <summary>
/// All that components keep on machines, in the order in which it is made: a directory before its files.
/// </summary>
public static class MachineDirectories
{
    public static ValueList<MachinePath> Of(Platform platform, Cluster cluster)
    {
        var setting = new Setting(platform, cluster);
        return LocalPathProvisioner.PathsOf(setting)
            .Concat(MonitoringStorage.PathsOf(setting))
            .Concat(Traefik.PathsOf(setting))
            .OrderBy(path => path.Path, StringComparer.Ordinal)
            .ToValueList();
    }
}
