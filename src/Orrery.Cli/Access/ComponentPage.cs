using Orrery.GitOps.Catalog;
using Orrery.Model.Platforms;

namespace Orrery.Cli.Access;

/// <summary>A component's page for people.</summary>
/// <param name="Name">As it is asked for, for example <c>grafana</c>.</param>
/// <param name="Component">The catalog's component that has it.</param>
/// <param name="Selector">Labels of its service, as the component's chart writes them.</param>
/// <param name="Login">Null where everybody may see it.</param>
internal sealed record ComponentPage(string Name, string Component, string Selector, PageLogin? Login)
{
    /// <summary>The component's namespace in the cluster.</summary>
    public string Namespace { get; private init; } = "";

    /// <summary>
    /// Labels and secrets: https://github.com/argoproj/argo-helm/tree/main/charts/argo-cd/templates/argocd-server,
    /// https://github.com/prometheus-community/helm-charts/tree/main/charts/kube-prometheus-stack/templates.
    /// </summary>
    private static readonly ComponentPage[] Known =
    [
        new("argocd", "argo-cd", "app.kubernetes.io/name=argocd-server",
            new PageLogin("admin", "argocd-initial-admin-secret")),
        new("grafana", "kube-prometheus-stack", "app.kubernetes.io/name=grafana",
            new PageLogin("admin", "grafana-admin")),
        new("prometheus", "kube-prometheus-stack", "app=kube-prometheus-stack-prometheus", null),
        new("alertmanager", "kube-prometheus-stack", "app=kube-prometheus-stack-alertmanager", null),
    ];

    /// <summary>All that there are, whichever a cluster has.</summary>
    public static IEnumerable<string> Names => Known.Select(page => page.Name);

    /// <summary>Those that the cluster has, in the order of the table.</summary>
    public static IReadOnlyList<ComponentPage> Of(Platform platform, Cluster cluster)
    {
        var components = Components.Of(platform, cluster).ToDictionary(component => component.Name);
        return
        [
            .. Known.Where(page => components.ContainsKey(page.Component))
                .Select(page => page with { Namespace = components[page.Component].Namespace }),
        ];
    }
}

/// <summary>Who opens a page: a user, and the secret of the page's namespace whose <c>password</c> is theirs.</summary>
internal sealed record PageLogin(string User, string Secret);
