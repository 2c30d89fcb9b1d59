using System.Globalization;
using System.Text.RegularExpressions;
using Orrery.Engine.Ports;
using Orrery.Model.Values;

namespace Orrery.Providers.Proxmox;

/// <summary>
/// Whose a machine is: as tags, which lists show, and as a line of its description, because a clone's request takes a
/// description and no tags. A tag has letters, digits, <c>_</c>, <c>-</c>, <c>+</c> and <c>.</c>
/// (https://pve.proxmox.com/pve-docs/chapter-qm.html).
/// </summary>
internal static partial class OwnerTags
{
    public const string Machine = "vm";
    public const string Disk = "disk";

    private const string Platform = "orrery-platform.";
    private const string Address = "orrery-address.";
    private const string Generation = "orrery-generation.";
    private const string Kind = "orrery-kind.";

    /// <summary>The tags with semicolons, those of people after ours.</summary>
    public static string Of(Owner owner, string kind, IEnumerable<string> others)
    {
        Invariant.Check(IsTag(owner.PlatformId), $"'{owner.PlatformId}' cannot stand in a tag");
        string[] ours =
        [
            $"{Address}{owner.AddressHash}",
            $"{Generation}{owner.Generation.ToString(CultureInfo.InvariantCulture)}",
            $"{Kind}{kind}",
            $"{Platform}{owner.PlatformId}",
        ];
        return string.Join(';', ours.Concat(others.Where(tag => !IsOurs(tag)).Order(StringComparer.Ordinal)));
    }

    /// <summary>The first line of the description, for machines that have no tags yet.</summary>
    public static string Description(Owner owner, string kind, ResourceAddress address) =>
        $"Orrery {kind} {address.Text}: platform {owner.PlatformId} address {owner.AddressHash}"
        + $" generation {owner.Generation.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>The owner and kind that tags or else the description name; null where they name none of ours.</summary>
    public static (Owner Owner, string Kind)? Read(string? tags, string? description)
    {
        var all = Split(tags);
        if (Find(all, Platform) is { } platform && Find(all, Address) is { } address
            && Find(all, Kind) is { } kind && int.TryParse(
                Find(all, Generation), NumberStyles.None, CultureInfo.InvariantCulture, out var generation))
        {
            return (new Owner(platform, address, generation), kind);
        }

        return Line().Match(description ?? "") is { Success: true } line
            ? (new Owner(
                line.Groups["platform"].Value, line.Groups["address"].Value,
                int.Parse(line.Groups["generation"].Value, CultureInfo.InvariantCulture)), line.Groups["kind"].Value)
            : null;
    }

    /// <summary>Has tags of this platform, and none of another kind.</summary>
    public static bool MayName(string? tags, string platformId, string kind)
    {
        var all = Split(tags);
        return all.Contains($"{Platform}{platformId}") && (Find(all, Kind) ?? kind) == kind;
    }

    /// <summary>Has tags of ours, of whatever platform.</summary>
    public static bool AreSet(string? tags) => Split(tags).Any(IsOurs);

    /// <summary>The tags of people.</summary>
    public static IEnumerable<string> Others(string? tags) => Split(tags).Where(tag => !IsOurs(tag));

    public static string[] Split(string? tags) =>
        (tags ?? "").Split([';', ',', ' '], StringSplitOptions.RemoveEmptyEntries);

    private static bool IsOurs(string tag) => tag.StartsWith("orrery-", StringComparison.Ordinal);

    private static string? Find(string[] tags, string prefix) =>
        tags.FirstOrDefault(tag => tag.StartsWith(prefix, StringComparison.Ordinal))?[prefix.Length..];

    private static bool IsTag(string text) => text.Length > 0
        && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.' or '+');

    [GeneratedRegex(
        "^Orrery (?<kind>[a-z]+) [^ ]+: platform (?<platform>[^ ]+) address (?<address>[0-9a-f]+)"
        + " generation (?<generation>[0-9]{1,9})",
        RegexOptions.Multiline, 1000)]
    private static partial Regex Line();
}
