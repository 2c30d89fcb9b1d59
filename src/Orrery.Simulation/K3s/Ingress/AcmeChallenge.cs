using System.Text.Json.Nodes;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.K3s.Workloads;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.K3s.Ingress;

/// <summary>
/// How a name is proved to the authority: by a record that the cluster's own name server takes, or by an answer on port
/// 80. What the rest of the world sees of the name is not looked at here.
/// </summary>
internal sealed class AcmeChallenge(ClusterStore store)
{
    /// <summary>Why the name cannot be proved now, in cert-manager's words; null where it is.</summary>
    /// <param name="acme">Of the issuer's <c>spec</c>.</param>
    /// <param name="space">Where the issuer's Secrets are.</param>
    /// <param name="certificate">Its owner is the Ingress that asked for it, if one did.</param>
    public string? Problem(JsonObject acme, string space, JsonObject certificate)
    {
        var solver = acme["solvers"].Items().FirstOrDefault();
        if (solver.At("dns01", "rfc2136") is JsonObject update)
            return ProblemOf(update, space);
        if (solver.At("http01", "ingress") is not null)
            return IsPublished(certificate) ? null : "self check failed: connection refused";
        return "no configured challenge solvers can be used for this challenge";
    }

    // https://cert-manager.io/docs/configuration/acme/dns01/rfc2136/
    private string? ProblemOf(JsonObject update, string space)
    {
        var reference = update["tsigSecretSecretRef"];
        var name = reference.TextAt("name") ?? "";
        var key = store.Peek("v1", "Secret", space, name).TextAt("data", reference.TextAt("key") ?? "");
        if (key is null)
            return $"error getting rfc2136 service account: secrets \"{name}\" not found";
        var server = update.TextAt("nameserver") ?? "";
        if (server.Split(':')[0].Split('.') is not [var service, var home, "svc", ..]
            || store.Peek("v1", "Service", home, service) is not { } found)
            return $"DNS update failed: dial udp: lookup {server.Split(':')[0]}: no such host";
        var pods = store.PeekAll("v1", "Pod", home).Where(pod => pod.IsReady() && !pod.IsGoing()
            && found.At("spec", "selector") is JsonObject { Count: > 0 } selector
            && selector.All(pair => pod.Labels()?[pair.Key].Text() == pair.Value.Text())).ToList();
        if (pods.Count == 0)
            return $"DNS update failed: read udp: i/o timeout ({server})";
        return pods.Exists(pod => KeysOf(pod).Contains(key))
            ? null
            : "DNS update failed: dns: bad authentication";
    }

    /// <summary>What the programs of a pod were given as secrets.</summary>
    private IEnumerable<string?> KeysOf(JsonObject pod) =>
        from container in pod.At("spec", "initContainers").Items().Concat(pod.At("spec", "containers").Items())
        from variable in container["env"].Items()
        let reference = variable.At("valueFrom", "secretKeyRef")
        where reference is not null
        select store.Peek("v1", "Secret", pod.Namespace(), reference.TextAt("name") ?? "")
            .TextAt("data", reference.TextAt("key") ?? "");

    private bool IsPublished(JsonObject certificate)
    {
        var owner = certificate.At("metadata", "ownerReferences").Items()
            .FirstOrDefault(each => each.TextAt("kind") == "Ingress");
        return owner is null || store.Peek(
                "networking.k8s.io/v1", "Ingress", certificate.Namespace(), owner.TextAt("name") ?? "")
            .At("status", "loadBalancer", "ingress") is JsonArray { Count: > 0 };
    }
}
