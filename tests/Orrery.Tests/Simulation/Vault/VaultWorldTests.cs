using System.Text.Json;
using System.Text.Json.Nodes;
using Orrery.Simulation.Vault;
using Orrery.Simulation.Worlds;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Simulation.Vault;

public sealed class VaultWorldTests
{
    private const string Role =
        """
        {"bound_service_account_names":["external-secrets"],"bound_service_account_namespaces":["external-secrets"],
        "audience":"openbao","token_policies":["reader"],"token_ttl":"600s"}
        """;

    private readonly VaultDriver _vault = new();

    [ContractFact]
    public void Every_reply_keeps_to_the_contract_or_is_named()
    {
        _vault.Write("a/b/c", 0, """{"one":"1"}""");
        _vault.Get("secret/data/a/b/c").Status.ShouldBe(200);
        _vault.Get("secret/data/a/b/c?version=1").Data.GetProperty("data").GetProperty("one").GetString().ShouldBe("1");
        _vault.Patch("secret/data/a/b/c", """{"options":{"cas":1},"data":{"two":"2"}}""").Status.ShouldBe(200);
        _vault.Post("secret/metadata/a/b/c", """{"custom_metadata":{"owner":"me"},"max_versions":3}""");
        _vault.Get("secret/metadata/a/b/c").Data.GetProperty("current_version").GetInt32().ShouldBe(2);
        _vault.Get("secret/metadata/a/?list=true").Data.GetProperty("keys")[0].GetString().ShouldBe("b/");
        foreach (var verb in (string[])["delete", "undelete", "destroy"])
            _vault.Post($"secret/{verb}/a/b/c", """{"versions":[1]}""").Status.ShouldBe(204);
        _vault.Delete("secret/data/a/b/c").Status.ShouldBe(204);
        _vault.Get("secret/data/a/b/c").Status.ShouldBe(404);
        _vault.Delete("secret/metadata/a/b/c").Status.ShouldBe(204);
        _vault.Post("secret/config", """{"cas_required":true,"max_versions":5}""").Status.ShouldBe(204);
        _vault.Get("secret/config").Data.GetProperty("max_versions").GetInt32().ShouldBe(5);
        _vault.Get("sys/mounts/secret").Data.GetProperty("type").GetString().ShouldBe("kv");
        _vault.Post("sys/policies/acl/reader", """{"policy":"path \"secret/*\" { capabilities = [\"read\"] }"}""");
        _vault.Get("sys/policies/acl/reader").Data.GetProperty("name").GetString().ShouldBe("reader");
        _vault.Get("sys/policies/acl/?list=true").Data.GetProperty("keys").GetArrayLength().ShouldBe(3);
        Kubernetes();
        _vault.Get("sys/auth/kubernetes").Data.GetProperty("type").GetString().ShouldBe("kubernetes");
        _vault.Get("auth/kubernetes/config").Status.ShouldBe(200);
        _vault.Get("auth/kubernetes/role/eso").Data.GetProperty("token_ttl").GetInt32().ShouldBe(600);
        _vault.Post("auth/kubernetes/login", """{"role":"eso","jwt":"jwt-eso"}""").Status.ShouldBe(200);
        _vault.Get("auth/token/lookup-self").Status.ShouldBe(200);
        _vault.Delete("auth/kubernetes/role/eso").Status.ShouldBe(204);
        _vault.Delete("sys/policies/acl/reader").Status.ShouldBe(204);
        foreach (var path in (string[])["sys/health", "sys/seal-status", "sys/init", "sys/mounts", "sys/auth"])
            _vault.Get(path).Status.ShouldBe(200);

        _vault.Contract!.Report.ShouldBeClean();
        _vault.Contract.Undescribed.ShouldBe([
            "GET auth/kubernetes/config", "GET auth/kubernetes/role", "GET auth/token/lookup-self", "GET sys/auth",
            "GET sys/health", "GET sys/init", "GET sys/mounts", "GET {mount}/data/{path}?version",
            "PATCH {mount}/data/{path}", "POST auth/kubernetes/login",
        ]);
    }

    [Theory]
    [InlineData(0, "", "check-and-set parameter did not match the current version")]
    [InlineData(2, "", "check-and-set parameter did not match the current version")]
    [InlineData(null, "", "check-and-set parameter required for this call")]
    [InlineData(1, "text", "error parsing check-and-set parameter")]
    public void A_write_that_follows_another_version_changes_nothing(int? cas, string wrong, string error)
    {
        _vault.Post("secret/config", """{"cas_required":true}""");
        _vault.Write("a", 0, """{"one":"1"}""");
        var options = wrong.Length > 0 ? $"\"{wrong}\"" : cas?.ToString();
        var cause = options is null ? "" : $$""" "options":{"cas":{{options}}},""";

        var refused = _vault.Post("secret/data/a", $$$"""{{{{cause}}}"data":{"one":"2"}}""");

        refused.Status.ShouldBe(400);
        refused.Error.ShouldBe(error);
        _vault.World.Fields("secret", "a")!["one"]!.GetValue<string>().ShouldBe("1");
    }

    [Fact]
    public void A_deleted_version_is_not_found_but_told_of()
    {
        _vault.Write("a", 0, """{"one":"1"}""");
        _vault.Delete("secret/data/a");

        var deleted = _vault.Get("secret/data/a");
        deleted.Status.ShouldBe(404);
        deleted.Data.GetProperty("data").ValueKind.ShouldBe(JsonValueKind.Null);
        deleted.Data.GetProperty("metadata").GetProperty("version").GetInt32().ShouldBe(1);
        var absent = _vault.Get("secret/data/b");
        absent.Status.ShouldBe(404);
        absent.Json.GetProperty("errors").GetArrayLength().ShouldBe(0);

        _vault.Post("secret/undelete/a", """{"versions":[1]}""");
        _vault.Get("secret/data/a").Status.ShouldBe(200);
        _vault.Post("secret/destroy/a", """{"versions":[1]}""");
        _vault.Get("secret/data/a").Data.GetProperty("metadata").GetProperty("destroyed").GetBoolean().ShouldBeTrue();
        _vault.Post("secret/data/a", """{"options":{"cas":0},"data":{}}""").Status.ShouldBe(400);
        _vault.Write("a", 1, "{}").ShouldBe(2);
    }

    [Fact]
    public void Only_the_last_versions_are_kept()
    {
        for (var version = 0; version < 12; version++)
            _vault.Write("a", version, $$"""{"n":{{version}}}""");
        _vault.Get("secret/data/a?version=2").Status.ShouldBe(404);
        _vault.Get("secret/data/a?version=3").Status.ShouldBe(200);
        _vault.Get("secret/metadata/a").Data.GetProperty("oldest_version").GetInt32().ShouldBe(3);
    }

    [Fact]
    public void A_patch_merges_fields_and_nothing_else()
    {
        _vault.Write("a", 0, """{"one":"1","two":"2","deep":{"x":1,"y":2}}""");
        _vault.Patch("secret/data/a", """{"options":{"cas":1},"data":{"two":null,"deep":{"x":3},"three":"3"}}""");
        JsonNode.DeepEquals(
            _vault.World.Fields("secret", "a"),
            JsonNode.Parse("""{"one":"1","deep":{"x":3,"y":2},"three":"3"}""")).ShouldBeTrue();
        _vault.Patch("secret/data/b", """{"data":{"one":"1"}}""").Status.ShouldBe(404);
        _vault.Patch("secret/data/a", """{"data":{}}""", "application/json").Status.ShouldBe(400);
    }

    [Theory]
    [InlineData("secret/data/team/a", "read", true)]
    [InlineData("secret/data/team/a", "write", true)]
    [InlineData("secret/data/team/new", "write", false)]
    [InlineData("secret/data/team/locked", "read", false)]
    [InlineData("secret/data/x/shared", "read", true)]
    [InlineData("secret/data/x/y/shared", "read", false)]
    [InlineData("secret/data/other", "read", false)]
    [InlineData("secret/metadata/team/", "list", true)]
    [InlineData("sys/auth/ldap", "write", false)]
    [InlineData("sys/policies/acl/reader", "read", false)]
    public void A_policy_allows_what_its_narrowest_path_says(string path, string what, bool isAllowed)
    {
        foreach (var name in (string[])["team/a", "team/locked", "x/shared", "x/y/shared", "other"])
            _vault.Write(name, 0, """{"one":"1"}""");
        const string text =
            """
            # Comments and both kinds of wild cards.
            path "secret/data/team/*" { capabilities = ["read", "update"] }
            path "secret/data/team/locked" { capabilities = ["deny"] }
            path "secret/data/+/shared" { capabilities = ["read"] }
            path "secret/metadata/*" { capabilities = ["list"] }
            path "sys/auth/*" { capabilities = ["update"] }
            """;
        _vault.Post("sys/policies/acl/reader", new JsonObject { ["policy"] = text }.ToJsonString());
        Kubernetes();
        _vault.Token = _vault.Post("auth/kubernetes/login", """{"role":"eso","jwt":"jwt-eso"}""")
            .Json.GetProperty("auth").GetProperty("client_token").GetString();

        var reply = what switch
        {
            "read" => _vault.Get(path),
            "list" => _vault.Get($"{path}?list=true"),
            _ => _vault.Post(path, """{"data":{},"type":"kubernetes"}"""),
        };
        (reply.Status != 403).ShouldBe(isAllowed, reply.Text);
    }

    [Theory]
    [InlineData("eso", "jwt-eso", 200, "")]
    [InlineData("other", "jwt-eso", 400, "invalid role name \"other\"")]
    [InlineData("eso", "", 400, "missing jwt")]
    [InlineData("eso", "jwt-unknown", 403, "1 error occurred:\n\t* permission denied\n\n")]
    [InlineData("eso", "jwt-other", 403, "service account name not authorized")]
    [InlineData("eso", "jwt-elsewhere", 403, "namespace not authorized")]
    [InlineData("eso", "jwt-api", 403,
        "invalid audience (aud) claim: audience claim does not match any expected audience")]
    public void A_service_account_logs_in_where_role_and_token_fit(string role, string jwt, int status, string error)
    {
        Kubernetes();
        _vault.Token = null;
        var reply = _vault.Post("auth/kubernetes/login", $$"""{"role":"{{role}}","jwt":"{{jwt}}"}""");
        reply.Status.ShouldBe(status, reply.Text);
        if (status != 200)
            reply.Error.ShouldBe(error);
    }

    [Fact]
    public void A_token_ends_with_its_time()
    {
        Kubernetes();
        _vault.Token = _vault.Post("auth/kubernetes/login", """{"role":"eso","jwt":"jwt-eso"}""")
            .Json.GetProperty("auth").GetProperty("client_token").GetString();
        _vault.Now = TimeSpan.FromSeconds(599);
        _vault.Get("auth/token/lookup-self").Status.ShouldBe(200);
        _vault.Now = TimeSpan.FromSeconds(600);
        _vault.Get("auth/token/lookup-self").Status.ShouldBe(403);
    }

    [Fact]
    public void A_sealed_or_waiting_server_answers_only_for_itself()
    {
        _vault.World.IsStandby = true;
        _vault.Get("sys/health").Status.ShouldBe(429);
        _vault.Get("secret/data/a").Status.ShouldBe(500);
        _vault.World.IsStandby = false;
        _vault.World.IsSealed = true;
        _vault.Get("sys/health").Status.ShouldBe(503);
        _vault.Get("secret/data/a").Error.ShouldBe("Vault is sealed");
        _vault.Get("secret/data/a").Status.ShouldBe(503);
    }

    [Fact]
    public void An_empty_server_initializes_itself_and_keeps_no_root()
    {
        var vault = new VaultDriver(new VaultWorldOptions());
        vault.Get("sys/health").Status.ShouldBe(501);
        vault.World.Initialize(
            [
                new InitialRequest(
                    "sys/mounts/secret",
                    new JsonObject { ["type"] = "kv", ["options"] = new JsonObject { ["version"] = "2" } }),
            ],
            TimeSpan.Zero);
        vault.Get("sys/health").Status.ShouldBe(200);
        vault.Get("sys/mounts").Status.ShouldBe(403);
        vault.Token = "";
        vault.Get("sys/mounts").Status.ShouldBe(403);
    }

    [Fact]
    public void A_namespace_holds_its_own_and_unknown_ones_nothing()
    {
        var vault = new VaultDriver(new VaultWorldOptions { RootToken = VaultDriver.Root, Namespaces = ["team"] });
        vault.Write("a", 0, """{"one":"1"}""");
        vault.Namespace = "team/";
        vault.Get("secret/data/a").Status.ShouldBe(404);
        vault.Namespace = "nobody";
        vault.Get("secret/data/a").Error.ShouldContain("no handler for route");
    }

    [Theory]
    [InlineData(WorldFault.RateLimited, 429, false)]
    [InlineData(WorldFault.ErrorBefore, 500, false)]
    [InlineData(WorldFault.ErrorAfter, 500, true)]
    public void A_fault_shows_and_has_its_effect_or_not(WorldFault fault, int status, bool hasEffect)
    {
        _vault.Fault = fault;
        var reply = _vault.Post("secret/data/a", """{"data":{"one":"1"}}""");
        reply.Status.ShouldBe(status);
        reply.Reply.Injected.ShouldBeTrue();
        (_vault.World.Fields("secret", "a") is not null).ShouldBe(hasEffect);
    }

    [Theory]
    [InlineData("POST", "sys/mounts/secret", """{"type":"kv"}""", 400, "path is already in use at secret/")]
    [InlineData("POST", "sys/mounts/x", """{"type":"nothing"}""", 400, "plugin not found in the catalog: nothing")]
    [InlineData("POST", "sys/policies/acl/x", """{"policy":"path \"a\" { capabilities = [\"reed\"] }"}""", 400,
        "failed to parse policy: At 1: invalid capability \"reed\"")]
    [InlineData("POST", "sys/policies/acl/x", """{"policy":"path \"a\" {"}""", 400,
        "failed to parse policy: At 1: object expected closing RBRACE got: EOF")]
    [InlineData("POST", "secret/data/a", "{}", 400, "no data provided")]
    [InlineData("POST", "secret/data/a", "{", 400, "failed to parse JSON input: invalid character")]
    [InlineData("GET", "nowhere/data/a", null, 404,
        "no handler for route \"nowhere/data/a\". route entry not found.")]
    [InlineData("DELETE", "secret/config", null, 405, "1 error occurred:\n\t* unsupported operation\n\n")]
    public void What_makes_no_sense_is_refused(string method, string path, string? body, int status, string error)
    {
        var refused = _vault.Send(method, path, body);
        refused.Status.ShouldBe(status);
        refused.Error.ShouldBe(error);
    }

    private void Kubernetes()
    {
        _vault.Post("sys/auth/kubernetes", """{"type":"kubernetes"}""").Status.ShouldBe(204);
        _vault.Post("auth/kubernetes/config", """{"kubernetes_host":"https://kubernetes.default.svc"}""");
        _vault.Post("auth/kubernetes/role/eso", Role.ReplaceLineEndings("")).Status.ShouldBe(204);
    }
}
