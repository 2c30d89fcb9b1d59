using System.Globalization;
using Orrery.Engine.Ports;
using Orrery.Model.Values;

namespace Orrery.Providers.Hetzner;

/// <summary>
/// Whose a thing is, as labels. Hetzner's rules (https://docs.hetzner.cloud/#description/labels): a value has at most
/// 63 characters, letters, digits, <c>-</c>, <c>_</c> and <c>.</c>, and begins and ends with a letter or digit; no
/// slash.
/// </summary>
internal static class OwnerLabels
{
    public const string Platform = "orrery.dev/platform";
    public const string Address = "orrery.dev/address";
    public const string Generation = "orrery.dev/generation";

    /// <summary>The readable address, for people in Hetzner's console; only where it is a valid value.</summary>
    public const string Name = "orrery.dev/name";

    private const int ValueCharactersMax = 63;

    public static Dictionary<string, string> Of(Owner owner, ResourceAddress address)
    {
        Invariant.Check(IsValue(owner.PlatformId), $"'{owner.PlatformId}' is no label value");
        Invariant.Check(IsValue(owner.AddressHash), $"'{owner.AddressHash}' is no label value");
        var labels = new Dictionary<string, string>
        {
            [Platform] = owner.PlatformId,
            [Address] = owner.AddressHash,
            [Generation] = owner.Generation.ToString(CultureInfo.InvariantCulture),
        };
        var readable = address.Text.Replace('/', '.');
        if (IsValue(readable))
            labels[Name] = readable;
        return labels;
    }

    /// <summary>The owner that the labels name, or null where they name none of ours.</summary>
    public static Owner? Read(Dictionary<string, string> labels) =>
        labels.TryGetValue(Platform, out var platform)
        && labels.TryGetValue(Address, out var address)
        && labels.TryGetValue(Generation, out var text)
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var generation)
            ? new Owner(platform, address, generation)
            : null;

    /// <summary>Nobody's, or this owner's already, of whatever generation.</summary>
    public static bool MayTake(Dictionary<string, string> labels, Owner owner) =>
        labels.GetValueOrDefault(Platform, owner.PlatformId) == owner.PlatformId
        && labels.GetValueOrDefault(Address, owner.AddressHash) == owner.AddressHash;

    /// <summary>The query that lists what carries the platform's id.</summary>
    public static string Selector(string platformId)
    {
        Invariant.Check(IsValue(platformId), $"'{platformId}' is no label value");
        return $"label_selector={Uri.EscapeDataString($"{Platform}=={platformId}")}";
    }

    public static bool IsValue(string text) =>
        text.Length is > 0 and <= ValueCharactersMax
        && char.IsAsciiLetterOrDigit(text[0])
        && char.IsAsciiLetterOrDigit(text[^1])
        && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.');
}
