using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.Kubernetes.Admission;

/// <summary>What the server's admission adds to pods.</summary>
internal static class Pods
{
    private const string TokenPath = "/var/run/secrets/kubernetes.io/serviceaccount";

    public static void Prepare(ClusterStore store, JsonObject item)
    {
        var spec = item.Child("spec");
        spec.TryAdd("serviceAccountName", "default");
        spec["serviceAccount"] = spec["serviceAccountName"]?.DeepClone();
        CheckAccount(store, item, spec["serviceAccountName"].Text() ?? "");
        if (spec["automountServiceAccountToken"]?.IsTrue() != false)
            MountToken(store, spec);
        Tolerate(spec, "node.kubernetes.io/not-ready");
        Tolerate(spec, "node.kubernetes.io/unreachable");
        spec.TryAdd("preemptionPolicy", "PreemptLowerPriority");
        spec.TryAdd("priority", 0);
        LimitRanges.Complete(store, item);
        item["status"] = new JsonObject { ["phase"] = "Pending", ["qosClass"] = QualityOf(spec) };
    }

    /// <summary>What admission added stays when a client sends the object without it.</summary>
    public static void Keep(JsonObject live, JsonObject item)
    {
        foreach (var name in new[] { "serviceAccountName", "serviceAccount", "tolerations", "nodeName" })
        {
            if (live.At("spec", name) is { } value)
                item.Child("spec").TryAdd(name, value.DeepClone());
        }
    }

    /// <summary>https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/.</summary>
    public static string QualityOf(JsonObject spec)
    {
        var resources = Defaults.Containers(spec).Select(c => c.Container["resources"]).ToList();
        if (resources.TrueForAll(each => each.At("requests").IsEmpty() && each.At("limits").IsEmpty()))
            return "BestEffort";
        var isGuaranteed = resources.TrueForAll(each =>
            each.At("limits", "cpu") is { } cpu && each.At("limits", "memory") is { } memory
            && JsonNode.DeepEquals(cpu, each.At("requests", "cpu"))
            && JsonNode.DeepEquals(memory, each.At("requests", "memory")));
        return isGuaranteed ? "Guaranteed" : "Burstable";
    }

    private static void CheckAccount(ClusterStore store, JsonObject item, string account)
    {
        var ns = item.TextAt("metadata", "namespace") ?? "";
        if (store.Get("v1", "ServiceAccount", ns, account) is not null || store.Kinds.Find("v1", "Pod") is not { } kind)
            return;
        throw ApiFailure.Forbidden(kind, item.TextAt("metadata", "name") ?? "",
            $"error looking up service account {ns}/{account}: serviceaccount \"{account}\" not found");
    }

    private static void MountToken(ClusterStore store, JsonObject spec)
    {
        var name = "kube-api-access-" + store.Identifiers.NameSuffix();
        var isMounted = false;
        foreach (var (_, container) in Defaults.Containers(spec))
        {
            var mounts = container["volumeMounts"] as JsonArray ?? [];
            if (mounts.Any(mount => mount.TextAt("mountPath") == TokenPath))
                continue;
            mounts.Add((JsonNode)new JsonObject { ["name"] = name, ["readOnly"] = true, ["mountPath"] = TokenPath });
            if (mounts.Parent is null)
                container["volumeMounts"] = mounts;
            isMounted = true;
        }

        if (!isMounted)
            return;
        var volumes = spec["volumes"] as JsonArray ?? [];
        volumes.Add(JsonNode.Parse($$$"""
            {"name":"{{{name}}}","projected":{"sources":[
              {"serviceAccountToken":{"expirationSeconds":3607,"path":"token"}},
              {"configMap":{"name":"kube-root-ca.crt","items":[{"key":"ca.crt","path":"ca.crt"}]}},
              {"downwardAPI":{"items":[{"path":"namespace",
                "fieldRef":{"apiVersion":"v1","fieldPath":"metadata.namespace"}}]}}],
              "defaultMode":420}}
            """));
        if (volumes.Parent is null)
            spec["volumes"] = volumes;
    }

    private static void Tolerate(JsonObject spec, string key)
    {
        var tolerations = spec["tolerations"] as JsonArray ?? [];
        var isTolerated = tolerations.Any(each => each.TextAt("key") == key
            || (each.At("key") is null && each.At("operator") is not null));
        if (isTolerated)
            return;
        tolerations.Add((JsonNode)new JsonObject
        {
            ["key"] = key,
            ["operator"] = "Exists",
            ["effect"] = "NoExecute",
            ["tolerationSeconds"] = 300,
        });
        if (tolerations.Parent is null)
            spec["tolerations"] = tolerations;
    }
}
