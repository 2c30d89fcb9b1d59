using System.Text.Json.Nodes;
using Orrery.Engine.Ports;
using Orrery.Model.Plans;
using Orrery.Model.Values;
using Orrery.Providers.Kubernetes;
using Orrery.Providers.Kubernetes.Objects;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Providers.Kubernetes;

/// <summary>Objects in clusters as resources: made once, theirs and ours apart, and no secret in a plan.</summary>
public sealed class KubernetesObjectTests : IDisposable
{
    private const string Cluster = "6c1f";
    private const string Path = "/api/v1/namespaces/web/configmaps/settings";
    private const string Id = "6c1f/v1/ConfigMap/web/settings";

    private static readonly ResourceAddress Address = ResourceAddress.Of("prod", "kubernetes/object", "settings");
    private static readonly Owner Ours = new("cosmos-0a1b2c3d", Address.Hash, 1);

    private readonly ApplyingServer _server = new();
    private readonly KubernetesScene _scene;
    private readonly KubernetesObjectHandler _handler;

    public KubernetesObjectTests()
    {
        _scene = new KubernetesScene(_server.Answer);
        _handler = new KubernetesObjectHandler(new OneCluster(_scene.Client), ["ConfigMap", "Secret"]);
    }

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void What_is_made_carries_its_owner_from_the_first_request_on_and_needs_no_change()
    {
        var made = Create(("a", "1"));

        made.Id.ShouldBe(Id);
        made.Owner.ShouldBe(Ours);
        made.IsReady.ShouldBeTrue();
        made.Outputs["name"].ShouldBe((Value)"settings");
        var labels = _scene.Calls[^1].Json["metadata"]!["labels"]!;
        ((string?)labels["orrery.dev/platform"]).ShouldBe("cosmos-0a1b2c3d");
        ((string?)labels["orrery.dev/generation"]).ShouldBe("1");
        Differences(Read()!, Desired(("a", "1"))).ShouldBeEmpty();
        var owned = _scene.Time.Run(() => _handler.ListOwnedAsync("cosmos-0a1b2c3d", default));
        owned.ShouldHaveSingleItem().Id.ShouldBe(Id);
        _scene.Time.Run(() => _handler.ListOwnedAsync("another", default)).ShouldBeEmpty();
        // What is never made, and may be a controller's copy with our labels, is not asked for.
        _scene.Lines.ShouldNotContain(line => line.Contains("endpoints", StringComparison.Ordinal));
    }

    [Fact]
    public void Making_what_exists_is_a_conflict_that_says_whose_it_is()
    {
        Foreign();

        Should.Throw<ProviderException>(() => Create(("a", "1"))).Message.ShouldBe(
            "ConfigMap web/settings exists already: Orrery has not made it: adopt it, or delete it first");
        var found = _scene.Time.Run(() => _handler.FindExistingAsync(Request(("a", "1")), default));
        found!.Owner.ShouldBeNull();
        _server[Path]["data"]!.ToJsonString().ShouldBe("""{"a":"9"}""");
    }

    [Fact]
    public void What_we_made_before_is_found_as_ours_and_made_as_it_is_wanted_now()
    {
        Create(("a", "1"));

        Data(Create(("a", "2"))).ShouldBe(Value.MapOf(("a", "2")));

        _scene.Time.Run(() => _handler.FindExistingAsync(Request(("a", "1")), default))!.Owner.ShouldBe(Ours);
    }

    [Fact]
    public void What_others_add_is_not_seen_and_what_they_change_of_ours_is_and_is_taken_back()
    {
        Create(("a", "1"), ("b", "2"));
        _server.Edit(Path, "c", "theirs");
        Differences(Read()!, Desired(("a", "1"), ("b", "2"))).ShouldBeEmpty();

        _server.Edit(Path, "b", "5");
        Data(Read()!).ShouldBe(Value.MapOf(("a", "1"), ("b", "5")));
        Differences(Read()!, Desired(("a", "1"), ("b", "2"))).ShouldBe(["manifest"]);

        Data(Update(("a", "1"), ("b", "2"))).ShouldBe(Value.MapOf(("a", "1"), ("b", "2")));
        _server[Path]["data"]!.ToJsonString().ShouldBe("""{"a":"1","b":"2","c":"theirs"}""");
    }

    [Fact]
    public void A_field_that_was_never_ours_is_not_taken_from_its_owner()
    {
        Create(("a", "1"));
        _server.Edit(Path, "c", "theirs");

        var refusal = Should.Throw<ProviderException>(() => Update(("a", "1"), ("c", "ours")));

        refusal.Code.ShouldBe(ProviderErrorCode.Conflict);
        refusal.Message.ShouldContain(".data.c to 'kubectl-edit'");
        _server[Path]["data"]!.ToJsonString().ShouldBe("""{"a":"1","c":"theirs"}""");
    }

    [Fact]
    public void What_is_no_longer_in_the_manifest_goes()
    {
        Create(("a", "1"), ("b", "2"));

        Data(Update(("a", "3"))).ShouldBe(Value.MapOf(("a", "3")));

        _server[Path]["data"]!.ToJsonString().ShouldBe("""{"a":"3"}""");
        Differences(Read()!, Desired(("a", "3"))).ShouldBeEmpty();
    }

    [Fact]
    public void What_is_taken_over_keeps_its_fields_until_the_next_apply_sets_them()
    {
        Foreign();

        var taken = _scene.Time.Run(
            () => _handler.TakeOverAsync(Id, Ours, Address, _scene.Operation, default));

        taken.Owner.ShouldBe(Ours);
        Data(taken).ShouldBe(Value.MapOf(("a", "9")));
        _server[Path]["data"]!.ToJsonString().ShouldBe("""{"a":"9"}""");
        Data(Update(("a", "1"))).ShouldBe(Value.MapOf(("a", "1")));
        var other = Ours with { PlatformId = "another" };
        Should.Throw<ProviderException>(() => _scene.Time.Run(
            () => _handler.TakeOverAsync(Id, other, Address, _scene.Operation, default)))
            .Code.ShouldBe(ProviderErrorCode.Foreign);
    }

    [Fact]
    public void Deleting_waits_until_it_is_gone_and_spares_what_is_not_ours()
    {
        Create(("a", "1"));
        var other = new DeleteRequest(Id, Ours with { AddressHash = "ff" }, Value.Map.Empty);
        Should.Throw<ProviderException>(() => Delete(other)).Code.ShouldBe(ProviderErrorCode.Foreign);

        _server.HoldsBack = true;
        Delete(new DeleteRequest(Id, Ours, Value.Map.Empty));

        _server.Paths.ShouldBeEmpty();
        _scene.Waited.ShouldBe([new WaitState(
            "ConfigMap web/settings is gone", "being deleted, held by example.dev/hold")]);
        Read().ShouldBeNull();
        Delete(new DeleteRequest(Id, Ours, Value.Map.Empty));
        Delete(new DeleteRequest("gone/v1/ConfigMap/web/settings", Ours, Value.Map.Empty));
        _scene.Time.Run(() => _handler.ReadAsync("gone/v1/ConfigMap/web/settings", default)).ShouldBeNull();
    }

    [Fact]
    public void Sensitive_values_reach_the_cluster_and_no_plan()
    {
        const string planted = "cGxhbnRlZC00NzEx";
        var desired = Desired("Secret", ("password", planted));
        $"{desired}".ShouldNotContain(planted);
        var request = new CreateRequest(Address, "x", Ours, desired);

        var made = _scene.Time.Run(() => _handler.CreateAsync(request, _scene.Operation, default));

        const string path = "/api/v1/namespaces/web/secrets/settings";
        ((string?)_server[path]["data"]!["password"]).ShouldBe(planted);
        Differences(made, desired).ShouldBeEmpty();
        _server[path]["data"]!["password"] = "b3RoZXI=";
        (_server[path]["metadata"]!["managedFields"]![0]!["fieldsV1"]!["f:data"] as JsonObject)!.Clear();
        var changed = _scene.Time.Run(() => _handler.ReadAsync(made.Id, default))!;
        var difference = FieldDifferences.Between(_handler.Kind, changed.Properties, null, desired);
        difference.Fields.ShouldBe(["manifest"]);
        $"{difference.Reasons} {changed.Properties}".ShouldNotContain("b3RoZXI=");
        _server[path]["metadata"]!["annotations"]!.ToJsonString().ShouldNotContain(planted);
    }

    [Fact]
    public void A_refusal_that_quotes_a_sensitive_value_is_told_without_it()
    {
        var scene = new KubernetesScene(call => call.Method == "GET"
            ? KubernetesScene.Status(404, "NotFound")
            : KubernetesScene.Status(422, "Invalid", "data: Invalid value: planted-4711"));
        var handler = new KubernetesObjectHandler(new OneCluster(scene.Client), ["Secret"]);
        var desired = Desired("Secret", ("password", new Value.Sensitive("cGxhbnRlZC00NzEx")));

        var refusal = Should.Throw<ProviderException>(() => scene.Time.Run(() => handler.CreateAsync(
            new CreateRequest(Address, "x", Ours, desired), scene.Operation, default)));

        refusal.ToString().ShouldNotContain("planted");
        refusal.Message.ShouldContain("Invalid value: (sensitive)");
        refusal.Status.ShouldBe(422);
    }

    [Fact]
    public void An_object_of_a_version_that_the_cluster_has_dropped_is_still_found_and_deleted()
    {
        Create(("a", "1"));
        const string old = "6c1f/v1beta1/ConfigMap/web/settings";

        _scene.Time.Run(() => _handler.ReadAsync(old, default))!.Id.ShouldBe(Id);
        Delete(new DeleteRequest(old, Ours, Value.Map.Empty));

        _server.Paths.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("6c1f/v1/ConfigMap/web/settings", "ConfigMap web/settings")]
    [InlineData("6c1f/apps/v1/Deployment/web/nginx", "Deployment.apps web/nginx")]
    [InlineData("6c1f/v1/Namespace//web", "Namespace web")]
    public void An_id_says_which_object_it_is(string text, string expected)
    {
        var id = ObjectId.Parse(text);
        id.Object.ToString().ShouldBe(expected);
        id.ToString().ShouldBe(text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("6c1f/v1/ConfigMap/web/")]
    [InlineData("settings")]
    public void What_is_no_id_leads_nowhere(string text) => ObjectId.TryParse(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData(".spec.replicas", true)]
    [InlineData(".metadata.labels.example.dev/tier", true)]
    [InlineData(".spec.containers[name=\"web\"].image", true)]
    [InlineData(".spec.containers[name=\"web\"].ports[containerPort=80,protocol=\"TCP\"].name", true)]
    [InlineData(".spec.containers[name=\"sidecar\"].image", false)]
    [InlineData(".spec.paused", false)]
    public void A_field_of_a_conflict_is_found_in_what_was_applied(string field, bool expected)
    {
        var applied = JsonNode.Parse("""
            {"metadata":{"labels":{"example.dev/tier":"web"}},"spec":{"replicas":1,"containers":[
            {"name":"web","image":"nginx:1","ports":[{"containerPort":80,"name":"http"}]}]}}
            """);
        OwnedFields.Has(applied, field).ShouldBe(expected);
    }

    [ContractFact]
    public void What_a_real_server_noted_as_ours_reads_as_it_was_applied()
    {
        var exchanges = File.ReadLines(ContractFolder.Of("kubernetes", "recordings", "api.jsonl"))
            .Select(line => JsonNode.Parse(line)!)
            .Where(exchange => $"{exchange["case"]}" == "server-side-apply"
                && $"{exchange["request"]!["path"]}".EndsWith("fieldManager=orrery", StringComparison.Ordinal)
                && $"{exchange["request"]!["body"]!["text"]}".StartsWith('{')
                && (int)exchange["response"]!["status"]! < 300)
            .Select(exchange => (
                Sent: (JsonObject)JsonNode.Parse((string)exchange["request"]!["body"]!["text"]!)!,
                Now: new KubernetesObject((JsonObject)exchange["response"]!["body"]!["json"]!)))
            .ToList();

        exchanges.Count.ShouldBeGreaterThan(8);
        foreach (var (sent, now) in exchanges)
            OwnedFields.Of(now, sent).ShouldBe((Value.Map)ManifestJson.ToValue(sent), $"{now}");
    }

    [Fact]
    public void A_long_manifest_is_packed_and_read_back()
    {
        var manifest = Value.MapOf(("data", Value.MapOf(("a", new string('x', 500_000)))));
        var text = AppliedManifest.Write(manifest);
        text.Length.ShouldBeLessThan(10_000);
        var item = new KubernetesObject(new JsonObject
        {
            ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [AppliedManifest.Annotation] = text } },
        });
        ManifestJson.ToValue(AppliedManifest.Read(item)).ShouldBe(manifest);
    }

    private static Value.Map Desired(params (string Key, Value Value)[] data) => Desired("ConfigMap", data);

    private static Value.Map Desired(string kind, params (string Key, Value Value)[] data) =>
        KubernetesObjectHandler.Desired(Cluster, Value.MapOf(
            ("apiVersion", "v1"),
            ("kind", kind),
            ("metadata", Value.MapOf(("name", "settings"), ("namespace", "web"))),
            ("data", Value.MapOf(data))));

    private static CreateRequest Request(params (string Key, Value Value)[] data) =>
        new(Address, "x", Ours, Desired(data));

    private static Value Data(Observed observed) => ((Value.Map)observed.Properties["manifest"])["data"];

    private ValueList<string> Differences(Observed observed, Value.Map desired) =>
        FieldDifferences.Between(_handler.Kind, observed.Properties, null, desired).Fields;

    private Observed Create(params (string Key, Value Value)[] data) =>
        _scene.Time.Run(() => _handler.CreateAsync(Request(data), _scene.Operation, default));

    private Observed Update(params (string Key, Value Value)[] data) => _scene.Time.Run(() => _handler.UpdateAsync(
        new UpdateRequest(Id, Ours, Value.Map.Empty, Desired(data)), _scene.Operation, default));

    private Observed? Read() => _scene.Time.Run(() => _handler.ReadAsync(Id, default));

    private void Delete(DeleteRequest request) =>
        _scene.Time.Run(() => _handler.DeleteAsync(request, _scene.Operation, default));

    private void Foreign() => _server.Apply(
        Path,
        (JsonObject)JsonNode.Parse("""
            {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"settings","namespace":"web"},"data":{"a":"9"}}
            """)!,
        "kubectl", force: false);

    private sealed class OneCluster(KubernetesClient client) : IKubernetesClusters
    {
        public IReadOnlyList<string> Uids => [Cluster];

        public KubernetesClient? Find(string uid) => uid == Cluster ? client : null;
    }
}
