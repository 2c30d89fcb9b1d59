using System.Net;
using System.Text;
using Orrery.Engine.Ports;
using Orrery.Model.Values;
using Orrery.Providers.Vault;
using static Orrery.Tests.Providers.Vault.VaultScene;

namespace Orrery.Tests.Providers.Vault;

public sealed class VaultClientTests : IDisposable
{
    private readonly VaultScene _scene = new();

    public void Dispose()
    {
        _scene.Contract?.Report.Violations.ShouldBeEmpty();
        _scene.Contract?.Report.Unchecked.ShouldBeEmpty();
        _scene.Dispose();
    }

    [Fact]
    public void A_document_is_written_read_patched_listed_and_removed()
    {
        var engine = _scene.Engine;
        Write("team/a", 0, """{"one":"1","more":{"n":1.50}}""").ShouldBe(1);
        _scene.Time.Run(() => engine.PatchAsync("team/a", Json("""{"two":"2"}"""), 1, Operation, default)).ShouldBe(2);
        var read = Read("team/a").ShouldBeOfType<KeyValueRead.Present>();
        read.Version.ShouldBe(2);
        read.Data.ToJsonString().ShouldBe("""{"one":"1","more":{"n":1.50},"two":"2"}""");
        _scene.Time.Run(() => engine.WriteMetadataAsync(
            "team/a", ValueMap.Of(("owner", "us")), Operation, default));
        Read("team/a", 1).ShouldBeOfType<KeyValueRead.Present>().CustomMetadata["owner"].ShouldBe("us");
        _scene.Time.Run(() => engine.MetadataAsync("team/a", null, default))
            .ShouldBe(new KeyValueMetadata(2, 0, true, ValueMap.Of(("owner", "us"))));
        Write("b", 0, "{}");
        _scene.Time.Run(() => engine.ListAsync("", default)).ShouldBe(["b", "team/"]);
        _scene.Time.Run(() => engine.ListAsync("team", default)).ShouldBe(["a"]);
        _scene.Time.Run(() => engine.ListAsync("nothing", default)).ShouldBeEmpty();

        _scene.Time.Run(() => engine.DeleteAsync("team/a", [2], Operation, default));
        Read("team/a").ShouldBe(new KeyValueRead.Deleted(2, false));
        _scene.Time.Run(() => engine.UndeleteAsync("team/a", [2], Operation, default));
        Read("team/a").Version.ShouldBe(2);
        _scene.Time.Run(() => engine.DestroyAsync("team/a", [2], Operation, default));
        Read("team/a").ShouldBe(new KeyValueRead.Deleted(2, true));
        for (var times = 0; times < 2; times++)
            _scene.Time.Run(() => engine.RemoveAsync("team/a", Operation, default));
        Read("team/a").ShouldBe(new KeyValueRead.Absent());
        _scene.Time.Run(() => engine.MetadataAsync("team/a", null, default)).ShouldBeNull();
    }

    [Fact]
    public void A_write_that_follows_another_version_is_a_conflict()
    {
        Write("a", 0, "{}");
        var refusal = Should.Throw<ProviderException>(() => Write("a", 0, """{"one":"planted-value"}"""));
        refusal.Code.ShouldBe(ProviderErrorCode.Conflict);
        refusal.Message.ShouldBe(
            "Vault refused POST /v1/secret/data/a: check-and-set parameter did not match the current version (400)");
        $"{refusal}".ShouldNotContain("planted");
    }

    public static TheoryData<int, string, ProviderErrorCode> Refusals => new()
    {
        { 400, """{"errors":["no data provided"]}""", ProviderErrorCode.Invalid },
        { 403, """{"errors":["permission denied"]}""", ProviderErrorCode.Unauthorized },
        { 404, "<html>not found</html>", ProviderErrorCode.NotFound },
        { 404, """{"errors":["no handler for route"]}""", ProviderErrorCode.NotFound },
        { 404, "", ProviderErrorCode.NotFound },
        { 405, """{"errors":["unsupported operation"]}""", ProviderErrorCode.Invalid },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void A_failed_read_is_never_an_empty_document(int status, string body, ProviderErrorCode code)
    {
        _scene.Instead = new HttpResponseMessage((HttpStatusCode)status)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        Should.Throw<ProviderException>(() => Read("a")).Code.ShouldBe(code);
    }

    [Fact]
    public void An_unreadable_reply_is_a_failure_that_does_not_quote_it()
    {
        _scene.Instead = new HttpResponseMessage(HttpStatusCode.OK)
        {
            Content = new StringContent("""{"data":{"data":"planted","metadata":5}}"""),
        };
        var refusal = Should.Throw<ProviderException>(() => Read("a"));
        refusal.Code.ShouldBe(ProviderErrorCode.Unavailable);
        $"{refusal}".ShouldNotContain("planted");
    }

    [Fact]
    public void A_sealed_server_is_unavailable_and_says_so()
    {
        _scene.World.IsSealed = true;
        var refusal = Should.Throw<ProviderException>(() => Read("a"));
        refusal.Code.ShouldBe(ProviderErrorCode.Unavailable);
        refusal.CloudCode.ShouldBe("sealed");
        Health().ShouldBe(VaultHealth.Sealed);
        _scene.World.IsSealed = false;
        _scene.World.IsStandby = true;
        Health().ShouldBe(VaultHealth.Standby);
        _scene.World.IsStandby = false;
        Health().ShouldBe(VaultHealth.Active);
    }

    [Fact]
    public void The_token_goes_into_its_own_header_and_into_no_message()
    {
        Read("a");
        _scene.Requests[^1].Headers["x-vault-token"].ShouldBe(Root);
        _scene.Requests[^1].Headers["x-vault-request"].ShouldBe("true");
        _scene.Requests[^1].Headers.ContainsKey("authorization").ShouldBeFalse();
        _scene.Instead = new HttpResponseMessage(HttpStatusCode.BadRequest)
        {
            Content = new StringContent($$"""{"errors":["strange token {{Root}}"]}"""),
        };
        Should.Throw<ProviderException>(() => Read("a")).Message.ShouldContain("strange token (sensitive)");
        using var without = new VaultScene(token: null);
        Should.Throw<ProviderException>(
            () => without.Time.Run(() => without.Engine.ReadAsync("a", null, null, default))).Message
            .ShouldBe("the token for Vault is not set (env: VAULT_TOKEN)");
    }

    [Theory]
    [InlineData("../sys/seal")]
    [InlineData("a/./b")]
    public void A_path_stays_where_it_is_meant(string path) =>
        Should.Throw<ProviderException>(() => Read(path)).Code.ShouldBe(ProviderErrorCode.Invalid);

    [Fact]
    public void A_server_is_set_up_and_a_service_account_logs_in_until_its_token_ends()
    {
        var system = _scene.System;
        _scene.Time.Run(() => system.FindEngineAsync("secret", default)).ShouldBe(new VaultMount("kv", "2", ""));
        _scene.Time.Run(() => system.FindEngineAsync("other", default)).ShouldBeNull();
        Should.Throw<ProviderException>(() => _scene.Time.Run(
            () => system.EnableKeyValueAsync("secret", "", Operation, default))).Code
            .ShouldBe(ProviderErrorCode.Conflict);
        const string policy = """path "secret/data/*" { capabilities = ["read"] }""";
        _scene.Time.Run(() => system.WritePolicyAsync("reader", policy, Operation, default));
        _scene.Time.Run(() => system.FindPolicyAsync("reader", default)).ShouldBe(policy);
        _scene.Time.Run(() => system.FindPolicyAsync("other", default)).ShouldBeNull();
        _scene.Time.Run(() => system.EnableKubernetesLoginAsync("kubernetes", "", Operation, default));
        _scene.Time.Run(() => system.FindLoginAsync("kubernetes", default))!.Type.ShouldBe("kubernetes");
        _scene.Time.Run(() => system.ConfigureKubernetesAsync(
            "kubernetes", "https://kubernetes.default.svc", Operation, default));
        var role = new KubernetesRole
        {
            ServiceAccounts = ["external-secrets"],
            Namespaces = ["external-secrets"],
            Audience = "openbao",
            Policies = ["reader"],
            TokenLasts = TimeSpan.FromMinutes(10),
        };
        _scene.Time.Run(() => system.WriteRoleAsync("kubernetes", "eso", role, Operation, default));
        _scene.Time.Run(() => system.FindRoleAsync("kubernetes", "eso", default)).ShouldBe(role);
        _scene.Time.Run(() => system.FindRoleAsync("kubernetes", "other", default)).ShouldBeNull();

        using var login = new KubernetesLogin(
            VaultClient.WithoutToken(_scene.Environment, Server), "kubernetes", "eso", _ => ValueTask.FromResult(Jwt));
        var engine = new KeyValueEngine(VaultClient.Create(_scene.Environment, Server, login), "secret");
        KeyValueRead ReadAsAccount() => _scene.Time.Run(() => engine.ReadAsync("a", null, null, default));
        ReadAsAccount();
        ReadAsAccount();
        _scene.Reviews.ShouldBe(1);
        _scene.Time.Run(() => Task.Delay(TimeSpan.FromMinutes(7), _scene.Time));
        ReadAsAccount();
        _scene.Reviews.ShouldBe(2, "two thirds of its time were over");
        Should.Throw<ProviderException>(() => _scene.Time.Run(
            () => engine.WriteAsync("a", [], 0, null, default))).Code.ShouldBe(ProviderErrorCode.Unauthorized);
        _scene.Reviews.ShouldBe(3, "a refusal may mean that the token was revoked");

        _scene.Time.Run(() => system.DeleteRoleAsync("kubernetes", "eso", Operation, default));
        _scene.Time.Run(() => system.DeletePolicyAsync("reader", Operation, default));
        _scene.Time.Run(() => system.DisableEngineAsync("secret", Operation, default));
        _scene.Time.Run(() => system.FindEngineAsync("secret", default)).ShouldBeNull();
    }

    private VaultHealth Health() => _scene.Time.Run(() => _scene.System.HealthAsync(default));

    private KeyValueRead Read(string path, int? version = null) =>
        _scene.Time.Run(() => _scene.Engine.ReadAsync(path, version, null, default));

    private int Write(string path, int cas, string fields) =>
        _scene.Time.Run(() => _scene.Engine.WriteAsync(path, Json(fields), cas, Operation, default));
}
