using System.Text.Json.Nodes;
using Orrery.Model.Values;
using Orrery.Simulation.ArgoCd.Rendering;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Shapes;
using static Orrery.Tests.Simulation.ArgoCd.ArgoScene;

namespace Orrery.Tests.Simulation.ArgoCd;

public sealed class KustomizationTests
{
    private static readonly (string, string)[] Base =
    [
        ("base/kustomization.yaml", "resources: [web.yaml, svc.yaml]"),
        ("base/web.yaml", Deployment("web")),
        ("base/svc.yaml", "{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: {app: web}}}"),
    ];

    [Theory]
    [InlineData("namespace: shop", "0.metadata.namespace", "shop")]
    [InlineData(
        "images: [{name: ghcr.io/shop/web, newTag: '2'}]", "0.spec.template.spec.containers.0.image",
            "ghcr.io/shop/web:2")]
    [InlineData(
        "images: [{name: ghcr.io/shop/web, newName: other, digest: 'sha256:1'}]",
            "0.spec.template.spec.containers.0.image", "other@sha256:1")]
    [InlineData("labels: [{pairs: {a: b}}]", "1.metadata.labels.a", "b")]
    [InlineData("commonLabels: {a: b}", "1.spec.selector.a", "b")]
    [InlineData("commonLabels: {a: b}", "0.spec.template.metadata.labels.a", "b")]
    [InlineData("commonAnnotations: {a: b}", "1.metadata.annotations.a", "b")]
    [InlineData("replicas: [{name: web, count: 3}]", "0.spec.replicas", "3")]
    [InlineData("patches: [{path: patch.yaml}]", "0.spec.template.spec.containers.0.command.0", "run")]
    [InlineData("patches: [{path: patch.yaml}]", "0.spec.template.spec.containers.0.image", "ghcr.io/shop/web:1")]
    [InlineData(
        "patches: [{target: {kind: Serv.*}, patch: '[{op: add, path: /spec/type, value: NodePort}]'}]", "1.spec.type",
            "NodePort")]
    [InlineData(
        "configMapGenerator: [{name: c, literals: [a=1], options: {disableNameSuffixHash: true}}]", "2.metadata.name",
            "c")]
    public void An_overlay_changes_what_it_says(string overlay, string path, string expected)
    {
        JsonNode? node = new JsonArray([.. Build($"resources: [../base]\n{overlay}")]);
        foreach (var part in path.Split('.'))
            node = node is JsonArray list ? list[int.Parse(part, null)] : node.At(part);
        (node.Text() ?? node?.ToJsonString()).ShouldBe(expected);
    }

    [Fact]
    public void A_generated_ConfigMap_is_named_by_its_content()
    {
        var objects = Build("configMapGenerator: [{name: c, literals: [a=1]}]");
        var name = objects[0].TextAt("metadata", "name")!;
        name.ShouldMatch("^c-[bcdfghkmt2456789]{10}$");
        Build("configMapGenerator: [{name: c, literals: [a=1]}]")[0].TextAt("metadata", "name").ShouldBe(name);
        Build("configMapGenerator: [{name: c, literals: [a=2]}]")[0].TextAt("metadata", "name").ShouldNotBe(name);
    }

    [Theory]
    [InlineData("namePrefix: x-", "the kustomize field 'namePrefix'")]
    [InlineData("resources: [../overlay]", "cycle detected")]
    [InlineData("resources: [../../../x]", "is out of the repository")]
    [InlineData("resources: ['https://example.org/x.yaml']", "remote resource")]
    [InlineData("resources: [../base, ../base]", "may not add resource with an already registered id")]
    [InlineData(
        "resources: [../base]\npatches: [{patch: '{kind: Deployment, apiVersion: apps/v1, metadata: {name: none}}'}]",
            "no resource matches")]
    [InlineData("resources: [", "invalid Kustomization")]
    public void What_cannot_be_built_is_refused_by_its_name(string overlay, string said) =>
        Should.Throw<ManifestException>(() => Build(overlay)).Message.ShouldContain(said);

    private static List<JsonObject> Build(string overlay)
    {
        (string, string)[] files =
        [
            .. Base, ("overlay/kustomization.yaml", overlay),
            ("overlay/patch.yaml",
                "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {template: {spec: {containers:"
                    + " [{name: c, command: [run]}]}}}}"),
        ];
        return new Kustomization(ValueMap.Of<string>(files), ShapeOf).Build("overlay", []);
    }

    private static Shape ShapeOf(JsonObject item) =>
        ShapeTable.Instance.Find(item.TextAt("kind") ?? "") ?? Shape.Anything;
}
