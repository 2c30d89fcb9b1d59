using System.Text.Json.Nodes;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.K3s.Storage;

/// <summary>A volume as every provisioner makes it for a claim; where the data stand each adds itself.</summary>
internal static class ProvisionedVolume
{
    public static string NameOf(JsonObject claim) => "pvc-" + claim.Uid();

    /// <param name="kind">The claim's class.</param>
    public static JsonObject Of(JsonObject claim, JsonObject kind)
    {
        var made = Objects.Of("v1", "PersistentVolume", "", NameOf(claim));
        made.Child("metadata").Child("annotations")["pv.kubernetes.io/provisioned-by"] = kind.TextAt("provisioner");
        var spec = made.Child("spec");
        spec["accessModes"] = claim.At("spec", "accessModes")?.DeepClone();
        spec["capacity"] = claim.At("spec", "resources", "requests")?.DeepClone();
        spec["persistentVolumeReclaimPolicy"] = kind.TextAt("reclaimPolicy") ?? "Delete";
        spec["storageClassName"] = kind.Name();
        spec["volumeMode"] = "Filesystem";
        spec["claimRef"] = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "PersistentVolumeClaim",
            ["name"] = claim.Name(),
            ["namespace"] = claim.Namespace(),
            ["uid"] = claim.Uid(),
        };
        return made;
    }
}
