using System.Text.Json.Nodes;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Simulation.Kubernetes;

/// <summary>Custom resources, with the definitions that projects publish.</summary>
public class CustomResourceTests
{
    private const string Definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

    public static TheoryData<string, string> Samples() => new()
    {
        {
            "argoproj.io/Application",
            """{"spec":{"project":"p","destination":{"namespace":"shop"},"source":{"repoURL":"x"}}}"""
        },
        {
            "argoproj.io/AppProject",
            """{"spec":{"sourceRepos":["*"],"destinations":[{"namespace":"*","server":"*"}]}}"""
        },
        {
            "helm.cattle.io/HelmChart",
            """{"spec":{"chart":"stable/traefik","targetNamespace":"kube-system"}}"""
        },
        {
            "helm.cattle.io/HelmChartConfig",
            """{"spec":{"valuesContent":"a: 1"}}"""
        },
        {
            "bitnami.com/SealedSecret",
            """{"spec":{"encryptedData":{"password":"AgB"}}}"""
        },
        {
            "monitoring.coreos.com/ServiceMonitor",
            """{"spec":{"selector":{"matchLabels":{"app":"x"}},"endpoints":[{"port":"web"}]}}"""
        },
        {
            "cert-manager.io/Certificate",
            """{"spec":{"secretName":"tls","issuerRef":{"name":"ca"},"dnsNames":["a.example.org"]}}"""
        },
    };

    [ContractFact]
    public void Every_published_definition_is_established_and_served()
    {
        var driver = new ApiDriver();
        var index = Index().Where(entry => entry["plural"] is not null && entry["scope"] is not null)
            .DistinctBy(entry => $"{entry["plural"]}.{entry["group"]}").ToList();
        index.Count.ShouldBeGreaterThan(100);
        foreach (var entry in index)
        {
            var (status, body) = driver.Send("POST", Definitions, Definition(entry));
            status.ShouldBe(201, $"{entry["group"]} {entry["kind"]}: {body}");
        }

        driver.Wait(1);
        foreach (var entry in index)
        {
            var group = $"/apis/{entry["group"]}/{entry["version"]}";
            driver.Send("GET", group).Body!["resources"]!.AsArray()
                .ShouldContain(resource => (string?)resource!["name"] == (string?)entry["plural"], group);
        }
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void An_object_of_a_published_definition_is_kept_and_a_wrong_one_refused(string name, string sample)
    {
        if (ContractFolder.SkipReason is not null)
            return;
        var driver = new ApiDriver();
        var kind = name.Split('/')[1];
        var entry = Index().First(each => $"{each["group"]}/{each["kind"]}" == name);
        driver.Send("POST", Definitions, Definition(entry)).Status.ShouldBe(201);
        driver.Wait(1);
        var (apiVersion, plural) = ($"{entry["group"]}/{entry["version"]}", (string)entry["plural"]!);
        var path = $"/apis/{apiVersion}/namespaces/default/{plural}";
        var item = ApiDriver.Object(sample);
        item["apiVersion"] = apiVersion;
        item["kind"] = kind;
        item["metadata"] = new JsonObject { ["name"] = "one" };

        var made = driver.Send("POST", path, item.ToJsonString());
        made.Status.ShouldBe(201, made.Body?.ToJsonString());
        driver.Send("GET", $"{path}/one").Status.ShouldBe(429, "its cache is only being filled");
        driver.Wait(1);
        var given = item["spec"]!.AsObject().Select(pair => pair.Key);
        driver.Send("GET", $"{path}/one").Body!["spec"]!.AsObject()
            .Select(pair => pair.Key).ShouldBeSubsetOf([.. given, .. Defaults]);

        item["metadata"]!["name"] = "two";
        item["spec"]!["noSuchField"] = true;
        driver.Send("POST", path + "?fieldValidation=Strict", item.ToJsonString()).Status.ShouldBe(400);
        var pruned = driver.Send("POST", path, item.ToJsonString()).Body!;
        pruned["spec"]!.AsObject().ContainsKey("noSuchField").ShouldBeFalse();

        item["metadata"]!["name"] = "three";
        item["spec"] = "text";
        driver.Send("POST", path, item.ToJsonString()).Status.ShouldBeOneOf(400, 422);
    }

    [Fact]
    public void A_rule_that_is_beyond_the_simulation_is_named_and_the_object_not_stored()
    {
        var driver = new ApiDriver();
        driver.Send("POST", Definitions, Widget("self.all(k, k.startsWith('a'))")).Status.ShouldBe(201);
        driver.Wait(1);
        const string path = "/apis/example.org/v1/widgets";
        var (status, body) = driver.Send("POST", path, """{"metadata":{"name":"w"},"spec":{"size":1}}""");
        status.ShouldBe(501);
        ((string?)body!["message"]).ShouldNotBeNull().ShouldContain("self.all(k, k.startsWith('a'))");
        driver.Store.List("example.org/v1", "Widget").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("self.size < 3", true)]
    [InlineData("self.size >= 2 && self.name == 'x'", true)]
    [InlineData("!has(self.other) || self.other > 1", true)]
    [InlineData("has(self.other)", false)]
    [InlineData("self.name in ['y', 'z']", false)]
    [InlineData("size(self.name) == 1 ? self.size == 2 : false", true)]
    [InlineData("self.name.startsWith('x') && self.name.matches('^[a-z]$')", true)]
    [InlineData("self.size + 1 == 4", false)]
    public void A_validation_rule_is_held(string rule, bool isAllowed)
    {
        var driver = new ApiDriver();
        driver.Send("POST", Definitions, Widget(rule)).Status.ShouldBe(201);
        driver.Wait(1);
        driver.Send("POST", "/apis/example.org/v1/widgets",
            """{"apiVersion":"example.org/v1","kind":"Widget","metadata":{"name":"w"},"spec":{"size":2,"name":"x"}}""")
            .Status.ShouldBe(isAllowed ? 201 : 422);
    }

    [Fact]
    public void A_rule_about_changes_is_held_only_against_changes()
    {
        var driver = new ApiDriver();
        driver.Send("POST", Definitions, Widget("self.size == oldSelf.size")).Status.ShouldBe(201);
        driver.Wait(1);
        const string path = "/apis/example.org/v1/widgets";
        driver.Send("POST", path, """{"metadata":{"name":"w"},"spec":{"size":2}}""").Status.ShouldBe(201);
        const string merge = "application/merge-patch+json";
        driver.Send("PATCH", path + "/w", """{"spec":{"name":"x"}}""", merge).Status.ShouldBe(200);
        driver.Send("PATCH", path + "/w", """{"spec":{"size":3}}""", merge).Status.ShouldBe(422);
    }

    // Of the samples' definitions, what is added to a spec.
    private static readonly string[] Defaults =
        ["failurePolicy", "driver", "template", "namespaceSelector"];

    private static IEnumerable<JsonNode> Index() =>
        JsonNode.Parse(File.ReadAllText(ContractFolder.Of("crds", "index.json")))!.AsArray().OfType<JsonNode>();

    [Fact]
    public void A_root_that_keeps_what_it_does_not_know_keeps_it()
    {
        var driver = new ApiDriver();
        var definition = ApiDriver.Object(Widget("true"));
        definition["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"] =
            ApiDriver.Object("""{"type":"object","x-kubernetes-preserve-unknown-fields":true}""");
        driver.Send("POST", Definitions, definition.ToJsonString()).Status.ShouldBe(201);
        driver.Wait(1);

        var (status, body) = driver.Send(
            "POST", "/apis/example.org/v1/widgets?fieldValidation=Strict",
            """{"apiVersion":"example.org/v1","kind":"Widget","metadata":{"name":"w"},"spec":{"any":[1]},"more":2}""");

        status.ShouldBe(201, body?.ToJsonString());
        body!["spec"]!["any"]![0]!.GetValue<int>().ShouldBe(1);
        body["more"]!.GetValue<int>().ShouldBe(2);
    }

    private static string Widget(string rule) => new JsonObject
    {
        ["apiVersion"] = "apiextensions.k8s.io/v1",
        ["kind"] = "CustomResourceDefinition",
        ["metadata"] = new JsonObject { ["name"] = "widgets.example.org" },
        ["spec"] = new JsonObject
        {
            ["group"] = "example.org",
            ["scope"] = "Cluster",
            ["names"] = new JsonObject { ["plural"] = "widgets", ["kind"] = "Widget" },
            ["versions"] = new JsonArray(Version("v1", ApiDriver.Object(
                """
                {"type":"object","properties":{"spec":{"type":"object","properties":{
                  "size":{"type":"integer"},"name":{"type":"string"},"other":{"type":"integer"}}}}}
                """), rule)),
        },
    }.ToJsonString();

    private static JsonObject Version(string name, JsonObject schema, string? rule = null)
    {
        if (rule is not null)
        {
            schema["properties"]!["spec"]!["x-kubernetes-validations"] =
                new JsonArray(new JsonObject { ["rule"] = rule, ["message"] = "no" });
        }

        return new JsonObject
        {
            ["name"] = name,
            ["served"] = true,
            ["storage"] = true,
            ["schema"] = new JsonObject { ["openAPIV3Schema"] = schema },
            ["subresources"] = new JsonObject { ["status"] = new JsonObject() },
        };
    }

    /// <summary>The published schema as a definition: what was closed for checking is open to pruning again.</summary>
    private static string Definition(JsonNode entry)
    {
        var schema = ApiDriver.Object(File.ReadAllText(ContractFolder.Of("crds", (string)entry["file"]!)));
        schema.Remove("$schema");
        Open(schema);
        foreach (var head in new[] { "apiVersion", "kind" })
            schema["properties"]!.AsObject()[head] = new JsonObject { ["type"] = "string" };
        return new JsonObject
        {
            ["apiVersion"] = "apiextensions.k8s.io/v1",
            ["kind"] = "CustomResourceDefinition",
            ["metadata"] = new JsonObject
            {
                ["name"] = $"{entry["plural"]}.{entry["group"]}",
                ["annotations"] = new JsonObject { ["api-approved.kubernetes.io"] = "unapproved" },
            },
            ["spec"] = new JsonObject
            {
                ["group"] = (string?)entry["group"],
                ["scope"] = (string?)entry["scope"],
                ["names"] = new JsonObject { ["plural"] = (string?)entry["plural"], ["kind"] = (string?)entry["kind"] },
                ["versions"] = new JsonArray(Version((string)entry["version"]!, schema)),
            },
        }.ToJsonString();
    }

    private static void Open(JsonNode? node)
    {
        if (node is JsonArray list)
        {
            foreach (var item in list)
                Open(item);
        }

        if (node is not JsonObject members)
            return;
        if (members["additionalProperties"] is JsonValue closed && closed.ToString() == "false")
            members.Remove("additionalProperties");
        foreach (var (_, member) in members)
            Open(member);
    }
}
