using System.Globalization;
using System.Text.RegularExpressions;
using Orrery.Engine.Ports;
using Orrery.Model.Values;

namespace Orrery.Providers.Proxmox;

/// <summary>
/// A drive as the configuration writes it: its volume and then options with commas,
/// <c>local-lvm:vm-100-disk-0,size=40G</c>.
/// </summary>
internal sealed partial record DriveText(string Volume, ValueMap<string> Options)
{
    private const long Gibibyte = 1L << 30;

    public string Storage => Volume.Split(':')[0];

    /// <summary>The machine with which the volume goes, as its name says; null where that says nothing.</summary>
    public long? Owner => OwnedName().Match(Volume) is { Success: true } match
        ? long.Parse(match.Groups["vmid"].Value, CultureInfo.InvariantCulture)
        : null;

    public bool IsMedia => Options.GetValueOrDefault("media") == "cdrom";

    public string? Serial => Options.GetValueOrDefault("serial");

    /// <summary>In gibibytes, rounded up; 0 where it does not say.</summary>
    public long Gibibytes => (Bytes(Options.GetValueOrDefault("size")) + Gibibyte - 1) / Gibibyte;

    public static DriveText Parse(string text)
    {
        var parts = text.Split(',');
        var options = parts.Skip(1).Select(part => part.Split('=', 2)).Where(pair => pair.Length == 2)
            .DistinctBy(pair => pair[0]).ToValueMap(pair => pair[0], pair => pair[1]);
        var volume = parts[0].StartsWith("file=", StringComparison.Ordinal) ? parts[0]["file=".Length..] : parts[0];
        return new DriveText(volume, options);
    }

    /// <summary>A drive that is made with the machine, in whole gibibytes and therefore without a unit.</summary>
    public static string New(string storage, long gibibytes, string more = "") =>
        $"{storage}:{gibibytes.ToString(CultureInfo.InvariantCulture)}{Performance}{more}";

    /// <summary>A drive that is filled from an image; it grows afterwards.</summary>
    public static string Imported(string storage, string image) => $"{storage}:0,import-from={image}{Performance}";

    public static string Media(string volume) => $"{volume},media=cdrom";

    /// <summary>
    /// One I/O thread for each drive, which virtio-scsi-single is for, and freed blocks given back to thin storage.
    /// </summary>
    private const string Performance = ",iothread=1,discard=on,ssd=1";

    private static long Bytes(string? size)
    {
        if (string.IsNullOrEmpty(size))
            return 0;
        var shift = size[^1] switch { 'K' => 10, 'M' => 20, 'G' => 30, 'T' => 40, _ => 0 };
        var digits = shift == 0 ? size : size[..^1];
        return decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? (long)(number * (1L << shift))
            : throw new ProviderException(
                ProviderErrorCode.Unavailable, $"Proxmox VE gave a drive the unreadable size '{size}'");
    }

    [GeneratedRegex("[:/](vm|base)-(?<vmid>[0-9]{3,9})-[^/]*$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OwnedName();
}
