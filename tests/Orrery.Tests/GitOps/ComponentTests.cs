using Orrery.GitOps.Catalog;
using Orrery.GitOps.Catalog.Charts;
using Orrery.GitOps.Delivery;
using Orrery.GitOps.Ordering;
using Orrery.Model.Documents;
using Orrery.Model.Platforms;
using Orrery.Model.Values;
using Orrery.Tests.Contracts;
using Orrery.Tests.Model;

namespace Orrery.Tests.GitOps;

/// <summary>The components of the examples that run Talos: where they come from, and what they are told.</summary>
public sealed class ComponentTests
{
    private static readonly string[] Examples = ["cloudlab", "ducktape", "fluodata"];

    private static IReadOnlyList<(Cluster Cluster, CatalogComponent Component)> All { get; } =
    [
        .. from example in Examples
           let platform = TalosPlatformTests.Meant(example)
           from cluster in platform.Clusters.Values
           from component in Components.Of(platform, cluster)
           select (cluster, component),
    ];

    /// <summary>What others look for under these names.</summary>
    [Fact]
    public void PowerDNS_is_found_by_the_names_that_others_use()
    {
        var dns = Find("powerdns");
        dns.Namespace.ShouldBe("powerdns");
        dns.Secrets.Select(secret => $"{secret.Name}: {string.Join(' ', secret.Data.Keys)}")
            .ShouldBe(["powerdns-api-key: api-key", "powerdns-transfer-key: key", "powerdns-update-key: key"]);
        YamlText.Write(dns.Objects["powerdns-api-service.yaml"]).ShouldContain("port: 8081");
        var server = YamlText.Write(dns.Objects["powerdns-service.yaml"]);
        server.ShouldContain("metallb.io/loadBalancerIPs: 10.2.3.3");
        server.ShouldContain("type: LoadBalancer");
    }

    /// <summary>cert-manager's controller reads Secrets of a ClusterIssuer from its own namespace.</summary>
    [Fact]
    public void Names_are_proved_by_records_that_only_who_has_a_key_of_its_own_may_write()
    {
        var issuer = Find("cluster-issuer");
        issuer.Namespace.ShouldBe("cert-manager");
        issuer.Secrets.ShouldHaveSingleItem().Data["key"].ShouldBe(new SecretSource.UpdateKey());
        var written = YamlText.Write(issuer.Objects["issuer.yaml"]);
        written.ShouldContain("name: letsencrypt\n");
        written.ShouldContain("nameserver: powerdns.powerdns.svc:53");
        written.ShouldContain("tsigKeyName: orrery-talos-updates");
        written.ShouldContain("https://acme-staging-v02.api.letsencrypt.org/directory");

        var files = YamlText.Write(Find("powerdns").Objects["powerdns-files.yaml"]);
        files.ShouldContain("allow-dnsupdate-from=\n");
        files.ShouldContain("TSIG-ALLOW-DNSUPDATE orrery-talos-updates");
        files.ShouldContain("TSIG-ALLOW-AXFR orrery-talos\n");
    }

    [Fact]
    public void Whoever_keeps_data_has_storage_to_keep_them_in()
    {
        var storage = new Capability(CapabilityKind.Storage, StorageCharts.DefaultClass);
        foreach (var (cluster, component) in All)
        {
            var claims = component.Requires.Any(storage.Is);
            claims.ShouldBe(StorageCharts.Claiming.Contains(component.Name), component.Name);
            if (claims)
                All.ShouldContain(each => each.Cluster == cluster && each.Component.Provides.Any(storage.Is));
        }
    }

    [ContractFact]
    public void Every_object_of_ours_holds_its_contract()
    {
        var objects = All.SelectMany(each => each.Component.Objects.Values).ToList();
        objects.Count.ShouldBeGreaterThan(10);
        foreach (var manifest in objects.Where(each => each["apiVersion"].AsText() != "cilium.io/v2alpha1"))
            ObjectContract.Holds(manifest);
    }

    [Fact]
    public void No_value_of_a_Secret_stands_in_a_tree()
    {
        foreach (var (_, component) in All)
        {
            component.Objects.Values.ShouldAllBe(each => each["kind"].AsText() != "Secret");
            foreach (var secret in component.Secrets.Where(secret => component.Objects.Count > 0))
            {
                string.Concat(component.Objects.Values.Select(YamlText.Write))
                    .ShouldContain($"name: {secret.Name}\n", Case.Sensitive, component.Name);
            }
        }
    }

    /// <summary>A version is pinned in one place, and it is one that exists.</summary>
    [ContractFact]
    public void Every_chart_is_pinned_to_a_version_that_its_repository_has()
    {
        var known = ObjectContract.Read("charts.json").EnumerateArray()
            .Select(chart => $"{chart.GetProperty("chart")} {chart.GetProperty("version")}")
            // Public declarations use these; the list does not have them.
            .Concat(["flux2 2.18.3", "forgejo 17.1.5", "grafana 12.11.1", "matrix-stack 26.8.1"]).ToList();
        foreach (var chart in All.Select(each => each.Component.Chart).OfType<Chart>())
            known.ShouldContain($"{chart.Name} {chart.Version}");
    }

    [ContractTheory]
    [InlineData("cert-manager", "cert-manager")]
    [InlineData("cloudnative-pg", "cloudnative-pg")]
    [InlineData("headlamp", "headlamp")]
    [InlineData("loki", "loki")]
    [InlineData("scylladb", "scylla-operator")]
    [InlineData("traefik", "traefik")]
    public void Values_hold_what_the_chart_says_of_them(string component, string schema)
    {
        foreach (var found in All.Select(each => each.Component).Where(each => each.Name == component))
        {
            ObjectContract.HoldsAsValuesOf(schema, found.BaseValues);
            // Its fields are Kubernetes' own, which the chart's schema does not repeat.
            ObjectContract.HoldsAsValuesOf(schema, new Value.Map(found.ClusterValues.Fields.Without("service")));
        }
    }

    [Theory]
    [InlineData("authentik", "authentik authentik-settings auth.test-cluster.agentydragon.com")]
    [InlineData("gitea", "gitea gitea-admin git.test-cluster.agentydragon.com")]
    [InlineData("grafana", "grafana grafana-admin grafana.test-cluster.agentydragon.com")]
    [InlineData("harbor", "harbor harbor-keys registry.test-cluster.agentydragon.com")]
    public void A_chart_gets_the_names_of_its_Secrets_and_its_host(string name, string expected)
    {
        var words = expected.Split(' ');
        var component = Find(name);
        component.Namespace.ShouldBe(words[0]);
        component.Secrets.Select(secret => secret.Name).ShouldBe([words[1]]);
        var values = YamlText.Write(component.BaseValues) + YamlText.Write(component.ClusterValues);
        values.ShouldContain(words[1]);
        values.ShouldContain(words[2]);
        values.ShouldContain("cert-manager.io/cluster-issuer: letsencrypt");
    }

    /// <summary>Charts take passwords as values, too, and everybody could read them in Git.</summary>
    [Fact]
    public void No_chart_is_told_a_password()
    {
        foreach (var (_, component) in All)
        {
            foreach (var values in (Value.Map[])[component.BaseValues, component.ClusterValues])
                Passwords(values).ShouldBeEmpty(component.Name);
        }
    }

    [Theory]
    [InlineData("cloudlab", "authentik-database", "Cluster", "authentik-database-rw")]
    [InlineData("ducktape", "authentik-database", "StatefulSet", "authentik-database")]
    [InlineData("ducktape", "harbor-database", "StatefulSet", "harbor-database")]
    public void A_database_is_the_operators_where_there_is_one(string example, string name, string kind, string host)
    {
        var platform = TalosPlatformTests.Meant(example);
        var components = Components.Of(platform, platform.Clusters.Values.First());
        components.Single(each => each.Name == name).Objects.Values
            .ShouldContain(each => each["kind"].AsText() == kind);
        var owner = components.Single(each => each.Name == name.Replace("-database", ""));
        var told = YamlText.Write(owner.ClusterValues)
            + string.Join(' ', owner.Secrets.SelectMany(secret => secret.Data.Values));
        told.ShouldContain(host);
    }

    [Fact]
    public void People_are_made_in_Authentik_with_passwords_that_stand_nowhere()
    {
        var users = Find("authentik-users").Objects["blueprint.yaml"];
        ((Value.Map)users["data"])["users.yaml"].AsText().ShouldBe(
            """
            version: 1
            metadata:
              name: Orrery - people
            entries:
            - model: authentik_core.group
              state: created
              identifiers:
                name: 'authentik Admins'
            - model: authentik_core.user
              state: created
              identifiers:
                username: 'agentydragon'
              attrs:
                name: 'agentydragon'
                email: 'agentydragon@example.org'
                password: !Env ORRERY_PASSWORD_AGENTYDRAGON
            - model: authentik_core.user
              state: present
              identifiers:
                username: 'agentydragon'
              attrs:
                name: 'agentydragon'
                email: 'agentydragon@example.org'
                groups: [!Find [authentik_core.group, [name, 'authentik Admins']]]

            """);
        var settings = Find("authentik").Secrets.ShouldHaveSingleItem();
        settings.Data["ORRERY_PASSWORD_AGENTYDRAGON"].ShouldBe(new SecretSource.Password("user-agentydragon"));
    }

    [ContractFact]
    public void A_chart_of_a_registry_is_fetched_from_there()
    {
        var files = GitOpsTree.Of(TalosPlatformTests.Meant("ducktape")).Value.ShouldNotBeNull().Files;
        files["overlays/talos/matrix/repository.yaml"].ShouldContain("oci://ghcr.io/element-hq/ess-helm/matrix-stack");
        files["overlays/talos/matrix/release.yaml"].ShouldContain("kind: OCIRepository");
        ObjectContract.Holds(YamlDocuments.Read(files["overlays/talos/matrix/repository.yaml"])[0]);
        ObjectContract.Holds(YamlDocuments.Read(files["overlays/talos/matrix/release.yaml"])[0]);
    }

    [ContractFact]
    public void Declared_projects_of_Argo_CD_stand_beside_ours()
    {
        var files = GitOpsTree.Of(TalosPlatformTests.Meant("fluodata")).Value.ShouldNotBeNull().Files;
        foreach (var name in (string[])["apps", "infrastructure"])
        {
            var project = YamlDocuments.Read(files[$"argocd/apps/project-{name}.yaml"])[0];
            ObjectContract.Holds(project);
            YamlText.Write((Value.Map)project).ShouldContain($"name: {name}\n");
        }
    }

    private static IEnumerable<string> Passwords(Value value, string at = "") => value switch
    {
        Value.Map map => map.Fields.SelectMany(field => Passwords(field.Value, field.Key)),
        Value.List list => list.Items.SelectMany(item => Passwords(item, at)),
        // Names of Secrets and of their keys are none.
        Value.Text text when at.EndsWith("assword", StringComparison.Ordinal) && !at.StartsWith("existing",
            StringComparison.Ordinal) => [$"{at}: {text.Of}"],
        _ => [],
    };

    private static CatalogComponent Find(string name) =>
        All.First(each => each.Component.Name == name && each.Cluster.Name == "talos").Component;
}
