using System.Diagnostics;
using Orrery.Simulation.Kubernetes;
using Orrery.Simulation.Kubernetes.Store;
using Orrery.Simulation.Sockets;
using Orrery.Simulation.Worlds;
using Orrery.Tests.Programs;

namespace Orrery.Tests.Simulation.Kubernetes;

/// <summary>The installed kubectl works with the simulated server over a socket.</summary>
public sealed class KubectlTests : IAsyncLifetime
{
    private const string Shop = """
        apiVersion: v1
        kind: Namespace
        metadata: {name: shop}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings, namespace: shop}
        data: {colour: red}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, namespace: shop}
        spec:
          replicas: 2
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
              - {name: web, image: "nginx:1.27", ports: [{containerPort: 80}]}
        """;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly string _folder = Directory.CreateTempSubdirectory("kubectl").FullName;
    private WorldServer? _server;

    public Task InitializeAsync()
    {
        var agenda = new Agenda();
        var options = new KubernetesApiOptions
        {
            WithoutToken = new Identity("admin", "", ["system:masters", "system:authenticated"]),
        };
        _server = WorldServer.Start(new KubernetesApi(options, agenda), agenda, TimeProvider.System);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _server!.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [ProgramFact("kubectl")]
    public async Task Kubectl_applies_reads_tries_and_deletes()
    {
        (await RunAsync(Shop, "apply", "-f", "-")).ShouldBeSuccess("deployment.apps/web created");
        (await RunAsync(Shop, "apply", "-f", "-")).ShouldBeSuccess("deployment.apps/web unchanged");
        (await RunAsync("", "get", "deploy,cm", "-n", "shop")).ShouldBeSuccess("configmap/settings");
        var blue = Shop.Replace("red", "blue", StringComparison.Ordinal);
        (await RunAsync(blue, "apply", "--dry-run=server", "-f", "-"))
            .ShouldBeSuccess("configmap/settings configured (server dry run)");
        (await RunAsync("", "get", "cm", "settings", "-n", "shop", "-o", "jsonpath={.data.colour}"))
            .ShouldBeSuccess("red");
        (await RunAsync("", "scale", "deploy/web", "-n", "shop", "--replicas=5")).ShouldBeSuccess("scaled");
        (await RunAsync("", "delete", "ns", "shop", "--wait=true")).ShouldBeSuccess("deleted");
        (await RunAsync("", "get", "ns", "shop")).Error.ShouldContain("NotFound");
    }

    [ProgramFact("kubectl")]
    public async Task Kubectl_is_told_of_conflicts_and_can_force_them()
    {
        (await RunAsync(Shop, "apply", "--server-side", "-f", "-")).ShouldBeSuccess("configmap/settings serverside");
        var blue = Shop.Replace("red", "blue", StringComparison.Ordinal);
        var refused = await RunAsync(blue, "apply", "--server-side", "--field-manager=other", "-f", "-");
        refused.Code.ShouldBe(1);
        refused.Error.ShouldContain("Apply failed with 1 conflict: conflict with \"kubectl\": .data.colour");
        (await RunAsync(blue, "apply", "--server-side", "--field-manager=other", "--force-conflicts", "-f", "-"))
            .ShouldBeSuccess("configmap/settings serverside");
    }

    [ProgramFact("kubectl")]
    public async Task Kubectl_waits_for_what_another_changes()
    {
        (await RunAsync(Shop, "apply", "-f", "-")).ShouldBeSuccess("created");
        (await RunAsync("", "wait", "deploy/web", "-n", "shop", "--for=condition=Available", "--timeout=1s"))
            .Error.ShouldContain("timed out");
        var waiting = RunAsync("", "wait", "cm/settings", "-n", "shop", "--for=delete", "--timeout=30s");
        (await RunAsync("", "delete", "cm", "settings", "-n", "shop")).ShouldBeSuccess("deleted");
        (await waiting).Code.ShouldBe(0);
    }

    private async Task<KubectlResult> RunAsync(string input, params string[] arguments)
    {
        string[] fixedOnes =
        [
            "--kubeconfig=/dev/null", $"--server={_server!.Address}", $"--cache-dir={_folder}", "--request-timeout=30s",
        ];
        var start = new ProcessStartInfo("kubectl", [.. arguments, .. fixedOnes])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["HOME"] = _folder;
        using var limit = new CancellationTokenSource(Limit);
        using var process = Process.Start(start).ShouldNotBeNull();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.StandardInput.WriteAsync(input.AsMemory(), limit.Token);
            process.StandardInput.Close();
            await process.WaitForExitAsync(limit.Token);
            return new KubectlResult(process.ExitCode, await output, await error);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    private sealed record KubectlResult(int Code, string Output, string Error)
    {
        public void ShouldBeSuccess(string text)
        {
            Code.ShouldBe(0, Error);
            Output.ShouldContain(text);
        }
    }
}
