using System.Text;
using System.Text.Json;
using Orrery.Cli;
using Orrery.Cli.Access;
using Orrery.Engine.Ports;
using Orrery.Providers.Kubernetes.Streams;
using Orrery.Tests.Programs;
using Orrery.Tests.Providers.Kubernetes;

namespace Orrery.Tests.Cli.Access;

/// <summary>The answers are those of an API server, cut to what is read of them.</summary>
public sealed class OpenVerbTests
{
    private const string Password = "correct-horse";

    private const string Service = """
        {"metadata":{"name":"argo-cd-argocd-server","namespace":"argocd"},"spec":{
        "selector":{"app.kubernetes.io/name":"argocd-server"},
        "ports":[{"name":"https","port":443,"targetPort":8080},{"name":"http","port":80,"targetPort":"server"}]}}
        """;

    private const string Ingress = """
        {"metadata":{"name":"argocd","namespace":"argocd"},"spec":{TLS"rules":[{"host":"argocd.example.org",
        "http":{"paths":[{"backend":{"service":{"name":"SERVICE"}}}]}}]}}
        """;

    [ProgramFact("sshd")]
    public async Task A_published_page_is_its_address_and_the_password_only_where_it_is_asked_for()
    {
        await using var scene = await AccessScene.UpAsync();
        scene.Api = () => Server(Of("argo-cd-argocd-server", "\"tls\":[{}],"));

        (await scene.RunAsync("open", "site", "argocd")).ShouldBe(ExitCode.Done);
        scene.Output.ToString().ShouldBe(
            "argocd    https://argocd.example.org\nuser      admin\n"
            + "password  (hidden; --show-secrets shows it)\n");

        scene.Output.GetStringBuilder().Clear();
        (await scene.RunAsync("open", "site", "argocd", "--show-secrets", "--output", "json")).ShouldBe(ExitCode.Done);
        using var json = JsonDocument.Parse(scene.Output.ToString());
        json.RootElement.GetProperty("url").GetString().ShouldBe("https://argocd.example.org");
        json.RootElement.GetProperty("password").GetString().ShouldBe(Password);
        json.RootElement.GetProperty("forwarded").GetBoolean().ShouldBeFalse();
        scene.Error.ToString().ShouldNotContain(Password);
    }

    [ProgramFact("sshd")]
    public async Task A_page_that_is_not_published_is_forwarded_until_it_is_interrupted()
    {
        await using var scene = await AccessScene.UpAsync();
        scene.Api = () => Server(Of("another"));
        var running = scene.RunAsync("open", "site", "argocd", "--no-browser");
        await Eventually.HoldsAsync(
            () => scene.Error.ToString().Contains("until Ctrl-C", StringComparison.Ordinal), "the page is told");

        // The only pod is not ready.
        var port = LocalPort.Of(AccessScene.Platform.Id, "prod", "argocd");
        (await LoopbackForwardTests.AskAsync(port, "GET / HTTP/1.1\r\n\r\n")).ShouldBeEmpty();
        scene.Interrupt();
        (await running).ShouldBe(ExitCode.Interrupted);

        scene.Output.ToString().ShouldStartWith($"argocd    http://127.0.0.1:{port}\n");
        scene.Error.ToString().ShouldContain("connection failed: no pod of argo-cd-argocd-server is ready");
    }

    [ProgramFact("sshd")]
    public async Task A_component_that_is_not_there_yet_is_told()
    {
        await using var scene = await AccessScene.UpAsync();
        scene.Api = () => Server(Of("another"), service: "");
        (await scene.RunAsync("open", "site", "argocd")).ShouldBe(ExitCode.Failed);
        scene.Error.ToString().ShouldContain("CLI018");
        scene.Error.ToString().ShouldContain("orrery status site");
    }

    [Fact]
    public async Task A_pod_is_reached_at_the_port_that_its_service_names()
    {
        var scene = Server(Of("another"), ready: true);
        var service = await ForwardedService.FindAsync(
            scene.Client, "argocd", "app.kubernetes.io/name=argocd-server", default);

        // A function cannot upgrade to a stream; what is asked for says which pod and port.
        await Should.ThrowAsync<ProviderException>(() => service.ShouldNotBeNull().ConnectAsync(default));

        scene.Lines.ShouldContain("GET /api/v1/namespaces/argocd/pods/server-1/portforward?ports=8083");
    }

    [Fact]
    public void A_port_belongs_to_its_name()
    {
        LocalPort.Of("a", "prod").ShouldBe(LocalPort.Of("a", "prod"));
        var ports = Enumerable.Range(0, 500).Select(number => LocalPort.Of($"platform-{number}", "prod")).ToArray();
        ports.ShouldAllBe(port => port >= 20_000 && port < 30_000);
        ports.Distinct().Count().ShouldBeGreaterThan(450);
    }

    private static string Of(string service, string tls = "") => Ingress
        .Replace("TLS", tls, StringComparison.Ordinal).Replace("SERVICE", service, StringComparison.Ordinal);

    private static KubernetesScene Server(string ingress, string service = Service, bool ready = false) => new(
        call => call.Path switch
        {
            "/api" => KubernetesScene.Json(Kinds("v1", "", ["services", "pods", "secrets"])),
            "/apis" => KubernetesScene.Json(Kinds("v1", "networking.k8s.io", ["ingresses"])),
            "/api/v1/namespaces/argocd/services" => List(
                call.Query["labelSelector"] == "app.kubernetes.io/name=argocd-server" ? service : ""),
            "/api/v1/namespaces/argocd/pods" => List(Pod("server-0", isReady: false), Pod("server-1", ready)),
            "/apis/networking.k8s.io/v1/namespaces/argocd/ingresses" => List(ingress),
            "/api/v1/namespaces/argocd/secrets/argocd-initial-admin-secret" => KubernetesScene.Json(
                $$$"""{"data":{"password":"{{{Convert.ToBase64String(Encoding.UTF8.GetBytes(Password))}}}"}}"""),
            _ => KubernetesScene.Status(404, "NotFound"),
        })
    {
        Answers = "discovery too",
    };

    private static string Kinds(string version, string group, IEnumerable<string> plurals) => $$$"""
        {"kind":"APIGroupDiscoveryList","apiVersion":"apidiscovery.k8s.io/v2","items":[
        {"metadata":{"name":"{{{group}}}"},"versions":[
        {"version":"{{{version}}}","resources":[{{{string.Join(',', plurals.Select(plural => $$$"""
        {"resource":"{{{plural}}}","responseKind":{"group":"","version":"","kind":"{{{KindOf(plural)}}}"},
        "scope":"Namespaced","verbs":["get","list"]}
        """))}}}]}]}]}
        """;

    private static string KindOf(string plural) => plural switch
    {
        "services" => "Service",
        "pods" => "Pod",
        "secrets" => "Secret",
        _ => "Ingress",
    };

    private static string Pod(string name, bool isReady) => $$$"""
        {"metadata":{"name":"{{{name}}}","namespace":"argocd"},
        "spec":{"containers":[{"ports":[{"name":"metrics","containerPort":1},{"name":"server","containerPort":8083}]}]},
        "status":{"conditions":[{"type":"Ready","status":"{{{isReady}}}"}]}}
        """;

    private static HttpResponseMessage List(params IEnumerable<string> items) => KubernetesScene.Json(
        $$$"""
        {"metadata":{"resourceVersion":"1"},"items":[{{{string.Join(',', items.Where(item => item.Length > 0))}}}]}
        """);
}
