using Orrery.GitOps.Manifests;
using Orrery.Model.Values;

namespace Orrery.GitOps.Catalog.Charts;

/// <summary>
/// Matrix by Element's own chart, which brings its database and makes its keys in the cluster when it is installed:
/// https://github.com/element-hq/ess-helm.
/// </summary>
internal static class Matrix
{
    private static readonly Chart Chart = new("oci://ghcr.io/element-hq/ess-helm", "matrix-stack", "26.8.1");

    public static CatalogComponent? Of(Setting setting)
    {
        if (setting.Component("matrix") is not { } component)
            return null;
        var web = Web.Of(setting, "chat");
        return component.AsChart("matrix", Chart, web is null ? null : ValuesOf(setting, web)) with
        {
            // Calls need ports of the nodes, and its own administration a second way in.
            BaseValues = Value.MapOf(
                ("elementAdmin", Value.MapOf(("enabled", false))), ("matrixRTC", Value.MapOf(("enabled", false)))),
            Requires = [.. StorageCharts.ClaimsOf(setting), .. Web.Needs(web)],
        };
    }

    private static Value.Map ValuesOf(Setting setting, Web web)
    {
        var domain = setting.Platform.Domain ?? "";
        var values = Value.MapOf(
            ("elementWeb", At(web.Host)),
            ("ingress", Value.MapOf(("className", web.Class))),
            ("matrixAuthenticationService", At($"account.{domain}")),
            ("serverName", domain),
            ("synapse", At($"matrix.{domain}")));
        return web.Issuer is null
            ? Manifest.Over(values, Value.MapOf(("ingress", Value.MapOf(("tlsEnabled", false)))))
            : values.With("certManager", Value.MapOf(("clusterIssuer", web.Issuer)));
    }

    private static Value.Map At(string host) => Value.MapOf(("ingress", Value.MapOf(("host", host))));
}
