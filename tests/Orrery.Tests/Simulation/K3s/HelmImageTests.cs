using Orrery.Simulation.K3s.Networks;
using static Orrery.Tests.Simulation.K3s.ClusterScene;

namespace Orrery.Tests.Simulation.K3s;

/// <summary>Somebody's Job runs Helm in the cluster, and what it installs gives services their addresses.</summary>
public sealed class HelmImageTests
{
    private const string Binding = """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata: { name: helm }
        roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin }
        subjects: [{ kind: ServiceAccount, name: helm, namespace: kube-system }]
        """;

    private const string MetalLb = "helm upgrade metallb metallb --repo https://metallb.github.io/metallb "
        + "--version 0.16.1 --namespace metallb-system --install --values /values/values.yaml";

    [Fact]
    public void A_chart_is_installed_and_services_get_addresses_of_its_pools()
    {
        var scene = Ran(MetalLb);

        Text(scene.Get("batch/v1", "Job", "kube-system", "chart"), "status", "succeeded").ShouldBe("1");
        scene.Wait(60);
        scene.Apply("""
            apiVersion: metallb.io/v1beta1
            kind: IPAddressPool
            metadata: { name: ingress, namespace: metallb-system }
            spec: { addresses: [10.2.3.2/32, 10.2.3.4-10.2.3.5] }
            """);
        foreach (var name in (string[])["a", "b", "c"])
            scene.Apply(Service(name));
        scene.Wait(5);
        AddressesOf(scene, "a", "b", "c").Order().ShouldBe(["10.2.3.2", "10.2.3.4", "10.2.3.5"]);
        scene.Apply(Service("d"));
        scene.Wait(5);
        AddressesOf(scene, "d").ShouldBe([""], "there is none left");
    }

    [Theory]
    [InlineData("--install", "", "has no deployed releases")]
    [InlineData("--install", "--install --hurry", "unknown flag: --hurry")]
    [InlineData("0.16.1", "0.0.1", "version \"0.0.1\" not found")]
    [InlineData("/values/values.yaml", "/elsewhere.yaml", "no such file or directory")]
    [InlineData("metallb-system", "nowhere", "namespaces \"nowhere\" not found")]
    public void What_Helm_refuses_is_tried_again_and_told(string part, string replacement, string said)
    {
        var scene = Ran(MetalLb.Replace(part, replacement, StringComparison.Ordinal));

        Condition(scene.Get("batch/v1", "Job", "kube-system", "chart"), "Complete").ShouldBeEmpty();
        var pod = scene.Pod("kube-system", "chart-");
        Text(pod, "status", "containerStatuses", "0", "lastState", "terminated", "message").ShouldContain(said);
    }

    [Fact]
    public void An_account_without_a_role_may_do_nothing()
    {
        var scene = Ran(MetalLb, isBound: false);

        Text(scene.Pod("kube-system", "chart-"), "status", "containerStatuses", "0", "lastState", "terminated",
            "message").ShouldContain("system:serviceaccount:kube-system:helm\" cannot list");
    }

    [Theory]
    [InlineData("10.0.0.1-10.0.0.3", "10.0.0.1 10.0.0.2 10.0.0.3")]
    [InlineData("10.0.0.254-10.0.1.1", "10.0.0.254 10.0.0.255 10.0.1.0 10.0.1.1")]
    [InlineData("10.0.0.8/31", "10.0.0.8 10.0.0.9")]
    [InlineData("fd00::1-fd00::2", "fd00::1 fd00::2")]
    public void A_pool_has_the_addresses_of_its_text(string text, string addresses) =>
        AddressPool.Parse(text).ShouldNotBeNull().Addresses.Select(address => $"{address}")
            .ShouldBe(addresses.Split(' '));

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("ten")]
    [InlineData("10.0.0.1-")]
    public void Other_texts_are_no_pool(string text) => AddressPool.Parse(text).ShouldBeNull();

    private static ClusterScene Ran(string command, bool isBound = true)
    {
        var scene = new ClusterScene().Boot();
        scene.Apply("{ apiVersion: v1, kind: Namespace, metadata: { name: metallb-system } }");
        scene.Apply("{ apiVersion: v1, kind: ServiceAccount, metadata: { name: helm, namespace: kube-system } }");
        scene.Apply("""
            apiVersion: v1
            kind: ConfigMap
            metadata: { name: helm, namespace: kube-system }
            data: { values.yaml: "speaker: {}" }
            """);
        if (isBound)
            scene.Apply(Binding);
        scene.Apply($$"""
            apiVersion: batch/v1
            kind: Job
            metadata: { name: chart, namespace: kube-system }
            spec:
              template:
                spec:
                  restartPolicy: OnFailure
                  serviceAccountName: helm
                  containers:
                  - name: helm
                    image: docker.io/alpine/helm:3.17.3
                    command: [/bin/sh, -c, "{{command}}"]
                    volumeMounts: [{ name: values, mountPath: /values }]
                  volumes: [{ name: values, configMap: { name: helm } }]
            """);
        scene.Wait(60);
        return scene;
    }

    private static string Service(string name) => $$"""
        apiVersion: v1
        kind: Service
        metadata: { name: {{name}}, namespace: default, annotations: { metallb.io/loadBalancerIPs: "" } }
        spec: { type: LoadBalancer, loadBalancerClass: metallb, ports: [{ port: 80 }], selector: { app: {{name}} } }
        """;

    private static IEnumerable<string> AddressesOf(ClusterScene scene, params IEnumerable<string> names) =>
        names.Select(name => Text(
            scene.Get("v1", "Service", "default", name), "status", "loadBalancer", "ingress", "0", "ip"));
}
