using static Orrery.Tests.Simulation.K3s.ClusterScene;

namespace Orrery.Tests.Simulation.K3s;

public class WorkloadTests
{
    private const string Web = """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: web
          namespace: default
        spec:
          replicas: 2
          selector:
            matchLabels:
              app: web
          template:
            metadata:
              labels:
                app: web
            spec:
              containers:
              - name: web
                image: ghcr.io/example/web:1
                ports:
                - containerPort: 8080
        """;

    [Fact]
    public void A_whole_K3s_boots_and_its_own_parts_get_ready()
    {
        var scene = new ClusterScene().Boot();
        foreach (var name in new[] { "coredns", "local-path-provisioner", "metrics-server" })
        {
            var deployment = scene.Get("apps/v1", "Deployment", "kube-system", name);
            Condition(deployment, "Available").ShouldBe("True", name);
            Condition(deployment, "Progressing", "reason").ShouldBe("NewReplicaSetAvailable", name);
            Text(deployment, "status", "availableReplicas").ShouldBe("1", name);
            Text(deployment, "status", "observedGeneration").ShouldBe(Text(deployment, "metadata", "generation"));
        }

        var pod = scene.Pod("kube-system", "coredns-");
        Text(pod, "status", "phase").ShouldBe("Running");
        Condition(pod, "Ready").ShouldBe("True");
        Text(pod, "spec", "nodeName").ShouldBe("node-1");
        Text(pod, "status", "podIP").ShouldStartWith("10.42.0.");
    }

    [Fact]
    public void A_changed_template_replaces_the_pods_once_the_new_ones_are_ready()
    {
        var scene = new ClusterScene().Boot();
        scene.Apply(Web);
        scene.Wait(30);
        var first = Pods(scene);
        first.Count.ShouldBe(2);
        scene.Apply(Web.Replace("web:1", "web:2", StringComparison.Ordinal));
        scene.Wait(3);
        Text(scene.Get("apps/v1", "Deployment", "default", "web"), "status", "readyReplicas").ShouldBe("2");
        scene.Wait(60);
        Pods(scene).Intersect(first).ShouldBeEmpty();
        Text(scene.Get("apps/v1", "Deployment", "default", "web"), "status", "updatedReplicas").ShouldBe("2");
        scene.Apply(Web.Replace("replicas: 2", "replicas: 0", StringComparison.Ordinal));
        scene.Wait(30);
        Pods(scene).ShouldBeEmpty();
    }

    [Fact]
    public void A_recreated_deployment_never_has_two_pods()
    {
        var scene = new ClusterScene().Boot();
        var text = Web.Replace("replicas: 2", "replicas: 1\n  strategy:\n    type: Recreate", StringComparison.Ordinal);
        scene.Apply(text);
        scene.Wait(30);
        var most = 0;
        scene.Store.Changed += _ => most = Math.Max(most, Pods(scene).Count);
        scene.Apply(text.Replace("web:1", "web:2", StringComparison.Ordinal));
        scene.Wait(60);
        most.ShouldBe(1);
        Text(scene.Pod("default", "web-"), "spec", "containers", "0", "image").ShouldBe("ghcr.io/example/web:2");
    }

    [Fact]
    public void An_image_that_is_on_the_machine_starts_sooner()
    {
        const string Archive = "/var/lib/rancher/k3s/agent/images/own.tar";
        TimeSpan Took(string setup)
        {
            var scene = new ClusterScene().Boot(setup: setup);
            var start = scene.Agenda.Now;
            scene.Apply(Web);
            while (Text(scene.Get("apps/v1", "Deployment", "default", "web"), "status", "readyReplicas") != "2")
                scene.Wait(0.5);
            return scene.Agenda.Now - start;
        }

        var folder = Archive[..Archive.LastIndexOf('/')];
        var preloaded = Took($"mkdir -p {folder} && echo '#!simulated-images ghcr.io/example/web:1' > {Archive}");
        (Took("") - preloaded).ShouldBe(TimeSpan.FromSeconds(8));
    }

    [Fact]
    public void A_pod_with_a_taken_host_port_stays_pending()
    {
        var scene = new ClusterScene().Boot();
        const string Exporter = """
            apiVersion: v1
            kind: Pod
            metadata:
              name: NAME
              namespace: default
            spec:
              hostNetwork: true
              containers:
              - name: main
                image: quay.io/prometheus/node-exporter:v1
                ports:
                - containerPort: 9100
                  hostPort: 9100
            """;
        scene.Apply(Exporter.Replace("NAME", "one", StringComparison.Ordinal));
        scene.Wait(30);
        scene.Apply(Exporter.Replace("NAME", "two", StringComparison.Ordinal));
        scene.Wait(30);
        var pod = scene.Get("v1", "Pod", "default", "two");
        Text(pod, "status", "phase").ShouldBe("Pending");
        Condition(pod, "PodScheduled", "reason").ShouldBe("Unschedulable");
        Condition(pod, "PodScheduled", "message").ShouldStartWith(
            "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports.");
        scene.Store.Delete("v1", "Pod", "default", "one");
        scene.Wait(60);
        Condition(scene.Get("v1", "Pod", "default", "two"), "Ready").ShouldBe("True");
    }

    [Fact]
    public void A_missing_secret_holds_a_pod_until_it_is_there()
    {
        var scene = new ClusterScene().Boot();
        const string Variable = "env: [{name: A, valueFrom: {secretKeyRef: {name: admin, key: password}}}]";
        scene.Apply(Web.Replace("replicas: 2", "replicas: 1", StringComparison.Ordinal)
            .Replace("        ports:", $"        {Variable}\n        ports:", StringComparison.Ordinal));
        scene.Wait(30);
        var waiting = scene.Pod("default", "web-");
        Text(waiting, "status", "containerStatuses", "0", "state", "waiting", "reason")
            .ShouldBe("CreateContainerConfigError");
        Text(waiting, "status", "containerStatuses", "0", "state", "waiting", "message")
            .ShouldBe("secret \"admin\" not found");
        scene.Apply("apiVersion: v1\nkind: Secret\nmetadata:\n  name: admin\n  namespace: default\n"
            + "stringData:\n  password: x\n");
        scene.Wait(20);
        Condition(scene.Pod("default", "web-"), "Ready").ShouldBe("True");
    }

    [Fact]
    public void A_job_runs_to_its_end()
    {
        var scene = new ClusterScene().Boot();
        scene.Apply("""
            apiVersion: batch/v1
            kind: Job
            metadata:
              name: once
              namespace: default
            spec:
              template:
                spec:
                  restartPolicy: Never
                  containers:
                  - name: main
                    image: docker.io/library/busybox:1
            """);
        scene.Wait(30);
        var job = scene.Get("batch/v1", "Job", "default", "once");
        Condition(job, "Complete").ShouldBe("True");
        Text(job, "status", "succeeded").ShouldBe("1");
        Text(scene.Pod("default", "once-"), "status", "phase").ShouldBe("Succeeded");
    }

    [Fact]
    public void A_load_balancer_takes_the_ports_of_the_node_and_has_its_address()
    {
        var scene = new ClusterScene().Boot();
        scene.Apply(Web);
        scene.Apply("""
            apiVersion: v1
            kind: Service
            metadata:
              name: web
              namespace: default
            spec:
              type: LoadBalancer
              ports:
              - port: 8080
                targetPort: 8080
              selector:
                app: web
            """);
        scene.Wait(60);
        Text(scene.Get("v1", "Service", "default", "web"), "status", "loadBalancer", "ingress", "0", "ip")
            .ShouldBe("203.0.113.1");
        Text(scene.Store.List("discovery.k8s.io/v1", "EndpointSlice", "default")
            .Single(slice => Text(slice, "metadata", "name") == "web-slice"), "endpoints", "1", "conditions", "ready")
            .ShouldBe("true");
    }

    [Fact]
    public void Pods_run_on_while_K3s_is_down_and_start_again_after_the_machine()
    {
        var scene = new ClusterScene().Boot();
        scene.Apply(Web);
        scene.Wait(30);
        var names = Pods(scene);
        scene.Ssh("systemctl restart k3s");
        scene.Wait(60);
        Restarts(scene).ShouldBe(0);
        scene.Park.Reset("1");
        scene.Wait(180);
        Pods(scene).ShouldBe(names);
        Restarts(scene).ShouldBe(2);
        Text(scene.Get("apps/v1", "Deployment", "default", "web"), "status", "readyReplicas").ShouldBe("2");
    }

    private static List<string> Pods(ClusterScene scene) =>
        [.. scene.Store.List("v1", "Pod", "default").Select(pod => Text(pod, "metadata", "name"))];

    private static int Restarts(ClusterScene scene) => scene.Store.List("v1", "Pod", "default")
        .Sum(pod => (int)pod["status"]!["containerStatuses"]![0]!["restartCount"]!);
}
