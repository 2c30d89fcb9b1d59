using System.Globalization;
using Orrery.Engine.Ports;
using Orrery.Model.Diagnostics;
using Orrery.Model.Platforms;
using Orrery.Model.Values;
using Orrery.Providers.Talos.Configuration;

namespace Orrery.Providers.Talos.Upgrades;

/// <summary>
/// The way from the versions that run to the declared ones: one minor version at a time, Talos before Kubernetes where
/// both could be next, and never a pair that Talos does not support. Within a minor version of Kubernetes the API
/// servers go first, then what asks them, then the kubelets, which is the order that Kubernetes bears
/// (https://kubernetes.io/releases/version-skew-policy/). Pure.
/// </summary>
/// <param name="running">With what its nodes run.</param>
/// <param name="releases">Those of Talos that there are images of.</param>
internal sealed class UpgradeHops(Cluster running, IReadOnlyList<string> releases)
{
    /// <summary>
    /// The last patches of minor versions that get no more (https://kubernetes.io/releases/patch-releases/); later ones
    /// are passed through in their first release, for some minutes.
    /// </summary>
    private static readonly Dictionary<int, int> LastPatches = new()
    {
        [27] = 16,
        [28] = 15,
        [29] = 15,
        [30] = 14,
        [31] = 14,
    };

    private readonly Distribution.Talos _declared = (Distribution.Talos)running.Distribution;
    private readonly List<UpgradeStage> _stages = [];
    private readonly string[] _order =
    [
        .. TalosMachines.Of(running).OrderBy(place => place.Pool.Role == NodeRole.Worker).Select(place => place.Node),
    ];

    private ValueMap<NodeVersions> _now = running.Versions;

    /// <summary>The stages, or why there are none.</summary>
    public UpgradeRoute Find()
    {
        if (_now.Count == 0)
            return new UpgradeRoute([], []);
        if (Newer() is { } newer)
            return new UpgradeRoute([], [newer]);
        while (!IsThere())
        {
            if (Step() is { } problem)
                return new UpgradeRoute([], [problem]);
        }

        return new UpgradeRoute(_stages.ToValueList(), []);
    }

    private string Talos => Oldest(versions => versions.Talos);

    private string Kubernetes => new[]
    {
        Oldest(versions => versions.ApiServer), Oldest(versions => versions.Controllers),
        Oldest(versions => versions.Kubelet),
    }.Order(Comparer<string>.Create(RunningVersions.Compare)).First();

    private bool IsThere() => Talos == _declared.Version && Kubernetes == _declared.Kubernetes;

    private Diagnostic? Newer()
    {
        foreach (var (node, versions) in _now)
        {
            if (RunningVersions.Compare(versions.Talos, _declared.Version) > 0)
                return TalosDiagnostics.Older(running.Name, node, $"Talos {versions.Talos}", _declared.Version);
            string[] parts = [versions.ApiServer, versions.Controllers, versions.Kubelet];
            if (parts.FirstOrDefault(part => RunningVersions.Compare(part, _declared.Kubernetes) > 0) is { } part)
                return TalosDiagnostics.Older(running.Name, node, $"Kubernetes {part}", _declared.Kubernetes);
        }

        return null;
    }

    /// <summary>One hop further; or why none is possible.</summary>
    private Diagnostic? Step()
    {
        var (talos, kubernetes) = (Talos, Kubernetes);
        var nextTalos = talos == _declared.Version ? null : NextTalos(talos);
        if (nextTalos is not null && TalosVersion.Parse(nextTalos) is { } next && TalosSupport.Runs(next, kubernetes))
        {
            Add($"Talos {talos} to {nextTalos}", versions =>
                IsOlder(versions.Talos, nextTalos) ? versions with { Talos = nextTalos } : versions);
            return null;
        }

        var nextKubernetes = kubernetes == _declared.Kubernetes ? null : NextKubernetes(kubernetes);
        if (nextKubernetes is null || TalosVersion.Parse(talos) is not { } current
            || !TalosSupport.Runs(current, nextKubernetes))
        {
            return TalosDiagnostics.NoWay(running.Name, (talos, kubernetes), (nextTalos, nextKubernetes));
        }

        var hop = $"Kubernetes {kubernetes} to {nextKubernetes}";
        Add($"{hop}: API servers", versions => IsOlder(versions.ApiServer, nextKubernetes)
            ? versions with { ApiServer = nextKubernetes } : versions, planesOnly: true);
        Add($"{hop}: controllers", versions => IsOlder(versions.Controllers, nextKubernetes)
            ? versions with { Controllers = nextKubernetes } : versions, planesOnly: true);
        Add($"{hop}: kubelets", versions => IsOlder(versions.Kubelet, nextKubernetes)
            ? new NodeVersions(versions.Talos, nextKubernetes, nextKubernetes, nextKubernetes) : versions);
        return null;
    }

    private void Add(string title, Func<NodeVersions, NodeVersions> change, bool planesOnly = false)
    {
        var planes = DeclaredMachines.ControlPlaneNodes(running);
        var after = _now.Map((node, versions) => planesOnly && !planes.Contains(node) ? versions : change(versions));
        var nodes = _order.Where(node => _now[node] != after[node]).ToValueList();
        _now = after;
        if (nodes.Count > 0)
            _stages.Add(new UpgradeStage(running.Name, title, nodes) { Versions = after, Order = [.. _order] });
    }

    private string? NextTalos(string talos)
    {
        if (TalosVersion.Parse(talos) is not { } now || TalosVersion.Parse(_declared.Version) is not { } goal
            || now.Major != goal.Major)
            return null;
        return goal.Minor - now.Minor <= 1
            ? _declared.Version
            : releases.Where(release => TalosVersion.Parse(release) is { Suffix: "" } each && each.Major == now.Major
                    && each.Minor == now.Minor + 1)
                .Order(Comparer<string>.Create(RunningVersions.Compare)).LastOrDefault();
    }

    private string? NextKubernetes(string kubernetes)
    {
        if (TalosVersion.Parse(kubernetes) is not { } now || TalosVersion.Parse(_declared.Kubernetes) is not { } goal
            || now.Major != goal.Major)
            return null;
        return goal.Minor - now.Minor <= 1
            ? _declared.Kubernetes
            : string.Create(
                CultureInfo.InvariantCulture,
                $"v{now.Major}.{now.Minor + 1}.{LastPatches.GetValueOrDefault(now.Minor + 1)}");
    }

    private string Oldest(Func<NodeVersions, string> part) =>
        _now.Values.Select(part).Order(Comparer<string>.Create(RunningVersions.Compare)).First();

    private static bool IsOlder(string one, string other) => RunningVersions.Compare(one, other) < 0;
}
