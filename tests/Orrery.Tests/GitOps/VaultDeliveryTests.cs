using Orrery.GitOps.Catalog;
using Orrery.GitOps.Delivery;
using Orrery.Model.Documents;
using Orrery.Model.Platforms;
using Orrery.Model.Values;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.GitOps;

/// <summary>What a cluster gets that keeps its secrets in a Vault of its own.</summary>
public sealed class VaultDeliveryTests
{
    private const string Document =
        """
        PASSWORD: ENC[AES256_GCM,data:planted-ciphertext,iv:AAAA,tag:AAAA,type:str]
        api.key: ENC[AES256_GCM,data:planted-ciphertext,iv:AAAA,tag:AAAA,type:str]
        not a key: ENC[AES256_GCM,data:planted-ciphertext,iv:AAAA,tag:AAAA,type:str]
        sops:
            version: 3.9.0
        """;

    private static readonly string[] Delivered = ["external-secrets", "openbao", "vault-secrets"];

    private static Platform Platform => WithDocuments(("app.sops.yaml", Document));

    private static ValueMap<string> Files => GitOpsTree.Of(Platform).Value.ShouldNotBeNull().Files;

    [Fact]
    public void The_tree_has_names_and_keys_of_documents_and_nothing_else_of_them()
    {
        Files.Values.ShouldAllBe(text => !text.Contains("planted", StringComparison.Ordinal));
        Files["overlays/prod/vault-secrets/app.yaml"].ShouldBe(GitOpsTree.Header +
            """
            apiVersion: external-secrets.io/v1
            kind: ClusterExternalSecret
            metadata:
              name: app
            spec:
              externalSecretName: app
              externalSecretSpec:
                data:
                - remoteRef:
                    key: app
                    property: PASSWORD
                  secretKey: PASSWORD
                - remoteRef:
                    key: app
                    property: api.key
                  secretKey: api.key
                refreshInterval: 1m
                secretStoreRef:
                  kind: ClusterSecretStore
                  name: vault
                target:
                  creationPolicy: Owner
                  name: app
              namespaceSelectors:
              - matchLabels:
                  secrets.orrery.dev/app: "true"
              refreshTime: 1m

            """);
    }

    [ContractFact]
    public void Every_object_holds_its_contract()
    {
        var objects = Files.Where(file => file.Key.Contains("vault-secrets", StringComparison.Ordinal))
            .SelectMany(file => YamlDocuments.Read(file.Value)).OfType<Value.Map>()
            .Where(document => document["kind"].AsText() is not (null or "Kustomization")).ToList();
        objects.Select(item => item["kind"].AsText())
            .ShouldBe(["Application", "ClusterExternalSecret", "ClusterSecretStore"], ignoreOrder: true);
        foreach (var manifest in objects.Concat(Bootstrap.Of(Platform, Platform.Clusters["prod"])!.Accounts)
            .Append(BootstrapSecrets.VaultSeal(new Value.Sensitive("planted"))))
            ObjectContract.Holds(manifest);
    }

    [ContractFact]
    public void The_values_hold_the_charts_schemas_and_the_charts_are_pinned()
    {
        var known = ObjectContract.Read("charts.json").EnumerateArray()
            .Where(chart => chart.TryGetProperty("version", out _))
            .ToLookup(chart => chart.GetProperty("chart").GetString()!);
        foreach (var component in Components.Of(Platform, Platform.Clusters["prod"])
            .Where(component => Delivered.Contains(component.Name) && component.Chart is not null))
        {
            ObjectContract.HoldsAsValuesOf(component.Name, component.BaseValues);
            known[component.Name].Select(entry => entry.GetProperty("version").GetString())
                .ShouldContain(component.Chart!.Version);
        }
    }

    [Fact]
    public void Documents_wait_for_External_Secrets_and_for_nothing_else()
    {
        var order = GitOpsTree.Of(Platform).Value!.Orders["prod"];
        order.Edges.Where(edge => edge.After == "vault-secrets").Select(edge => edge.Before).Distinct()
            .ShouldBe(["external-secrets"]);
        order.Waves["openbao"].ShouldBe(0);
    }

    [Theory]
    [InlineData("app.sops.yaml", "app")]
    [InlineData("app.sops.json", "app")]
    [InlineData("db-1.sops.yml", "db-1")]
    [InlineData("app.sops.env", null)]
    [InlineData("App.sops.yaml", null)]
    [InlineData("-app.sops.yaml", null)]
    [InlineData("a.b.sops.yaml", null)]
    [InlineData(".sops.yaml", null)]
    [InlineData("app.yaml", null)]
    public void A_document_is_called_as_Kubernetes_calls_things(string file, string? name) =>
        VaultDocuments.NameOf(file).ShouldBe(name);

    [Theory]
    [InlineData("[1, 2]")]
    [InlineData("a: *b")]
    [InlineData("a: [")]
    [InlineData("sops: {}")]
    public void What_is_no_document_is_left_out(string text) =>
        VaultDocuments.Of(WithDocuments(("app.sops.yaml", text)).Clusters["prod"]).ShouldBeEmpty();

    [Theory]
    [InlineData("vault: { externalSecrets: false }", "openbao")]
    [InlineData("vault:", "external-secrets openbao vault-secrets")]
    [InlineData("sealedSecrets:", "")]
    public void The_declaration_says_what_is_there(string secrets, string components)
    {
        var platform = CosmosPlatform.With("secrets: { sealedSecrets: }", $"secrets: {{ {secrets} }}");
        var names = Components.Of(platform, platform.Clusters["prod"]).Select(component => component.Name);
        string.Join(' ', names.Where(Delivered.Contains)).ShouldBe(components);
    }

    private static Platform WithDocuments(params ReadOnlySpan<(string, string)> documents)
    {
        var platform = CosmosPlatform.With("secrets: { sealedSecrets: }", "secrets: { sealedSecrets: , vault: }");
        var cluster = platform.Clusters["prod"] with { Documents = ValueMap.Of(documents) };
        return platform with { Clusters = platform.Clusters.With("prod", cluster) };
    }
}
