using System.Globalization;
using System.Text.Json.Nodes;
using Orrery.Engine.Ports;

namespace Orrery.Providers.Kubernetes.Objects;

/// <summary>
/// Whose an object is, as labels; they stand in the request that makes it. A value has at most 63 characters
/// (https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set).
/// </summary>
internal static class ObjectOwner
{
    public const string Platform = "orrery.dev/platform";
    public const string Address = "orrery.dev/address";
    public const string Generation = "orrery.dev/generation";

    /// <summary>An annotation, for people: the readable address, which may be too long for a label.</summary>
    public const string Resource = "orrery.dev/resource";

    public static void Write(JsonObject metadata, Owner owner, string address)
    {
        var labels = Part(metadata, "labels");
        labels[Platform] = owner.PlatformId;
        labels[Address] = owner.AddressHash;
        labels[Generation] = owner.Generation.ToString(CultureInfo.InvariantCulture);
        Part(metadata, "annotations")[Resource] = address;
    }

    /// <summary>The owner that the labels name, or null where they name none of ours.</summary>
    public static Owner? Read(KubernetesObject item) =>
        item.Label(Platform) is { } platform && item.Label(Address) is { } address
        && int.TryParse(
            item.Label(Generation), NumberStyles.None, CultureInfo.InvariantCulture, out var generation)
            ? new Owner(platform, address, generation)
            : null;

    /// <summary>Nobody's, or this owner's already, of whatever generation.</summary>
    public static bool MayTake(KubernetesObject item, Owner owner) =>
        (item.Label(Platform) ?? owner.PlatformId) == owner.PlatformId
        && (item.Label(Address) ?? owner.AddressHash) == owner.AddressHash;

    public static string Selector(string platformId) => $"{Platform}={platformId}";

    /// <summary>A map inside the metadata, made if need be.</summary>
    public static JsonObject Part(JsonObject metadata, string name)
    {
        if (metadata[name] is not JsonObject part)
            metadata[name] = part = [];
        return part;
    }
}
