using System.Net;
using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Kinds;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.Kubernetes.Admission;

/// <summary>Addresses and node ports of Services.</summary>
internal static class Addresses
{
    // The usual service network of kubeadm is 10.96.0.0/12, that of k3s 10.43.0.0/16; the store draws from its own.
    private const int FirstNodePort = 30000;

    private const int NodePorts = 2768;

    public static void Allocate(ClusterStore store, ResourceKind kind, JsonObject item)
    {
        var spec = item.Child("spec");
        item["status"] = new JsonObject { ["loadBalancer"] = new JsonObject() };
        if (spec["type"].Text() == "ExternalName")
            return;
        if (spec["clusterIP"].Text() is null or "")
            spec["clusterIP"] = (spec["clusterIPs"] as JsonArray)?[0].Text() ?? Free(store, kind);
        else
            CheckGiven(store, kind, item, spec["clusterIP"].Text() ?? "");
        spec["clusterIPs"] = new JsonArray(spec["clusterIP"]?.DeepClone());
        spec.TryAdd("ipFamilies", new JsonArray("IPv4"));
        spec.TryAdd("ipFamilyPolicy", "SingleStack");
        AllocatePorts(store, kind, spec);
    }

    /// <summary>What was allocated stays; to ask for another address is refused by the validation.</summary>
    public static void Keep(ClusterStore store, ResourceKind kind, JsonObject live, JsonObject item)
    {
        var (from, to) = (live.Child("spec"), item.Child("spec"));
        if (to["type"].Text() == "ExternalName")
            return;
        foreach (var name in new[] { "clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy" })
        {
            if ((to[name].IsEmpty() || to[name].Text() is { Length: 0 }) && from[name] is { } value)
                to[name] = value.DeepClone();
        }

        foreach (var port in (to["ports"] as JsonArray ?? []).OfType<JsonObject>())
        {
            var same = (from["ports"] as JsonArray ?? []).OfType<JsonObject>().FirstOrDefault(other =>
                JsonNode.DeepEquals(other["port"], port["port"])
                && other["protocol"].Text() == port["protocol"].Text());
            if (port["nodePort"] is null && same?["nodePort"] is { } nodePort && NeedsPorts(to))
                port["nodePort"] = nodePort.DeepClone();
        }

        AllocatePorts(store, kind, to);
    }

    private static bool NeedsPorts(JsonObject spec) => spec["type"].Text() == "NodePort"
        || (spec["type"].Text() == "LoadBalancer" && spec["allocateLoadBalancerNodePorts"].IsTrue());

    private static void AllocatePorts(ClusterStore store, ResourceKind kind, JsonObject spec)
    {
        if (!NeedsPorts(spec))
            return;
        var used = store.Table.All(kind).SelectMany(service => service.At("spec", "ports") as JsonArray ?? [])
            .Select(port => port.At("nodePort").Number()).ToHashSet();
        foreach (var port in (spec["ports"] as JsonArray ?? []).OfType<JsonObject>())
        {
            if (port["nodePort"].Number() is > 0)
                continue;
            var number = FirstNodePort + store.Identifiers.Below(NodePorts, "port");
            while (!used.Add(number))
                number = FirstNodePort + ((number + 1 - FirstNodePort) % NodePorts);
            port["nodePort"] = number;
        }
    }

    private static string Free(ClusterStore store, ResourceKind kind)
    {
        var used = store.Table.All(kind).Select(service => service.TextAt("spec", "clusterIP")).ToHashSet();
        while (true)
        {
            var host = 256 + store.Identifiers.Below(65000, "address");
            var address = Address(store, host);
            if (used.Add(address))
                return address;
        }
    }

    private static string Address(ClusterStore store, int host) =>
        $"{store.ServiceNetwork.BaseAddress.GetAddressBytes()[0]}."
        + $"{store.ServiceNetwork.BaseAddress.GetAddressBytes()[1]}.{host / 256}.{host % 256}";

    private static void CheckGiven(ClusterStore store, ResourceKind kind, JsonObject item, string address)
    {
        if (address == "None")
            return;
        var name = item.TextAt("metadata", "name") ?? "";
        var list = new JsonArray(address);
        var isInside = IPAddress.TryParse(address, out var parsed) && store.ServiceNetwork.Contains(parsed);
        if (!isInside)
        {
            throw ApiFailure.Invalid(kind, name, [FieldProblem.Invalid("spec.clusterIPs", list,
                $"failed to allocate IP {address}: the provided network does not match the current range")]);
        }

        if (store.Table.All(kind).Any(service => service.TextAt("spec", "clusterIP") == address))
        {
            throw ApiFailure.Invalid(kind, name, [FieldProblem.Invalid("spec.clusterIPs", list,
                $"failed to allocate IP {address}: provided IP is already allocated")]);
        }
    }
}
