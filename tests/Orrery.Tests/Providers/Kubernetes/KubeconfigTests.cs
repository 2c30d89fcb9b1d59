using System.Text;
using Orrery.Engine.Ports;
using Orrery.Providers.Kubernetes.Configuration;

namespace Orrery.Tests.Providers.Kubernetes;

/// <summary>What a kubeconfig gives, what it complains of, and what a merge keeps.</summary>
public class KubeconfigTests
{
    private const string Key = "-----BEGIN EC PRIVATE KEY-----\nplanted-key-4711\n-----END EC PRIVATE KEY-----\n";
    private const string Certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

    private const string Plugin = """
        exec:
          apiVersion: client.authentication.k8s.io/v1
          command: get-token
          args: [--cluster, prod]
          env: [{name: REGION, value: fsn1}]
          installHint: install get-token first
          provideClusterInfo: true
        """;

    private const string Theirs = """
        apiVersion: v1
        kind: Config
        preferences: {colors: true}
        current-context: work
        clusters:
        - name: cosmos
          cluster: {server: "https://old:6443"}
        - name: work
          cluster:
            server: https://work:6443
            proxy-url: socks5://127.0.0.1:1080
        contexts:
        - name: work
          context: {cluster: work, user: "007", namespace: team}
        users:
        - name: "007"
          user: {token: theirs}
        """;

    [Fact]
    public void Certificates_stand_in_it_or_in_files_beside_it()
    {
        var access = Open(Config($"""
            client-certificate-data: {Base64(Certificate)}
            client-key: keys/prod.key
            """));

        access.Connection.Server.ShouldBe(new Uri("https://192.0.2.10:6443"));
        access.Connection.CertificateAuthority.ShouldBe(Certificate);
        access.Connection.ClientCertificate.ShouldBe(Certificate);
        access.Connection.ClientKey.ShouldBe(Key);
        access.Tokens.ShouldBeNull();
        $"{access} {access.Connection}".ShouldNotContain("planted");
    }

    [Fact]
    public async Task A_token_stands_in_it_or_in_a_file_that_is_read_again()
    {
        (await Open(Config("token: t-1")).Tokens!.TokenAsync(default)).ShouldBe("t-1");

        var scene = new Surroundings();
        var tokens = scene.Open(Config("tokenFile: token")).Tokens!;
        (await tokens.TokenAsync(default)).ShouldBe("t-0");
        scene.Files["/home/me/token"] = "t-9\n";
        (await tokens.TokenAsync(default)).ShouldBe("t-0");
        scene.Time.Run(() => Task.Delay(TimeSpan.FromMinutes(1), scene.Time));
        (await tokens.TokenAsync(default)).ShouldBe("t-9");
    }

    [Fact]
    public async Task A_plugin_is_run_again_when_its_token_runs_out_or_is_refused()
    {
        var scene = new Surroundings();
        scene.Prints("""{"token":"t-1","expirationTimestamp":"2026-01-01T00:10:00Z"}""");
        var tokens = scene.Open(Config(Plugin)).Tokens!;

        (await tokens.TokenAsync(default)).ShouldBe("t-1");
        scene.Asked.Count.ShouldBe(1);
        scene.Prints("""{"token":"t-2"}""");
        scene.Time.Run(() => Task.Delay(TimeSpan.FromMinutes(9.6), scene.Time));
        (await tokens.TokenAsync(default)).ShouldBe("t-2");
        scene.Prints("""{"token":"t-3"}""");
        (await tokens.TokenAsync(default)).ShouldBe("t-2");
        tokens.Refused("t-2").ShouldBeTrue();
        (await tokens.TokenAsync(default)).ShouldBe("t-3");

        var asked = scene.Asked[0];
        asked.Program.ShouldBe("get-token");
        asked.Arguments.ShouldBe(["--cluster", "prod"]);
        asked.Environment["REGION"].ShouldBe("fsn1");
        asked.Environment["KUBERNETES_EXEC_INFO"].Replace('"', '\'').ShouldBe(
            "{'apiVersion':'client.authentication.k8s.io/v1','kind':'ExecCredential','spec':{'interactive':false,"
            + "'cluster':{'server':'https://192.0.2.10:6443','certificate-authority-data':"
            + $"'{Base64(Certificate)}'}}}}}}");
    }

    [Fact]
    public void A_plugin_may_give_a_certificate()
    {
        var scene = new Surroundings();
        scene.Prints($$"""
            {"clientCertificateData":{{Quoted(Certificate)}},"clientKeyData":{{Quoted(Key)}},
            "expirationTimestamp":"2026-01-01T01:00:00Z"}
            """);

        var access = scene.Open(Config(Plugin));

        access.Connection.ClientKey.ShouldBe(Key);
        access.Tokens.ShouldBeNull();
        access.Expires.ShouldBe(scene.Time.GetUtcNow().AddHours(1));
    }

    public static TheoryData<string, string> Mistakes() => new()
    {
        { "a: b: c", "/home/me/config is not readable as YAML (line 1)" },
        { "[]", "/home/me/config must be one map: apiVersion, kind: Config, …" },
        { "clusters: 5\ncurrent-context: a", "/home/me/config: contexts has no context 'a': choose one of none" },
        { "contexts: [5]\ncurrent-context: a", "/home/me/config: contexts must be a list of maps" },
        { "apiVersion: v1", "/home/me/config: current-context is not set: choose one of none" },
        {
            Config("token: t").Replace("cluster: prod", "cluster: other", StringComparison.Ordinal),
            "/home/me/config: contexts[name=prod].context.cluster names 'other', which 'clusters' does not have:"
            + " it has prod"
        },
        {
            Config("token: t").Replace("user: me", "user: you", StringComparison.Ordinal),
            "/home/me/config: contexts[name=prod].context.user names 'you', which 'users' does not have: it has me"
        },
        {
            Config("token: t").Replace("https://", "", StringComparison.Ordinal),
            "/home/me/config: clusters[name=prod].cluster.server is not an https address: write for example"
            + " https://192.0.2.10:6443"
        },
        {
            Config("token: t").Replace(
                "certificate-authority:", "insecure-skip-tls-verify: true #", StringComparison.Ordinal),
            "/home/me/config: clusters[name=prod].cluster.insecure-skip-tls-verify is not supported: give"
            + " certificate-authority-data instead"
        },
    };

    public static TheoryData<string, string> MistakesOfUsers() => new()
    {
        {
            Config("username: me"),
            "/home/me/config: users[name=me].user.username is not supported: Kubernetes 1.19 removed passwords; use a"
            + " token or a client certificate"
        },
        {
            Config("auth-provider: {name: oidc}"),
            "/home/me/config: users[name=me].user.auth-provider is not supported: Kubernetes 1.26 removed it; use an"
            + " exec plugin"
        },
        {
            Config($"client-key-data: {Base64(Key)}"),
            "/home/me/config: users[name=me].user.client-certificate-data is missing: client-key needs it"
        },
        {
            Config("client-key-data: planted-key-4711"),
            "/home/me/config: users[name=me].user.client-key-data is not base64: it is the base64 of a whole PEM file"
        },
        {
            Config($"client-key-data: {Base64("planted-key-4711")}"),
            "/home/me/config: users[name=me].user.client-key-data holds no PEM: it must hold a line '-----BEGIN …-----'"
        },
        {
            Config("client-key: absent"),
            "/home/me/config: users[name=me].user.client-key names the file '/home/me/absent', which is not there or"
            + " may not be read"
        },
        {
            Config("exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: x}"),
            "/home/me/config: users[name=me].user.exec.apiVersion is 'client.authentication.k8s.io/v1alpha1': only"
            + " client.authentication.k8s.io/v1 and client.authentication.k8s.io/v1beta1 are supported"
        },
        {
            Config("exec: {apiVersion: client.authentication.k8s.io/v1}"),
            "/home/me/config: users[name=me].user.exec.command is missing: name the program that gives the credentials"
        },
        {
            Config(Plugin),
            "/home/me/config: users[name=me].user.exec.command ended with 1: not logged in (install get-token first)"
        },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    [MemberData(nameof(MistakesOfUsers))]
    public void A_mistake_is_told_with_its_field_and_without_the_key(string text, string expected)
    {
        var refusal = Should.Throw<ProviderException>(() => Open(text));
        refusal.Message.ShouldBe(expected);
        refusal.ToString().ShouldNotContain("planted");
    }

    [Theory]
    [InlineData("planted-token", "printed something that is no ExecCredential in JSON")]
    [InlineData("""{"kind":"ExecCredential"}""", "printed no ExecCredential with a status")]
    [InlineData(
        """{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{}}""",
        "gave neither a token nor a client certificate")]
    [InlineData(
        """
        {"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"clientKeyData":"planted"}}
        """,
        "gave a client certificate without its key, or the reverse")]
    public void What_a_plugin_prints_wrong_is_told_without_a_word_of_it(string output, string expected)
    {
        var scene = new Surroundings { Result = new ProcessResult(0, Encoding.UTF8.GetBytes(output), "") };

        var refusal = Should.Throw<ProviderException>(() => scene.Open(Config(Plugin)));

        refusal.Message.ShouldBe($"/home/me/config: users[name=me].user.exec.command {expected}");
        refusal.ToString().ShouldNotContain("planted");
    }

    [Fact]
    public void A_merge_keeps_what_people_have_and_replaces_what_has_our_name()
    {
        var ours = Kubeconfig.Of(new KubeconfigEntry("cosmos", new Uri("https://192.0.2.10:6443"))
        {
            CertificateAuthority = Certificate,
            ClientCertificate = Certificate,
            ClientKey = Key,
        });

        var text = Kubeconfig.Read(Theirs, "/home/me/config").Merge(ours).ToText();

        text.ReplaceLineEndings("\n").ShouldBe($$"""
            apiVersion: v1
            kind: Config
            preferences: {colors: true}
            current-context: work
            clusters:
            - name: cosmos
              cluster:
                server: https://192.0.2.10:6443
                certificate-authority-data: {{Base64(Certificate)}}
            - name: work
              cluster:
                server: https://work:6443
                proxy-url: socks5://127.0.0.1:1080
            contexts:
            - name: work
              context: {cluster: work, user: "007", namespace: team}
            - name: cosmos
              context:
                cluster: cosmos
                user: cosmos
            users:
            - name: "007"
              user: {token: theirs}
            - name: cosmos
              user:
                client-certificate-data: {{Base64(Certificate)}}
                client-key-data: {{Base64(Key)}}

            """.ReplaceLineEndings("\n"));
        Kubeconfig.Read(text, "x").Merge(ours).ToText().ShouldBe(text);
        var access = new Surroundings().Run(Kubeconfig.Read(text, "/home/me/config"), "cosmos");
        access.Connection.ClientKey.ShouldBe(Key);
        $"{ours}".ShouldBe("kubeconfig cosmos");
    }

    [Fact]
    public void In_an_empty_file_our_context_becomes_the_current_one()
    {
        var ours = Kubeconfig.Of(new KubeconfigEntry("cosmos", new Uri("https://192.0.2.10:6443")) { Token = "123" });

        var merged = Kubeconfig.Read("", "/home/me/config").Merge(ours);

        merged.CurrentContext.ShouldBe("cosmos");
        merged.Contexts.ShouldBe(["cosmos"]);
        merged.ToText().ShouldContain("token: \"123\"");
    }

    private static string Config(string user) => $"""
        apiVersion: v1
        kind: Config
        current-context: prod
        clusters:
        - name: prod
          cluster:
            server: https://192.0.2.10:6443
            certificate-authority: ca.pem
        contexts:
        - name: prod
          context:
            cluster: prod
            user: me
        users:
        - name: me
          user:
            {user.ReplaceLineEndings("\n    ")}
        """;

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Quoted(string text) => $"\"{text.Replace("\n", "\\n", StringComparison.Ordinal)}\"";

    private static KubeconfigAccess Open(string text) => new Surroundings().Open(text);

    /// <summary>A few files, one program, and a clock.</summary>
    private sealed class Surroundings : IProcessRunner
    {
        public VirtualTime Time { get; } = new();

        public Dictionary<string, string> Files { get; } = new()
        {
            ["/home/me/ca.pem"] = Certificate,
            ["/home/me/keys/prod.key"] = Key,
            ["/home/me/token"] = "t-0\n",
        };

        public List<ProcessRequest> Asked { get; } = [];

        public ProcessResult Result { get; set; } = new(1, default, "not logged in\n");

        public void Prints(string status) => Result = new ProcessResult(0, Encoding.UTF8.GetBytes(
            $$"""{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{{status}}}"""), "");

        public KubeconfigAccess Open(string text) => Run(Kubeconfig.Read(text, "/home/me/config"), null);

        public KubeconfigAccess Run(Kubeconfig config, string? context)
        {
            var surroundings = new KubeconfigSurroundings(Files.GetValueOrDefault, this, Time);
            return Time.Run(() => config.OpenAsync(context, surroundings, default));
        }

        public Task<ProcessResult> RunAsync(ProcessRequest request, CancellationToken cancellation)
        {
            Asked.Add(request);
            return Task.FromResult(Result);
        }

        public Task<IRunningProcess> StartAsync(ProcessRequest request, CancellationToken cancellation) =>
            throw new InvalidOperationException("nobody starts a program for credentials");
    }
}
