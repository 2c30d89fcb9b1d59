using Orrery.GitOps.Catalog.Programs;
using Orrery.GitOps.Manifests;
using Orrery.Model.Values;

namespace Orrery.GitOps.Catalog.Charts;

/// <summary>Authentik, which knows people and lets them in: https://docs.goauthentik.io/install-config/.</summary>
internal static class Authentik
{
    public const string Name = "authentik";

    /// <summary>All that it is told by its environment, secret or not: the chart takes either this or values.</summary>
    private const string Settings = "authentik-settings";

    private static readonly Chart Chart = new("https://charts.goauthentik.io", Name, "2026.8.0");

    public static CatalogComponent? Of(Setting setting)
    {
        if (setting.Component(Name) is not { } component)
            return null;
        var database = DatabaseOf(component);
        var web = Web.Of(setting, "auth");
        var people = AuthentikUsers.Of(setting);
        var values = Value.MapOf(
            ("authentik", Value.MapOf(("existingSecret", Value.MapOf(("secretName", Settings))))));
        if (web is not null)
        {
            values = values.With(
                "server", Value.MapOf(("ingress", web.Values("ingressClassName", web.Host))));
        }

        if (people is not null)
        {
            values = values.With(
                "blueprints", Value.MapOf(("configMaps", Manifest.Texts(AuthentikUsers.Name))));
        }

        return component.AsChart(Name, Chart, values) with
        {
            Secrets = [new ComponentSecret(Settings, ValueMap.From(SettingsOf(setting, database)))],
            Requires = Web.Needs(web),
        };
    }

    public static CatalogComponent? DatabaseOf(Setting setting) =>
        setting.Component(Name) is { } component ? DatabaseOf(component).Of(setting) : null;

    /// <summary>https://docs.goauthentik.io/install-config/configuration/</summary>
    private static IEnumerable<KeyValuePair<string, SecretSource>> SettingsOf(Setting setting, Database database) =>
    [
        KeyValuePair.Create<string, SecretSource>(
            "AUTHENTIK_BOOTSTRAP_PASSWORD", new SecretSource.Password("authentik-admin")),
        KeyValuePair.Create<string, SecretSource>(
            "AUTHENTIK_POSTGRESQL__HOST", new SecretSource.Plain(database.Host(setting))),
        KeyValuePair.Create<string, SecretSource>(
            "AUTHENTIK_POSTGRESQL__NAME", new SecretSource.Plain(database.Owner)),
        KeyValuePair.Create("AUTHENTIK_POSTGRESQL__PASSWORD", database.Password),
        KeyValuePair.Create<string, SecretSource>(
            "AUTHENTIK_POSTGRESQL__USER", new SecretSource.Plain(database.Owner)),
        // It signs sessions with it and makes ids of it: another one would be another installation.
        KeyValuePair.Create<string, SecretSource>(
            "AUTHENTIK_SECRET_KEY", new SecretSource.Password("authentik-key") { Length = 64 }),
        .. AuthentikUsers.Passwords(setting),
    ];

    private static Database DatabaseOf(Model.Platforms.Component component) =>
        new(Name, component.Namespace ?? Name);
}
