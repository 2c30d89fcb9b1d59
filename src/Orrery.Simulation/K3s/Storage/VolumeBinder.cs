using System.Text.Json.Nodes;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.K3s.Storage;

/// <summary>
/// Binds claims to volumes of the same class that are large enough and have the labels that the claim selects; a
/// volume whose claim is gone is released, and deleted only where its policy says so.
/// https://kubernetes.io/docs/concepts/storage/persistent-volumes/#binding
/// </summary>
internal sealed class VolumeBinder
{
    private const string Manager = "kube-controller-manager";

    private readonly ClusterStore _store;

    public VolumeBinder(SimulatedCluster cluster)
    {
        _store = cluster.Store;
        cluster.Loop.On("", "PersistentVolumeClaim", BindClaim);
        cluster.Loop.On("", "PersistentVolume", LookAtVolume);
        cluster.Loop.On("", "PersistentVolume", _ => _store.PeekAll("v1", "PersistentVolumeClaim")
            .Where(claim => claim.TextAt("status", "phase") != "Bound").Select(ObjectKey.Of), BindClaim);
        cluster.Loop.On("", "PersistentVolumeClaim", _ => _store.PeekAll("v1", "PersistentVolume")
            .Where(volume => volume.TextAt("status", "phase") == "Bound").Select(ObjectKey.Of), LookAtVolume);
    }

    private void LookAtVolume(ObjectKey key)
    {
        if (_store.Get("v1", "PersistentVolume", "", key.Name) is not { } volume || volume.IsGoing())
            return;
        var claim = volume.At("spec", "claimRef");
        var holder = claim is null ? null : _store.Peek(
            "v1", "PersistentVolumeClaim", claim.TextAt("namespace") ?? "", claim.TextAt("name") ?? "");
        var isGone = claim.TextAt("uid") is { } uid && holder.Uid() != uid;
        var phase = isGone ? "Released"
            : holder is not null && claim.TextAt("uid") is not null ? "Bound" : "Available";
        if (volume.TextAt("status", "phase") != phase)
        {
            volume.Child("status")["phase"] = phase;
            _store.UpdateStatus(volume, Manager);
        }
    }

    private void BindClaim(ObjectKey key)
    {
        if (_store.Get("v1", "PersistentVolumeClaim", key.Namespace, key.Name) is not { } claim || claim.IsGoing())
            return;
        if (claim.TextAt("status", "phase") == "Bound")
        {
            var name = claim.TextAt("spec", "volumeName") ?? "";
            if (_store.Peek("v1", "PersistentVolume", "", name) is null)
            {
                claim.Child("status")["phase"] = "Lost";
                _store.UpdateStatus(claim, Manager);
            }

            return;
        }

        if (_store.PeekAll("v1", "PersistentVolume").Where(volume => Fits(volume, claim))
            .OrderByDescending(volume => volume.TextAt("spec", "claimRef", "name") is not null)
            .ThenBy(volume => StorageClasses.Bytes(volume.TextAt("spec", "capacity", "storage")))
            .FirstOrDefault() is { } found)
        {
            Bind(claim, found.Copy());
            return;
        }

        if (claim.TextAt("status", "phase") is null)
        {
            claim.Child("status")["phase"] = "Pending";
            _store.UpdateStatus(claim, Manager);
        }
    }

    private bool Fits(JsonObject volume, JsonObject claim)
    {
        if (volume.IsGoing() || volume.TextAt("status", "phase") is "Released" or "Failed")
            return false;
        if (volume.At("spec", "claimRef") is { } reserved)
        {
            return reserved.TextAt("namespace") == claim.Namespace() && reserved.TextAt("name") == claim.Name()
                && (reserved.TextAt("uid") ?? claim.Uid()) == claim.Uid();
        }

        if (claim.TextAt("spec", "volumeName") is { Length: > 0 } name)
            return volume.Name() == name;
        var modes = volume.At("spec", "accessModes") as JsonArray ?? [];
        return (volume.TextAt("spec", "storageClassName") ?? "") == StorageClasses.NameOf(_store, claim)
            && LabelSelector.FromObject(claim.At("spec", "selector")).Matches(volume.Labels())
            && StorageClasses.Bytes(volume.TextAt("spec", "capacity", "storage"))
                >= StorageClasses.Bytes(claim.TextAt("spec", "resources", "requests", "storage"))
            && (claim.At("spec", "accessModes") as JsonArray ?? [])
                .All(mode => modes.Any(other => other.Text() == mode.Text()));
    }

    private void Bind(JsonObject claim, JsonObject volume)
    {
        volume.Child("spec")["claimRef"] = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "PersistentVolumeClaim",
            ["name"] = claim.Name(),
            ["namespace"] = claim.Namespace(),
            ["uid"] = claim.Uid(),
        };
        volume.Child("metadata").Child("annotations")["pv.kubernetes.io/bound-by-controller"] = "yes";
        volume = _store.Update(volume, new WriteOptions { Manager = Manager });
        volume.Child("status")["phase"] = "Bound";
        _store.UpdateStatus(volume, Manager);
        claim.Child("spec")["volumeName"] = volume.Name();
        claim.Child("metadata").Child("annotations")["pv.kubernetes.io/bind-completed"] = "yes";
        claim = _store.Update(claim, new WriteOptions { Manager = Manager });
        var status = claim.Child("status");
        status["phase"] = "Bound";
        status["accessModes"] = volume.At("spec", "accessModes")?.DeepClone();
        status["capacity"] = volume.At("spec", "capacity")?.DeepClone();
        _store.UpdateStatus(claim, Manager);
    }
}
