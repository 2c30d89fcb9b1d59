using System.Globalization;
using System.Text.RegularExpressions;
using Orrery.Engine.Ports;

namespace Orrery.Providers.Proxmox;

/// <summary>
/// Whose a file on a storage is. Files carry neither tags nor notes, so their name says it:
/// <c>orrery.PLATFORM.ADDRESS.GENERATION.talos.iso</c>, of letters, digits, <c>.</c>, <c>-</c>, <c>+</c>, <c>=</c> and
/// <c>_</c>.
/// </summary>
internal static partial class OwnerNames
{
    /// <param name="fileName">What it is called otherwise, with its ending.</param>
    public static string Of(Owner owner, string fileName)
    {
        var name = $"orrery.{owner.PlatformId}.{owner.AddressHash}"
            + $".{owner.Generation.ToString(CultureInfo.InvariantCulture)}.{fileName}";
        return Safe().IsMatch(name)
            ? name
            : throw new ProviderException(
                ProviderErrorCode.Invalid, $"'{fileName}' is no name for a file on a storage of Proxmox VE");
    }

    /// <summary>The owner and the name without it; null where it names none of ours.</summary>
    public static (Owner Owner, string FileName)? Read(string name)
    {
        if (Owned().Match(name) is not { Success: true } match)
            return null;
        var generation = int.Parse(match.Groups["generation"].Value, CultureInfo.InvariantCulture);
        return (
            new Owner(match.Groups["platform"].Value, match.Groups["address"].Value, generation),
            match.Groups["file"].Value);
    }

    [GeneratedRegex("^[A-Za-z0-9.+=_-]{1,255}$", RegexOptions.None, 1000)]
    private static partial Regex Safe();

    [GeneratedRegex(
        "^orrery\\.(?<platform>[A-Za-z0-9_-]+)\\.(?<address>[0-9a-f]{32})\\.(?<generation>[0-9]{1,9})\\.(?<file>.+)$",
        RegexOptions.None, 1000)]
    private static partial Regex Owned();
}
