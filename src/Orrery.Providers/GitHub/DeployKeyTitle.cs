using System.Globalization;
using Orrery.Engine.Ports;

namespace Orrery.Providers.GitHub;

/// <summary>
/// Whose a deploy key is, as its title: keys have no other text. <c>orrery cosmos-1a2b3c4d 0f…(32) 1</c>: the platform,
/// the hash of the address, the generation.
/// </summary>
internal static class DeployKeyTitle
{
    private const string Prefix = "orrery";

    public static string Of(Owner owner) =>
        $"{Prefix} {owner.PlatformId} {owner.AddressHash} {owner.Generation.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>The owner that a title names, or null where it is not one of ours.</summary>
    public static Owner? Read(string title) =>
        title.Split(' ') is [Prefix, var platform, var address, var text]
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var generation)
            ? new Owner(platform, address, generation)
            : null;
}
