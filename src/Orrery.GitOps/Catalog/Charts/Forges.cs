using Orrery.GitOps.Manifests;
using Orrery.Model.Values;

namespace Orrery.GitOps.Catalog.Charts;

/// <summary>
/// Gitea and Forgejo, whose charts are of one kind: one process with its database in a file, and all its data in one
/// claim. https://gitea.com/gitea/helm-gitea, https://code.forgejo.org/forgejo-helm/forgejo-helm
/// </summary>
internal static class Forges
{
    private static readonly Chart Gitea = new("https://dl.gitea.com/charts", "gitea", "12.5.0");

    private static readonly Chart Forgejo = new("oci://code.forgejo.org/forgejo-helm", "forgejo", "17.1.5");

    public static CatalogComponent? OfForgejo(Setting setting) => Of(setting, Forgejo, Value.Map.Empty);

    public static CatalogComponent? OfGitea(Setting setting) => Of(setting, Gitea, Value.MapOf(
        ("postgresql", Off), ("postgresql-ha", Off), ("valkey", Off), ("valkey-cluster", Off)));

    private static CatalogComponent? Of(Setting setting, Chart chart, Value.Map without)
    {
        if (setting.Component(chart.Name) is not { } component)
            return null;
        var web = Web.Of(setting, "git");
        var administrator = $"{chart.Name}-admin";
        return component.AsChart(chart.Name, chart, web is null ? null : Value.MapOf(
            ("gitea", Value.MapOf(("config", Value.MapOf(("server", Value.MapOf(
                ("DOMAIN", web.Host), ("ROOT_URL", $"https://{web.Host}/"))))))),
            ("ingress", web.Values("className", web.HostWithPaths)))) with
        {
            BaseValues = Manifest.Over(without, Value.MapOf(
                ("gitea", Value.MapOf(
                    ("admin", Value.MapOf(("existingSecret", administrator))),
                    ("config", Value.MapOf(
                        ("cache", Value.MapOf(("ADAPTER", "memory"))),
                        ("database", Value.MapOf(("DB_TYPE", "sqlite3"))),
                        ("queue", Value.MapOf(("TYPE", "level"))),
                        ("session", Value.MapOf(("PROVIDER", "memory"))))))),
                ("persistence", Value.MapOf(("enabled", true))),
                // Two of them would write one database.
                ("strategy", Value.MapOf(("type", "Recreate"))))),
            Secrets =
            [
                ComponentSecret.Of(
                    administrator, ("password", new SecretSource.Password(administrator)),
                    ("username", new SecretSource.Plain("orrery"))),
            ],
            Requires = [.. StorageCharts.ClaimsOf(setting), .. Web.Needs(web)],
        };
    }

    private static Value.Map Off => Value.MapOf(("enabled", false));
}
