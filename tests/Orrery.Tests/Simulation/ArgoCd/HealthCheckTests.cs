using System.Text.Json.Nodes;
using Orrery.Simulation.ArgoCd.Health;
using Orrery.Simulation.ArgoCd.Lua;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Tests.Simulation.ArgoCd;

public sealed class HealthCheckTests
{
    [Theory]
    [InlineData("return 1 + 2 * 3 - 4 / 2", "5")]
    [InlineData("return 'a' .. 'b' .. 1", "ab1")]
    [InlineData("return not nil and (false or 'x')", "x")]
    [InlineData("return #{ 'a', 'b', n = 'c' }", "2")]
    [InlineData("local t = { a = { 'x', 'y' }, ['b c'] = 2 } return t.a[2] .. t['b c']", "y2")]
    [InlineData("local s = 0 for i = 1, 10, 3 do s = s + i end return s", "22")]
    [InlineData("local s = '' for _, v in ipairs(obj.list) do if v == 'b' then break end s = s .. v end return s", "a")]
    [InlineData("local n = 0 for k, v in pairs(obj) do n = n + 1 end return n", "2")]
    [InlineData("local function f(x) if x <= 1 then return 1 else return x * f(x - 1) end end return f(5)", "120")]
    [InlineData("local n = 3 while n > 0 do n = n - 1 end return n", "0")]
    [InlineData("if obj.none ~= nil then return 1 elseif obj.name == 'x' then return 'two' end", "two")]
    [InlineData("return string.find(obj.name, 'x') ~= nil and obj.name:lower() -- a comment", "x")]
    [InlineData("return type(obj.list) .. tostring(true) .. tonumber('7')", "tabletrue7")]
    public void A_script_gives_what_Lua_gives(string script, string expected)
    {
        var obj = JsonNode.Parse("""{"name":"x","list":["a","b"]}""");
        LuaLibrary.Show(LuaScript.Read(script).Run("obj", LuaTable.From(obj))).ShouldBe(expected);
    }

    [Theory]
    [InlineData("return obj.status.health", "attempt to index a nil value (field 'health')")]
    [InlineData("while true do end", "does not come to an end")]
    [InlineData("return nothing()", "attempt to call a nil value")]
    [InlineData("return 'x' < 1", "attempt to compare string with number")]
    [InlineData("if x then", "'end' expected")]
    [InlineData("return 'x", "unfinished string")]
    [InlineData("return string.find('a', '%d')", "the pattern '%d' is not simulated")]
    public void A_script_that_fails_makes_the_health_unknown_and_says_why(string script, string why)
    {
        var health = new HealthChecks().Of(Application(), key => key == "argoproj.io_Application" ? script : null);
        health.ShouldNotBeNull().Status.ShouldBe(HealthStatus.Unknown);
        health.Message.ShouldContain(why);
    }

    [Theory]
    [InlineData(
        "apps/v1", "Deployment",
            "spec: {replicas: 1}, status: {observedGeneration: 2, updatedReplicas: 1, replicas: 1,"
                + " availableReplicas: 1}", "Healthy")]
    [InlineData("apps/v1", "Deployment", "spec: {replicas: 1}, status: {observedGeneration: 1}", "Progressing")]
    [InlineData(
        "apps/v1", "Deployment", "spec: {replicas: 1}, status: {observedGeneration: 2, updatedReplicas: 1}",
            "Progressing")]
    [InlineData(
        "apps/v1", "Deployment",
            "spec: {}, status: {observedGeneration: 2, conditions: [{type: Progressing, reason:"
                + " ProgressDeadlineExceeded}]}", "Degraded")]
    [InlineData(
        "apps/v1", "StatefulSet", "spec: {replicas: 2}, status: {observedGeneration: 2, readyReplicas: 1}",
            "Progressing")]
    [InlineData(
        "apps/v1", "DaemonSet",
            "status: {observedGeneration: 2, desiredNumberScheduled: 1, updatedNumberScheduled: 1, numberAvailable:"
                + " 1}", "Healthy")]
    [InlineData("batch/v1", "Job", "status: {conditions: [{type: Failed, status: 'True'}]}", "Degraded")]
    [InlineData("batch/v1", "Job", "status: {conditions: [{type: Complete, status: 'True'}]}", "Healthy")]
    [InlineData("v1", "PersistentVolumeClaim", "status: {phase: Pending}", "Progressing")]
    [InlineData("v1", "Service", "spec: {type: LoadBalancer}", "Progressing")]
    [InlineData("v1", "Service", "spec: {type: ClusterIP}", "Healthy")]
    [InlineData("v1", "ConfigMap", "data: {}", null)]
    [InlineData("argoproj.io/v1alpha1", "Application", "status: {health: {status: Degraded}}", null)]
    public void Built_in_checks_look_at_the_status(string version, string kind, string rest, string? expected)
    {
        var item = (JsonObject)YamlDocuments.Parse(
            $"{{apiVersion: {version}, kind: {kind}, metadata: {{name: x, generation: 2}}, {rest}}}")!;
        new HealthChecks().Of(item, _ => null)?.Status.ToString().ShouldBe(expected);
        (new HealthChecks().Of(item, _ => null) is null).ShouldBe(expected is null);
    }

    private static JsonObject Application() =>
        (JsonObject)YamlDocuments.Parse("{apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {name: a}}")!;
}
