using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.K3s.Control;

/// <summary>What controllers say of objects, as <c>kubectl describe</c> shows it.</summary>
internal static class Events
{
    public static void Tell(
        ClusterStore store, JsonObject about, string by, (string Reason, string Message) what, bool isWarning = false)
    {
        var ns = about.Namespace().Length > 0 ? about.Namespace() : "default";
        // The same word again is counted; what the name is made of is enough to find it.
        var mark = Faults.StableHash.Of(0).And(about.Uid()).And(what.Reason).And(what.Message).Value;
        var name = $"{about.Name()}.{mark:x16}";
        if (store.Get("v1", "Event", ns, name) is { } before)
        {
            before["count"] = (before["count"].Number() ?? 1) + 1;
            before["lastTimestamp"] = store.Now;
            store.Update(before, new WriteOptions { Manager = by });
            return;
        }

        var made = Objects.Of("v1", "Event", ns, name)
            .With("count", 1)
            .With("firstTimestamp", store.Now)
            .With("lastTimestamp", store.Now)
            .With("involvedObject", new JsonObject
            {
                ["apiVersion"] = about.TextAt("apiVersion"),
                ["kind"] = about.TextAt("kind"),
                ["name"] = about.Name(),
                ["namespace"] = about.Namespace(),
                ["uid"] = about.Uid(),
            })
            .With("message", what.Message)
            .With("reason", what.Reason)
            .With("source", new JsonObject { ["component"] = by })
            .With("type", isWarning ? "Warning" : "Normal");
        try
        {
            store.Create(made, new WriteOptions { Manager = by });
        }
        catch (ApiFailure)
        {
            // The namespace is going: then nobody reads it either.
        }
    }
}
