using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Kinds;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.Kubernetes.Admission;

/// <summary>Fields that must not change once an object exists.</summary>
internal static class Immutability
{
    private const string IsImmutable = "field is immutable";

    private static readonly string[] ChangeableOfPods =
        ["activeDeadlineSeconds", "containers", "initContainers", "terminationGracePeriodSeconds", "tolerations",
         "nodeName", "schedulingGates", "ephemeralContainers"];

    private static readonly string[] ChangeableOfStatefulSets =
        ["replicas", "ordinals", "template", "updateStrategy", "persistentVolumeClaimRetentionPolicy",
         "minReadySeconds", "revisionHistoryLimit"];

    public static void Check(ResourceKind kind, JsonObject live, JsonObject item, List<FieldProblem> problems)
    {
        if (kind.Definition is not null)
            return;
        switch (kind.Kind)
        {
            case "ConfigMap" or "Secret":
                CheckImmutable(live, item, problems);
                if (kind.Kind == "Secret" && live["type"].Text() != item["type"].Text())
                    problems.Add(FieldProblem.Invalid("type", item["type"], IsImmutable));
                break;
            case "Deployment" or "ReplicaSet" or "DaemonSet" or "Job":
                CheckField(live, item, "spec.selector", problems);
                if (kind.Kind == "Job")
                    CheckField(live, item, "spec.template", problems);
                break;
            case "StatefulSet":
                CheckRest(live, item, ChangeableOfStatefulSets, problems,
                    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', "
                    + "'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and "
                    + "'minReadySeconds' are forbidden");
                break;
            case "Pod":
                CheckRest(live, item, ChangeableOfPods, problems,
                    "pod updates may not change fields other than `spec.containers[*].image`,"
                    + "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions "
                    + "to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it "
                    + "was previously negative)");
                break;
            case "PersistentVolumeClaim" when live.At("spec", "volumeName") is not null
                || live.TextAt("spec", "storageClassName") != item.TextAt("spec", "storageClassName"):
                CheckRest(live, item, ["resources", "volumeAttributesClassName", "volumeName"], problems,
                    "spec is immutable after creation except resources.requests and volumeAttributesClassName for "
                    + "bound claims");
                break;
            case "Service":
                CheckAddress(live, item, problems);
                break;
            case "RoleBinding" or "ClusterRoleBinding":
                if (!JsonNode.DeepEquals(live["roleRef"], item["roleRef"]))
                    problems.Add(FieldProblem.Invalid("roleRef", item["roleRef"], "cannot change roleRef"));
                break;
            case "StorageClass":
                foreach (var name in new[] { "provisioner", "parameters", "reclaimPolicy", "volumeBindingMode" })
                {
                    if (!JsonNode.DeepEquals(live[name], item[name]))
                        problems.Add(FieldProblem.Forbidden(name, $"updates to {name} are forbidden."));
                }

                break;
            default:
                break;
        }
    }

    private static void CheckImmutable(JsonObject live, JsonObject item, List<FieldProblem> problems)
    {
        if (!live["immutable"].IsTrue())
            return;
        const string Why = "field is immutable when `immutable` is set";
        if (!item["immutable"].IsTrue())
            problems.Add(FieldProblem.Forbidden("immutable", Why));
        foreach (var name in new[] { "data", "binaryData" })
        {
            if (!JsonNode.DeepEquals(live[name], item[name]))
                problems.Add(FieldProblem.Forbidden(name, Why));
        }
    }

    private static void CheckField(JsonObject live, JsonObject item, string path, List<FieldProblem> problems)
    {
        var names = path.Split('.');
        if (!JsonNode.DeepEquals(live.At(names), item.At(names)))
            problems.Add(FieldProblem.Invalid(path, item.At(names), IsImmutable));
    }

    private static void CheckRest(
        JsonObject live, JsonObject item, string[] changeable, List<FieldProblem> problems, string why)
    {
        if (!live.Child("spec").EqualsBut(item.Child("spec"), changeable))
            problems.Add(FieldProblem.Forbidden("spec", why));
    }

    private static void CheckAddress(JsonObject live, JsonObject item, List<FieldProblem> problems)
    {
        var (before, after) = (live.TextAt("spec", "clusterIP"), item.TextAt("spec", "clusterIP"));
        var isSameType = live.TextAt("spec", "type") != "ExternalName" && item.TextAt("spec", "type") != "ExternalName";
        if (isSameType && before is { Length: > 0 } && after != before)
        {
            problems.Add(FieldProblem.Invalid(
                "spec.clusterIPs[0]", new JsonArray(after), "may not change once set"));
        }
    }
}
