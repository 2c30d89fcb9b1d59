using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Kinds;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.Kubernetes.Admission;

/// <summary>Defaults that depend on other fields; the plain ones stand in the tables of shapes.</summary>
internal static class Defaults
{
    /// <summary>Before the tables' defaults.</summary>
    public static void Apply(ResourceKind kind, JsonObject item)
    {
        switch (kind.Kind)
        {
            case "Namespace":
                Label(item);
                break;
            case "Secret":
                Encode(item);
                break;
            case "Pod":
                item.Child("spec").TryAdd("enableServiceLinks", true);
                break;
            case "RoleBinding" or "ClusterRoleBinding":
                foreach (var subject in (item["subjects"] as JsonArray ?? []).OfType<JsonObject>())
                    DefaultSubject(subject);
                item.Child("roleRef").TryAdd("apiGroup", "rbac.authorization.k8s.io");
                break;
            case "CustomResourceDefinition":
                DefaultNames(item.Child("spec"));
                break;
            default:
                break;
        }
    }

    /// <summary>After the tables' defaults.</summary>
    public static void ApplyDependent(ResourceKind kind, JsonObject item)
    {
        foreach (var spec in PodSpecs(kind, item))
            DefaultContainers(spec);
        var own = item["spec"] as JsonObject;
        switch (kind.Kind)
        {
            case "Service":
                DefaultService(item.Child("spec"));
                break;
            case "Deployment" when own.At("strategy") is JsonObject strategy:
                DefaultRolling(strategy, "{\"maxUnavailable\":\"25%\",\"maxSurge\":\"25%\"}");
                break;
            case "StatefulSet" when own.At("updateStrategy") is JsonObject strategy:
                DefaultRolling(strategy, "{\"partition\":0}");
                break;
            case "DaemonSet" when own.At("updateStrategy") is JsonObject strategy:
                DefaultRolling(strategy, "{\"maxUnavailable\":1,\"maxSurge\":0}");
                break;
            case "Job" when own is not null:
                DefaultJob(own);
                break;
            case "NetworkPolicy" when own is not null && !own.ContainsKey("policyTypes"):
                own["policyTypes"] = own["egress"].IsEmpty()
                    ? new JsonArray("Ingress")
                    : new JsonArray("Ingress", "Egress");
                break;
            default:
                break;
        }
    }

    /// <summary>The pod specs in an object: its own, its template's, its jobs'.</summary>
    public static IEnumerable<JsonObject> PodSpecs(ResourceKind kind, JsonObject item)
    {
        var spec = kind.Kind switch
        {
            "Pod" => item["spec"],
            "Deployment" or "ReplicaSet" or "StatefulSet" or "DaemonSet" or "Job" or "ReplicationController" =>
                item.At("spec", "template", "spec"),
            "CronJob" => item.At("spec", "jobTemplate", "spec", "template", "spec"),
            "PodTemplate" => item.At("template", "spec"),
            _ => null,
        };
        if (spec is JsonObject found)
            yield return found;
    }

    /// <summary>The containers of a pod spec with their paths inside it.</summary>
    public static IEnumerable<(string Path, JsonObject Container)> Containers(JsonObject podSpec)
    {
        foreach (var list in new[] { "initContainers", "containers", "ephemeralContainers" })
        {
            var index = 0;
            foreach (var container in (podSpec[list] as JsonArray ?? []).OfType<JsonObject>())
                yield return ($"{list}[{index++}]", container);
        }
    }

    private static void Label(JsonObject item)
    {
        if (item.TextAt("metadata", "name") is { Length: > 0 } name)
            item.Child("metadata").Child("labels")["kubernetes.io/metadata.name"] = name;
    }

    private static void Encode(JsonObject item)
    {
        if (item["stringData"] is not JsonObject given)
            return;
        foreach (var (name, value) in given)
        {
            var bytes = System.Text.Encoding.UTF8.GetBytes(value.Text() ?? "");
            item.Child("data")[name] = Convert.ToBase64String(bytes);
        }

        item.Remove("stringData");
    }

    private static void DefaultSubject(JsonObject subject)
    {
        if (subject["kind"].Text() is "User" or "Group")
            subject.TryAdd("apiGroup", "rbac.authorization.k8s.io");
    }

    private static void DefaultNames(JsonObject spec)
    {
        var names = spec.Child("names");
        var kind = names["kind"].Text() ?? "";
        names.TryAdd("singular", kind.ToLowerInvariant());
        names.TryAdd("listKind", kind + "List");
    }

    private static void DefaultContainers(JsonObject podSpec)
    {
        if (podSpec["hostNetwork"].IsTrue())
        {
            foreach (var port in Containers(podSpec).SelectMany(c => c.Container["ports"] as JsonArray ?? []))
                (port as JsonObject)?.TryAdd("hostPort", port.At("containerPort")?.DeepClone());
        }

        if (podSpec["serviceAccountName"] is { } account)
            podSpec.TryAdd("serviceAccount", account.DeepClone());
        foreach (var (_, container) in Containers(podSpec))
        {
            var image = container["image"].Text() ?? "";
            container.TryAdd("imagePullPolicy", IsLatest(image) ? "Always" : "IfNotPresent");
            if (container.At("resources", "limits") is not JsonObject limits)
                continue;
            // A limit without a request is also the request.
            foreach (var (name, limit) in limits)
                container.Child("resources").Child("requests").TryAdd(name, limit?.DeepClone());
        }
    }

    private static bool IsLatest(string image)
    {
        if (image.Contains('@', StringComparison.Ordinal))
            return false;
        var last = image[(image.LastIndexOf('/') + 1)..];
        return !last.Contains(':', StringComparison.Ordinal) || last.EndsWith(":latest", StringComparison.Ordinal);
    }

    private static void DefaultRolling(JsonObject strategy, string values)
    {
        if (strategy["type"].Text() == "RollingUpdate" && strategy["rollingUpdate"] is null)
            strategy["rollingUpdate"] = JsonNode.Parse(values);
    }

    private static void DefaultJob(JsonObject spec)
    {
        spec.TryAdd("backoffLimit", 6);
        spec.TryAdd("podReplacementPolicy", "TerminatingOrFailed");
        if (!spec.ContainsKey("completions") && !spec.ContainsKey("parallelism"))
            spec["completions"] = 1;
        spec.TryAdd("parallelism", 1);
    }

    private static void DefaultService(JsonObject spec)
    {
        var type = spec["type"].Text();
        foreach (var port in (spec["ports"] as JsonArray ?? []).OfType<JsonObject>())
        {
            if (port["targetPort"] is null)
                port["targetPort"] = port["port"]?.DeepClone();
        }

        if (spec["sessionAffinity"].Text() == "ClientIP")
            spec.Child("sessionAffinityConfig").Child("clientIP").TryAdd("timeoutSeconds", 10800);
        if (type is "LoadBalancer" or "NodePort")
            spec.TryAdd("externalTrafficPolicy", "Cluster");
        if (type == "LoadBalancer")
            spec.TryAdd("allocateLoadBalancerNodePorts", true);
        if (type != "ExternalName")
            spec.TryAdd("internalTrafficPolicy", "Cluster");
    }
}
