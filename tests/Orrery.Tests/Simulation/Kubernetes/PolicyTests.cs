using System.Text.Json.Nodes;

namespace Orrery.Tests.Simulation.Kubernetes;

/// <summary>What a namespace's policies give pods and refuse them, with the server's own reasons.</summary>
public class PolicyTests
{
    private const string Core = "/api/v1/namespaces/default/";

    private readonly ApiDriver _driver = new();

    public PolicyTests() => Make(
        "serviceaccounts", "{apiVersion: v1, kind: ServiceAccount, metadata: {name: default}}");

    [Theory]
    [InlineData("{cpu: 500m}", "{cpu: 1}", null)]
    [InlineData("{cpu: 500m}", "{cpu: 3}", "maximum cpu usage per Container is 2, but limit is 3")]
    [InlineData("{cpu: 50m}", "{cpu: 1}", "minimum cpu usage per Container is 100m, but request is 50m")]
    [InlineData("{}", "{}", null)]
    public void A_limit_range_holds_minimum_and_maximum(string requests, string limits, string? refused)
    {
        Make("limitranges", """
            {apiVersion: v1, kind: LimitRange, metadata: {name: range}, spec: {limits: [
              {type: Container, max: {cpu: "2"}, min: {cpu: 100m}, default: {cpu: "1"}, defaultRequest: {cpu: 200m}}]}}
            """);
        var (status, body) = Pod("one", requests, limits);
        status.ShouldBe(refused is null ? 201 : 403, body?.ToJsonString());
        if (refused is not null)
            ((string?)body!["message"]).ShouldBe($"pods \"one\" is forbidden: {refused}");
    }

    [Fact]
    public void A_limit_range_gives_what_a_container_does_not_name()
    {
        Make("limitranges", """
            {apiVersion: v1, kind: LimitRange, metadata: {name: range}, spec: {limits: [
              {type: Container, default: {cpu: "1", memory: 256Mi}, defaultRequest: {cpu: 200m}}]}}
            """);
        var resources = Pod("one", "{}", "{memory: 1Gi}").Body!["spec"]!["containers"]![0]!["resources"]!;
        resources["limits"]!["cpu"]!.ToString().ShouldBe("1");
        resources["limits"]!["memory"]!.ToString().ShouldBe("1Gi");
        resources["requests"]!["cpu"]!.ToString().ShouldBe("200m");
        resources["requests"]!["memory"]!.ToString().ShouldBe("1Gi");
    }

    [Fact]
    public void A_quota_counts_what_pods_request()
    {
        Make("resourcequotas", """
            {apiVersion: v1, kind: ResourceQuota, metadata: {name: quota}, spec: {hard: {requests.cpu: "1", pods: "3"}}}
            """);
        Pod("one", "{cpu: 600m}", "{}").Status.ShouldBe(201);
        Message(Pod("two", "{cpu: 600m}", "{}")).ShouldBe(
            "pods \"two\" is forbidden: exceeded quota: quota, "
            + "requested: requests.cpu=0.6, used: requests.cpu=0.6, limited: requests.cpu=1");
        Message(Pod("three", "{}", "{}")).ShouldBe(
            "pods \"three\" is forbidden: failed quota: quota: must specify requests.cpu for: main");
        Pod("four", "{cpu: 200m}", "{}").Status.ShouldBe(201);
        Pod("five", "{cpu: 200m}", "{}").Status.ShouldBe(201);
        Message(Pod("six", "{cpu: 0}", "{}")).ShouldNotBeNull()
            .ShouldContain("requested: pods=1, used: pods=3, limited: pods=3");
    }

    [Theory]
    [InlineData("baseline", "hostNetwork: true, ", 403)]
    [InlineData("baseline", "", 201)]
    [InlineData("restricted", "", 403)]
    [InlineData("privileged", "hostNetwork: true, ", 201)]
    public void A_namespaces_level_of_pod_security_is_held(string level, string spec, int expected)
    {
        var space = _driver.Send("GET", "/api/v1/namespaces/default").Body!;
        space["metadata"]!["labels"] = new JsonObject { ["pod-security.kubernetes.io/enforce"] = level };
        _driver.Send("PUT", "/api/v1/namespaces/default", space.ToJsonString()).Status.ShouldBe(200);
        Pod("one", "{}", "{}", spec).Status.ShouldBe(expected);
    }

    private static string? Message((int Status, JsonNode? Body) reply) => (string?)reply.Body!["message"];

    private (int Status, JsonNode? Body) Pod(string name, string requests, string limits, string spec = "") => Send(
        "pods",
        $$"""
        {apiVersion: v1, kind: Pod, metadata: {name: {{name}}}, spec: {{{spec}}automountServiceAccountToken: false,
          containers: [{name: main, image: busybox, resources: {requests: {{requests}}, limits: {{limits}} } }] } }
        """);

    private void Make(string plural, string text) => Send(plural, text).Status.ShouldBe(201);

    private (int Status, JsonNode? Body) Send(string plural, string text)
    {
        var (status, body) = _driver.Send(
            "POST", Core + plural,
            Orrery.Simulation.Kubernetes.Requests.YamlDocuments.Parse(text)!.ToJsonString());
        return (status, body);
    }
}
