using System.Text.Json.Nodes;
using Orrery.Simulation.ArgoCd;

namespace Orrery.Simulation.K3s.Charts;

/// <summary>
/// The charts that the world knows, by repository, name and version. Each gives the objects that matter for delivery
/// and health, made of the values that matter for them; the rest of a real chart is left out.
/// </summary>
public sealed class ChartLibrary : IChartLibrary
{
    /// <summary>The repository of the charts that K3s brings with itself.</summary>
    public const string Packaged = "https://%{KUBERNETES_API}%/static/charts";

    private const string ArgoHelm = "https://argoproj.github.io/argo-helm";
    private const string Cilium = "https://helm.cilium.io";
    private const string ExternalSecrets = "https://charts.external-secrets.io";
    private const string Flux = "https://fluxcd-community.github.io/helm-charts";
    private const string MetalLb = "https://metallb.github.io/metallb";
    private const string OpenBao = "https://openbao.github.io/openbao-helm";
    private const string Prometheus = "https://prometheus-community.github.io/helm-charts";
    private const string SealedSecrets = "https://bitnami-labs.github.io/sealed-secrets";

    private readonly SortedDictionary<string, Func<ChartRequest, IEnumerable<JsonObject>>> _charts =
        new(StringComparer.Ordinal);

    /// <summary>With those that a platform such as cosmos is made of.</summary>
    public ChartLibrary()
    {
        Add(ArgoHelm, "argo-cd", "10.1.1", ArgoCdChart.Objects);
        Add(ArgoHelm, "argocd-image-updater", "1.2.4", ImageUpdaterChart.Objects);
        Add(Cilium, "cilium", "1.19.6", CiliumChart.Objects);
        Add(ExternalSecrets, "external-secrets", "2.9.0", ExternalSecretsChart.Objects);
        Add(Flux, "flux2", "2.18.3", FluxChart.Objects);
        Add(MetalLb, "metallb", "0.16.1", MetalLbChart.Objects);
        Add(OpenBao, "openbao", "0.29.2", OpenBaoChart.Objects);
        Add(Prometheus, "kube-prometheus-stack", "65.2.0", PrometheusChart.Objects);
        Add(Prometheus, "kube-prometheus-stack", "88.5.3", PrometheusChart.Objects);
        Add(SealedSecrets, "sealed-secrets", "2.17.1", SealedSecretsChart.Objects);
        Add(SealedSecrets, "sealed-secrets", "2.18.5", SealedSecretsChart.Objects);
        Add(Packaged, "traefik", "37.1.1+up37.1.0", TraefikChart.Objects);
        CommonCharts.AddTo(this);
        PlatformCharts.AddTo(this);
        StorageCharts.AddTo(this);
        Add("https://traefik.github.io/charts", "traefik", "41.3.0", request =>
            [.. TraefikChart.Definitions(request), .. TraefikChart.Objects(request)]);
        Add(Packaged, "traefik-crd", "37.1.1+up37.1.0", TraefikChart.Definitions);
    }

    /// <summary>Makes a chart known.</summary>
    public void Add(
        string repository, string chart, string version, Func<ChartRequest, IEnumerable<JsonObject>> objects) =>
        _charts[Key(repository, chart, version)] = objects;

    public ChartObjects? Render(ChartRequest request) =>
        _charts.TryGetValue(KeyOf(request), out var objects)
            ? new ChartObjects([.. objects(request)])
            : null;

    /// <summary>Why a chart cannot be had, in Helm's words, or null.</summary>
    public string? Problem(ChartRequest request)
    {
        if (_charts.ContainsKey(KeyOf(request)))
            return null;
        if (!HasRepository(request.Repository))
            return $"looks like \"{request.Repository}\" is not a valid chart repository or cannot be reached";
        return _charts.Keys.Any(
            key => key.StartsWith(Key(request.Repository, request.Chart, ""), StringComparison.Ordinal))
            ? $"chart \"{request.Chart}\" version \"{request.Version}\" not found in {request.Repository} repository"
            : $"chart \"{request.Chart}\" not found in {request.Repository} repository";
    }

    /// <summary>Whether there is a repository at an address at all.</summary>
    public bool HasRepository(string repository) =>
        _charts.Keys.Any(key => key.StartsWith(Key(repository, "", ""), StringComparison.Ordinal));

    private static string KeyOf(ChartRequest request) => Key(request.Repository, request.Chart, request.Version);

    private static string Key(string repository, string chart, string version)
    {
        // Argo CD names a registry without its scheme.
        var start = repository.Replace("oci://", "", StringComparison.Ordinal).TrimEnd('/') + " ";
        return chart.Length == 0 ? start : $"{start}{chart} {version}";
    }
}
