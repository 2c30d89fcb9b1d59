using System.Text.Json.Nodes;
using Orrery.Engine.Ports;
using Orrery.Providers.Http;
using Orrery.Providers.Kubernetes;
using Orrery.Providers.Kubernetes.Watching;
using static Orrery.Tests.Providers.Kubernetes.KubernetesScene;

namespace Orrery.Tests.Providers.Kubernetes;

/// <summary>Which requests the client sends, and what it makes of the replies.</summary>
public class KubernetesClientTests
{
    private static readonly ObjectReference Settings = new(ConfigMap, "web", "settings");

    private static JsonObject Manifest => (JsonObject)JsonNode.Parse(Item("settings", "", """{"a":"1"}"""))!;

    [Fact]
    public void An_apply_names_its_manager_and_is_strict()
    {
        var scene = new KubernetesScene(_ => Json(Item("settings", "5"), 201));

        var applied = scene.Time.Run(() => scene.Client.ApplyAsync(new ApplyRequest(Manifest), default));

        applied.IsNew.ShouldBeTrue();
        applied.Object.ResourceVersion.ShouldBe("5");
        var call = scene.Calls[^1];
        call.ToString().ShouldBe(
            "PATCH /api/v1/namespaces/web/configmaps/settings?fieldManager=orrery&fieldValidation=Strict");
        call.ContentType.ShouldBe("application/apply-patch+yaml");
        ((string?)call.Json["data"]!["a"]).ShouldBe("1");
        scene.Guarded.ShouldBe(1);
    }

    [Fact]
    public void A_dry_run_changes_nothing_and_needs_no_lease()
    {
        var scene = new KubernetesScene(_ => Json(Item("settings", "5")));

        var request = new ApplyRequest(Manifest) { DryRun = true, Force = true };
        scene.Time.Run(() => scene.Client.ApplyAsync(request, default)).IsNew.ShouldBeFalse();

        scene.Calls[^1].ToString().ShouldEndWith("fieldValidation=Strict&force=true&dryRun=All");
        scene.Guarded.ShouldBe(0);
    }

    [Fact]
    public void A_conflict_says_whose_the_fields_are_and_what_to_do()
    {
        var scene = new KubernetesScene(_ => Status(
            409, "Conflict", "Apply failed with 1 conflict", """
            {"reason":"FieldManagerConflict","message":"conflict with \"kubectl-edit\" using v1","field":".data.a"}
            """));

        var refusal = Should.Throw<ProviderException>(
            () => scene.Time.Run(() => scene.Client.ApplyAsync(new ApplyRequest(Manifest), default)));

        refusal.Code.ShouldBe(ProviderErrorCode.Conflict);
        refusal.Message.ShouldBe(
            "the API server of prod refused PATCH /api/v1/namespaces/web/configmaps/settings: fields of this object"
            + " belong to others: .data.a to 'kubectl-edit'. Take a field out of the manifest where its owner shall"
            + " decide it; else let the owner give it up, or apply the object once with --server-side"
            + " --force-conflicts (Conflict, 409)");
    }

    [Fact]
    public void A_list_takes_all_pages_and_begins_again_when_they_expire()
    {
        var expired = false;
        var scene = new KubernetesScene(call => (call.Query.GetValueOrDefault("continue"), expired) switch
        {
            (null, _) => Json(ListOf("7", "next", Item("a", "1"))),
            (_, true) => Json(ListOf("7", "", Item("b", "2"))),
            _ => Expire(),
        });

        var items = scene.Time.Run(() => scene.Client.ListAsync(
            ConfigMap, new ListScope { Namespace = "web", LabelSelector = "app=web" }, default));

        items.Select(item => item.Name).ShouldBe(["a", "b"]);
        scene.Lines.Skip(2).ShouldBe([
            "GET /api/v1/namespaces/web/configmaps?limit=500&labelSelector=app=web",
            "GET /api/v1/namespaces/web/configmaps?limit=500&labelSelector=app=web&continue=next",
            "GET /api/v1/namespaces/web/configmaps?limit=500&labelSelector=app=web",
            "GET /api/v1/namespaces/web/configmaps?limit=500&labelSelector=app=web&continue=next",
        ]);

        HttpResponseMessage Expire()
        {
            expired = true;
            return Status(410, "Expired");
        }
    }

    [Fact]
    public void A_deletion_says_which_object_it_means()
    {
        var scene = new KubernetesScene(_ => Status(404, "NotFound"));

        scene.Time.Run(() => scene.Client.DeleteAsync(new ObjectDeletion(Settings, "u-1"), default));

        var call = scene.Calls[^1];
        call.ToString().ShouldBe("DELETE /api/v1/namespaces/web/configmaps/settings");
        call.Json.ToJsonString().Replace('"', '\'').ShouldBe(
            "{'apiVersion':'v1','kind':'DeleteOptions','propagationPolicy':'Background',"
            + "'preconditions':{'uid':'u-1'}}");
    }

    [Fact]
    public void A_kind_that_is_still_to_come_is_awaited()
    {
        var asked = 0;
        var widget = new ApiKind("example.dev", "v1", "Widget");
        var scene = new KubernetesScene(call => call.Path switch
        {
            "/api" => Json("""{"kind":"APIVersions","versions":["v1"]}"""),
            "/api/v1" => Json("""{"kind":"APIResourceList","groupVersion":"v1","resources":[]}"""),
            "/apis" when ++asked < 4 => Json("""{"kind":"APIGroupList","groups":[]}"""),
            "/apis" => Json("""
                {"kind":"APIGroupList","groups":[{"name":"example.dev","versions":[{"groupVersion":"example.dev/v1"}],
                "preferredVersion":{"groupVersion":"example.dev/v1"}}]}
                """),
            "/apis/example.dev/v1" => Json("""
                {"kind":"APIResourceList","groupVersion":"example.dev/v1","resources":[
                {"name":"widgets","namespaced":false,"kind":"Widget","verbs":["get","patch"]},
                {"name":"widgets/status","namespaced":false,"kind":"Widget","verbs":["get"]}]}
                """),
            _ => Json("""{"apiVersion":"example.dev/v1","kind":"Widget","metadata":{"name":"w"}}"""),
        })
        {
            Answers = "all",
        };
        var manifest = (JsonObject)JsonNode.Parse(
            """{"apiVersion":"example.dev/v1","kind":"Widget","metadata":{"name":"w"}}""")!;

        var request = new ApplyRequest(manifest) { Operation = scene.Operation };
        scene.Time.Run(() => scene.Client.ApplyAsync(request, default)).Object.Kind.ShouldBe(widget);

        scene.Waited.ShouldBe(
            [new WaitState("the kind example.dev/v1 Widget is served", "not known to the API server")]);
        scene.Calls[^1].Path.ShouldBe("/apis/example.dev/v1/widgets/w");
        asked = -1000;
        var absent = request with { Manifest = (JsonObject)manifest.DeepClone() };
        absent.Manifest["kind"] = "Gadget";
        Should.Throw<ProviderException>(() => scene.Time.Run(() => scene.Client.ApplyAsync(absent, default)))
            .Message.ShouldBe(
                "the API server of prod does not know the kind example.dev/v1 Gadget: is its"
                + " CustomResourceDefinition applied and established? (waited 60 s)");
    }

    [Fact]
    public void A_refused_token_is_asked_for_once_more()
    {
        var tokens = new Renewed();
        var scene = new KubernetesScene(
            call => call.Authorization == "Bearer t-2" ? Json(Item("settings", "5")) : Status(401, "Unauthorized"),
            tokens);

        scene.Time.Run(() => scene.Client.FindAsync(Settings, null, default))!.Name.ShouldBe("settings");

        scene.Calls[^1].Authorization.ShouldBe("Bearer t-2");
        tokens.Given.ShouldBe(2);
    }

    [Fact]
    public void An_overloaded_server_is_left_alone_as_long_as_it_asks()
    {
        var asked = 0;
        var scene = new KubernetesScene(_ =>
        {
            if (++asked > 1)
                return Json(Item("settings", "5"));
            var refused = Status(429, "TooManyRequests");
            refused.Headers.TryAddWithoutValidation("Retry-After", "17");
            return refused;
        });

        scene.Time.Run(() => scene.Client.FindAsync(Settings, null, default)).ShouldNotBeNull();

        scene.Time.Now.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(17));
    }

    [Fact]
    public void What_is_not_there_is_null()
    {
        var scene = new KubernetesScene(_ => Status(404, "NotFound"));

        scene.Time.Run(() => scene.Client.FindAsync(Settings, null, default)).ShouldBeNull();
        scene.Time.Run(() => scene.Client.FindAsync(
            new ObjectReference(new ApiKind("none", "v1", "None"), null, "x"), null, default)).ShouldBeNull();
        Should.Throw<ProviderException>(() => scene.Time.Run(
            () => scene.Client.FindAsync(new ObjectReference(ConfigMap, null, "x"), null, default)))
            .Message.ShouldBe("ConfigMap x: metadata.namespace is missing");
    }

    private sealed class Renewed : ITokenSource
    {
        public int Given { get; private set; } = 1;

        public string? Current => $"t-{Given}";

        public ValueTask<string?> TokenAsync(CancellationToken cancellation) => ValueTask.FromResult(Current);

        public bool Refused(string? token)
        {
            if (token == Current)
                Given++;
            return true;
        }
    }
}
