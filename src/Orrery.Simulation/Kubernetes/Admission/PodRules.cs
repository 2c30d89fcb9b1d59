using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Kinds;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.Kubernetes.Admission;

/// <summary>What the server refuses in pod specs.</summary>
internal static class PodRules
{
    private static readonly string[] PullPolicies = ["Always", "IfNotPresent", "Never"];

    private static readonly string[] RestartPolicies = ["Always", "OnFailure", "Never"];

    public static void Check(ClusterStore store, ResourceKind kind, JsonObject item, List<FieldProblem> problems)
    {
        var before = kind.Kind switch
        {
            "Pod" => "spec",
            "CronJob" => "spec.jobTemplate.spec.template.spec",
            "PodTemplate" => "template.spec",
            _ => "spec.template.spec",
        };
        foreach (var spec in Defaults.PodSpecs(kind, item))
        {
            if (spec["containers"].IsEmpty())
                problems.Add(FieldProblem.Required($"{before}.containers"));
            CheckRestart(kind, spec, before, problems);
            // A StatefulSet's claims become volumes of its pods only later; the real server leaves that to the pods.
            CheckContainers(store, spec, before, problems, mayMountAny: kind.Kind == "StatefulSet");
        }
    }

    private static void CheckRestart(ResourceKind kind, JsonObject spec, string before, List<FieldProblem> problems)
    {
        var policy = spec["restartPolicy"].Text() ?? "";
        string[] allowed = kind.Kind switch
        {
            "Pod" or "PodTemplate" => RestartPolicies,
            "Job" or "CronJob" => ["OnFailure", "Never"],
            _ => ["Always"],
        };
        if (Array.IndexOf(allowed, policy) >= 0)
            return;
        problems.Add(kind.Kind is "Job" or "CronJob" && policy == "Always"
            ? FieldProblem.Required($"{before}.restartPolicy", "valid values: \"OnFailure\", \"Never\"")
            : FieldProblem.NotSupported($"{before}.restartPolicy", policy, allowed));
    }

    private static void CheckContainers(
        ClusterStore store, JsonObject spec, string before, List<FieldProblem> problems, bool mayMountAny)
    {
        var names = new HashSet<string>();
        var volumes = (spec["volumes"] as JsonArray ?? []).Select(volume => volume.TextAt("name")).ToHashSet();
        foreach (var (inner, container) in Defaults.Containers(spec))
        {
            var path = $"{before}.{inner}";
            var name = container["name"].Text() ?? "";
            if (name.Length == 0)
                problems.Add(FieldProblem.Required($"{path}.name"));
            else if (!names.Add(name))
                problems.Add(FieldProblem.Duplicate($"{path}.name", name));
            if (container["image"].Text() is null or "" && before == "spec")
                problems.Add(FieldProblem.Required($"{path}.image"));
            if (container["imagePullPolicy"].Text() is { } policy && Array.IndexOf(PullPolicies, policy) < 0)
                problems.Add(FieldProblem.NotSupported($"{path}.imagePullPolicy", policy, PullPolicies));
            var isPrivileged = container.At("securityContext", "privileged").IsTrue();
            if (isPrivileged && !store.AllowsPrivileged)
            {
                problems.Add(FieldProblem.Forbidden(
                    $"{path}.securityContext.privileged", "disallowed by cluster policy"));
            }

            var mounts = container["volumeMounts"] as JsonArray ?? [];
            for (var i = 0; i < mounts.Count; i++)
            {
                if (mounts[i].TextAt("name") is { } volume && !mayMountAny && !volumes.Contains(volume))
                {
                    problems.Add(new FieldProblem(
                        "FieldValueNotFound", $"{path}.volumeMounts[{i}].name", $"Not found: \"{volume}\""));
                }
            }
        }
    }
}
