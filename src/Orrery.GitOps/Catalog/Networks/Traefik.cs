using Orrery.GitOps.Catalog.Charts;
using Orrery.GitOps.K3s;
using Orrery.GitOps.Manifests;
using Orrery.GitOps.Ordering;
using Orrery.Model.Documents;
using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.GitOps.Catalog.Networks;

/// <summary>
/// The ingress controller that K3s brings, told what to do by a HelmChartConfig that lies on the machine before the
/// first start: it must know the certificates that it has before it orders any.
/// </summary>
internal static class Traefik
{
    // The chart runs it as this user: podSecurityContext of https://github.com/traefik/traefik-helm-chart.
    private const int User = 65532;
    private const string Space = "kube-system";
    public const string Resolver = "letsencrypt";

    private static readonly Chart Chart = new("https://traefik.github.io/charts", "traefik", "41.3.0");

    // https://letsencrypt.org/docs/acme-protocol-updates
    private const string Production = "https://acme-v02.api.letsencrypt.org/directory";
    private const string Staging = "https://acme-staging-v02.api.letsencrypt.org/directory";

    public static CatalogComponent? Of(Setting setting)
    {
        if (setting.Component("traefik") is not { } component || setting.Cluster.Distribution is not Distribution.K3s)
            return null;
        var storage = StorageOf(component);
        var values = Manifest.Over(Values(component, setting.Platform.Acme, storage), component.Values);
        var objects = ValueMap.Of(("traefik-config.yaml", Manifest.Of(
            "helm.cattle.io/v1",
            "HelmChartConfig",
            "traefik",
            Space,
            ("spec", Value.MapOf(("valuesContent", YamlText.Write(values)))))));
        if (storage is not null)
        {
            objects = objects.With("traefik-claim.yaml", storage.Claim(Space))
                .With("traefik-volume.yaml", storage.Volume());
        }

        return new CatalogComponent
        {
            Name = "traefik",
            Namespace = Space,
            By = DeliveredBy.Boot,
            ClusterValues = values,
            Objects = objects,
            Provides = Provided,
        };
    }

    /// <summary>By its own chart, where the distribution brings none: https://doc.traefik.io/traefik/.</summary>
    public static CatalogComponent? OfTalos(Setting setting)
    {
        if (setting.Component("traefik") is not { } component || setting.Cluster.Distribution is not Distribution.Talos)
            return null;
        var gateway = component.Option("gatewayApi")?.AsBool() == true;
        var values = Manifest.Over(Values(component, null, null), Value.MapOf(
            ("gateway", Value.MapOf(("enabled", gateway))),
            ("ingressClass", Value.MapOf(("enabled", true), ("isDefaultClass", true))),
            ("providers", Value.MapOf(("kubernetesGateway", Value.MapOf(("enabled", gateway)))))));
        if (PoolAddresses.Of(setting.Cluster, ClusterEdge.IngressPool) is { } address)
        {
            values = Manifest.Over(values, Value.MapOf(
                ("service", Value.MapOf(("annotations", Value.MapOf((address.Annotation, address.Ip)))))));
        }
        else if (PoolAddresses.NodeOf(setting.Cluster) is { } node)
        {
            values = Manifest.Over(values, Value.MapOf(("service", Value.MapOf(("spec", Value.MapOf(
                ("externalIPs", Manifest.Texts(node)), ("type", "ClusterIP")))))));
        }

        return component.AsChart("traefik", Chart, values) with
        {
            Provides = Provided,
        };
    }

    private static ValueList<Capability> Provided =>
    [
        new Capability(CapabilityKind.IngressClass, "traefik"),
        new Capability(CapabilityKind.Crd, "ingressroutes.traefik.io"),
        new Capability(CapabilityKind.Crd, "middlewares.traefik.io"),
    ];

    /// <summary>Traefik refuses a certificate store that others may read.</summary>
    public static IEnumerable<MachinePath> PathsOf(Setting setting) =>
        setting.Component("traefik") is { } component && StorageOf(component) is { } storage
            ?
            [
                MachinePath.Directory(storage.Path, User, User, MachinePath.OwnerOnly),
                MachinePath.File(storage.Path + "/acme.json", User, User),
            ]
            : [];

    private static StaticVolume? StorageOf(Component component) => component.Text("storage", "hostPath") is { } path
        ? new StaticVolume("traefik-acme", path, "100Mi", User, User)
        : null;

    private static Value.Map Values(Component component, Acme? acme, StaticVolume? storage)
    {
        var port = component.Option("metricsPort")?.AsNumber() ?? 9100;
        var values = Value.MapOf(
            ("ports", Value.MapOf(("metrics", Value.MapOf(("exposedPort", port), ("port", port))))),
            // The old one goes first: two of them would write one certificate store.
            ("updateStrategy", Value.MapOf(
                ("rollingUpdate", Value.MapOf(("maxSurge", 0), ("maxUnavailable", 1))), ("type", "RollingUpdate"))));
        List<string> arguments = [];
        if (component.Option("redirectToHttps")?.AsBool() == true)
        {
            // The chart moved these values twice since K3s 1.30; Traefik's own arguments stay.
            const string Redirection = "--entryPoints.web.http.redirections.entryPoint";
            arguments = [$"{Redirection}.to=:443", $"{Redirection}.scheme=https", $"{Redirection}.permanent=true"];
        }

        if (acme is not null)
        {
            arguments.Add($"--entryPoints.websecure.http.tls.certResolver={Resolver}");
            values = values.With("certificatesResolvers", Value.MapOf((Resolver, Value.MapOf(("acme", AcmeOf(acme))))));
        }

        if (arguments.Count > 0)
            values = values.With("additionalArguments", Manifest.Texts([.. arguments]));
        return storage is null ? values : values.With("persistence", Value.MapOf(
            ("enabled", true), ("existingClaim", storage.Name + "-data"), ("path", "/data")));
    }

    private static Value.Map AcmeOf(Acme acme) => Value.MapOf(
        ("caServer", acme.Environment == AcmeEnvironment.Staging ? Staging : Production),
        ("email", acme.Email),
        ("storage", "/data/acme.json"),
        acme.Challenge == AcmeChallenge.Http
            ? ("httpChallenge", Value.MapOf(("entryPoint", "web")))
            : ("tlsChallenge", true));
}
