using System.Text.Json.Nodes;
using Orrery.Model.Diagnostics;
using Orrery.Model.Values;
using Orrery.Providers.ImageFactory;

namespace Orrery.Providers.Talos.Configuration;

/// <summary>
/// A machine's network as it stands in its image, under the key 10 of META: it is there before any configuration, so
/// that a machine without DHCP can be reached. Source: "Metal Network Configuration" in Talos' documentation,
/// https://docs.siderolabs.com/talos/v1.13/platform-specific-installations/bare-metal-platforms/
/// </summary>
public static class MetaNetwork
{
    /// <summary>The key in META: https://docs.siderolabs.com/talos/v1.13/reference/kernel</summary>
    public const byte Key = 10;

    /// <summary>Only on this platform is the key read.</summary>
    public const string Platform = "metal";

    private const string Layer = "platform";
    private const string Link = "eth0";

    /// <summary>What is wrong with a network in an image for this platform; empty where it is read.</summary>
    public static ValueList<Diagnostic> Check(string cluster, string platform, TalosNetwork network) =>
    [
        .. platform == Platform ? [] : (Diagnostic[])[TalosDiagnostics.MetaUnread(cluster, platform)],
        .. network.IsStatic && network.Gateway is not null
            ? (Diagnostic[])[]
            : [TalosDiagnostics.MetaWithoutAddress(cluster)],
    ];

    /// <summary>
    /// The value of the key: JSON on one line, which is YAML too. META knows no selectors: the image must have the
    /// kernel call the only card <c>eth0</c>, as <see cref="BakedImage"/> does.
    /// </summary>
    public static MetaValue Of(TalosNetwork network, string hostName)
    {
        var gateway = network.Gateway;
        Invariant.Check(network.IsStatic && gateway is not null, "a network in META is checked before");
        var document = new JsonObject
        {
            ["addresses"] = new JsonArray([.. network.Addresses.Select(address => (JsonNode)new JsonObject
            {
                ["address"] = address,
                ["linkName"] = Link,
                ["family"] = FamilyOf(address),
                ["scope"] = "global",
                ["flags"] = "permanent",
                ["layer"] = Layer,
            })]),
            ["links"] = new JsonArray(new JsonObject { ["name"] = Link, ["up"] = true, ["layer"] = Layer }),
            ["routes"] = new JsonArray(new JsonObject
            {
                ["family"] = FamilyOf(gateway!),
                ["gateway"] = gateway,
                ["outLinkName"] = Link,
                ["table"] = "main",
                ["priority"] = 1024,
                ["scope"] = "global",
                ["type"] = "unicast",
                ["protocol"] = "static",
                ["layer"] = Layer,
            }),
            ["hostnames"] = new JsonArray(new JsonObject { ["hostname"] = hostName, ["layer"] = Layer }),
            ["resolvers"] = network.Nameservers.Count == 0 ? new JsonArray() : new JsonArray(new JsonObject
            {
                ["dnsServers"] = new JsonArray([.. network.Nameservers.Select(each => (JsonNode)each)]),
                ["layer"] = Layer,
            }),
        };
        // No blank in it, so that no writer of YAML has a place to break the line.
        return new MetaValue(Key, document.ToJsonString());
    }

    private static string FamilyOf(string address) =>
        address.Contains(':', StringComparison.Ordinal) ? "inet6" : "inet4";
}
