using Orrery.Tests.Programs;

namespace Orrery.Tests.Cli.Simulating;

/// <summary>The system's kubectl in a cluster that <c>simulate</c> serves. Only in the namespace default.</summary>
[Collection(nameof(MadePlatform))]
public sealed class KubectlOnSocketsTests
{
    private const string Settings = """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: NAME, namespace: default}
        data: {colour: red}
        """;

    private readonly ServedPlatform _served;

    public KubectlOnSocketsTests(MadePlatform made) => _served = made.Served;

    [ProgramFact("kubectl")]
    public async Task It_sees_the_node_and_strangers_are_refused()
    {
        (await KubectlAsync("get nodes")).ShouldContain("cosmos-0   Ready");
        // The certificate of the server is verified, and who shows none of his own is nobody.
        var server = await KubectlAsync("config view -o jsonpath={.clusters[0].cluster.server}");
        var stranger = await _served.RunAsync(
            "kubectl", "", "get", "ns", "--kubeconfig=/dev/null", "--insecure-skip-tls-verify", $"--server={server}",
            "--token=guessed");
        stranger.Error.ShouldContain("You must be logged in to the server");
    }

    [ProgramFact("kubectl")]
    public async Task It_applies_tries_and_is_told_of_conflicts()
    {
        var red = Settings.Replace("NAME", "one", StringComparison.Ordinal);
        var blue = red.Replace("red", "blue", StringComparison.Ordinal);
        (await ApplyAsync(red)).Output.ShouldContain("configmap/one created");
        (await ApplyAsync(blue, "--dry-run=server")).Output.ShouldContain("configmap/one configured (server dry run)");
        (await KubectlAsync("get cm one -o jsonpath={.data.colour}")).ShouldBe("red");
        (await ApplyAsync(blue, "--server-side", "--field-manager=other")).Error.ShouldContain("conflict");
        (await ApplyAsync(blue, "--server-side", "--field-manager=other", "--force-conflicts")).Code.ShouldBe(0);
    }

    [ProgramFact("kubectl")]
    public async Task It_watches_and_waits()
    {
        (await ApplyAsync(Settings.Replace("NAME", "two", StringComparison.Ordinal))).Code.ShouldBe(0);
        using var watching = _served.Follow("kubectl", "get", "cm", "two", "--watch", "--output-watch-events");
        await watching.SaysAsync("ADDED +two");
        var waiting = _served.RunAsync("kubectl", "", "wait", "cm/two", "--for=delete", "--timeout=60s");
        await KubectlAsync("delete cm two");
        await watching.SaysAsync("DELETED +two");
        (await waiting).Code.ShouldBe(0);
    }

    [ProgramFact("kubectl")]
    public async Task It_runs_commands_in_pods_that_have_a_shell()
    {
        await KubectlAsync("create deployment shell --image=busybox:1.36.1");
        await KubectlAsync("wait deployment/shell --for=condition=Available --timeout=60s");
        (await KubectlAsync("exec deploy/shell -- echo hello there")).ShouldBe("hello there\n");
        var failed = await _served.RunAsync(
            "kubectl", "", "exec", "deploy/shell", "--", "sh", "-c", "echo oops >&2; exit 3");
        failed.Code.ShouldBe(3, failed.Error);
        failed.Error.ShouldContain("oops");
        await KubectlAsync("delete deployment shell");
    }

    [ProgramFact("kubectl")]
    public async Task It_makes_what_it_sends_as_protobuf()
    {
        await KubectlAsync("create configmap made --from-literal=colour=red");
        (await KubectlAsync("get cm made -o jsonpath={.data}")).ShouldBe("""{"colour":"red"}""");
        var again = await _served.RunAsync("kubectl", "", "create", "configmap", "made");
        again.Error.ShouldContain("configmaps \"made\" already exists");
        await KubectlAsync("create secret generic made --from-literal=password=hunter2");
        (await KubectlAsync("get secret made -o jsonpath={.data.password}")).ShouldBe("aHVudGVyMg==");
        await KubectlAsync("create deployment made --image=nginx:1.27 --replicas=2 --port=80");
        await KubectlAsync("wait deployment/made --for=condition=Available --timeout=60s");
        (await KubectlAsync("get deployment made -o jsonpath={.spec.template.spec.containers[*].ports}"))
            .ShouldBe("""[{"containerPort":80,"protocol":"TCP"}]""");
        await KubectlAsync("create service clusterip made --tcp=80:http");
        (await KubectlAsync("get service made -o jsonpath={.spec.ports[0].targetPort}")).ShouldBe("http");
        await KubectlAsync("create role made --verb=get --resource=pods");
        await KubectlAsync("create rolebinding made --role=made --serviceaccount=default:default");
        (await KubectlAsync("auth can-i list nodes")).ShouldBe("yes\n");
        await KubectlAsync("delete cm,secret,deployment,service,role,rolebinding made");
    }

    [ProgramFact("kubectl")]
    public async Task It_knows_the_kinds_that_controllers_have_brought()
    {
        (await KubectlAsync("get app -A")).ShouldMatch(@"argocd +kube-prometheus-stack ");
        (await KubectlAsync("explain application.spec")).ShouldContain("KIND:       Application");
        const string kinds = "api-resources --api-group=monitoring.coreos.com -o name";
        (await KubectlAsync(kinds)).ShouldContain("prometheuses.monitoring.coreos.com");
        // A server may be too old for the document that has all groups at once.
        (await KubectlAsync("get --raw /apis/monitoring.coreos.com/v1")).ShouldContain("\"prometheuses\"");
    }

    [ProgramFact("kubectl")]
    public async Task It_shows_what_a_failing_container_said()
    {
        const string chart = """
            apiVersion: helm.cattle.io/v1
            kind: HelmChart
            metadata: {name: absent, namespace: default}
            spec: {chart: absent, repo: "https://charts.example.org", version: 1.0.0}
            """;
        (await ApplyAsync(chart)).Code.ShouldBe(0);
        const string pods = "get pod -l helmcharts.helm.cattle.io/chart=absent";
        using (var watching = _served.Follow("kubectl", [.. $"{pods} --watch".Split(' ')]))
            await watching.SaysAsync("CrashLoopBackOff|Error");
        var pod = await KubectlAsync($"{pods} -o name");
        (await KubectlAsync($"logs {pod.Trim()}")).ShouldStartWith("Error: INSTALLATION FAILED: ");
        await KubectlAsync("delete helmchart absent");
    }

    [ProgramFact("kubectl")]
    public async Task It_is_told_what_is_not_simulated()
    {
        var log = await _served.RunAsync("kubectl", "", "logs", "-n", "argocd", "deployment/argo-cd-argocd-server");
        log.Code.ShouldBe(1);
        log.Error.ShouldContain("the simulated API server does not support logs of containers that have not failed");
    }

    private Task<string> KubectlAsync(string words) => _served.OutputAsync("kubectl", words.Split(' '));

    private Task<ServedPlatform.Ended> ApplyAsync(string text, params string[] options) =>
        _served.RunAsync("kubectl", text, ["apply", "-f", "-", .. options]);
}
