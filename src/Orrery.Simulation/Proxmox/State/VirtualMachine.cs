using System.Globalization;
using System.Text.RegularExpressions;

namespace Orrery.Simulation.Proxmox.State;

/// <summary>A virtual machine: a configuration file, and whether its process runs.</summary>
internal sealed partial class VirtualMachine
{
    public required long Vmid { get; init; }

    public required string Node { get; init; }

    public required TimeSpan Created { get; init; }

    /// <summary>The fields of the configuration file.</summary>
    public SortedDictionary<string, string> Config { get; set; } = new(StringComparer.Ordinal);

    public string? Pool { get; set; }

    public bool IsRunning { get; set; }

    /// <summary>When the process was last started.</summary>
    public TimeSpan Started { get; set; }

    public bool Preset { get; init; }

    /// <summary>How many tasks hold the file that locks the configuration.</summary>
    public int Holders { get; set; }

    /// <summary>A process that hangs, or died while its child kept the file open, never lets go.</summary>
    public bool HasStaleLock { get; set; }

    public bool IsHeld => Holders > 0 || HasStaleLock;

    /// <summary><c>create</c>, <c>clone</c>… in the configuration.</summary>
    public string? Lock => Config.GetValueOrDefault("lock");

    /// <summary>A machine that is being made has no name yet; lists call it so.</summary>
    public string Name => Config.GetValueOrDefault("name") ?? $"VM {Vmid}";

    public bool IsTemplate => Config.GetValueOrDefault("template") == "1";

    public int Cores => Number("cores", 1) * Number("sockets", 1);

    public long MemoryMebibytes => Number("memory", 512);

    /// <summary>All drives with their slots, CD drives too, and the firmware's and the TPM's.</summary>
    public IEnumerable<(string Slot, Drive Drive)> Drives => Config.Where(entry => DriveSlot().IsMatch(entry.Key))
        .Select(entry => (entry.Key, Drive.Parse(entry.Value)));

    public IEnumerable<(string Slot, Drive Drive)> Disks => Drives.Where(entry =>
        !entry.Drive.IsMedia && !entry.Slot.StartsWith("efidisk", StringComparison.Ordinal)
        && !entry.Slot.StartsWith("tpmstate", StringComparison.Ordinal));

    private int Number(string field, int otherwise) =>
        int.TryParse(Config.GetValueOrDefault(field), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : otherwise;

    [GeneratedRegex("^(scsi|virtio|sata|ide|efidisk|tpmstate|unused)[0-9]+$", RegexOptions.ExplicitCapture, 1000)]
    public static partial Regex DriveSlot();
}

/// <summary>A drive in a configuration: a volume and its options.</summary>
internal sealed record Drive(string Volume, IReadOnlyList<KeyValuePair<string, string>> Options)
{
    public bool IsMedia => Find("media") == "cdrom";

    public string? Find(string option) =>
        Options.Where(pair => pair.Key == option).Select(pair => pair.Value).FirstOrDefault();

    public static Drive Parse(string text)
    {
        var parts = text.Split(',');
        var first = parts[0].StartsWith("file=", StringComparison.Ordinal) ? parts[0]["file=".Length..] : parts[0];
        return new Drive(first, [.. parts.Skip(1).Select(part => part.Split('=', 2))
            .Select(pair => KeyValuePair.Create(pair[0], pair.ElementAtOrDefault(1) ?? "1"))]);
    }

    public Drive With(string option, string value) =>
        this with { Options = [.. Options.Where(pair => pair.Key != option), KeyValuePair.Create(option, value)] };

    public Drive Without(string option) =>
        this with { Options = [.. Options.Where(pair => pair.Key != option)] };

    public override string ToString() =>
        string.Join(',', Options.Select(pair => $"{pair.Key}={pair.Value}").Prepend(Volume));

    /// <summary>As the configuration writes sizes: the largest unit that fits.</summary>
    public static string Size(long bytes)
    {
        foreach (var (unit, shift) in (ReadOnlySpan<(char, int)>)[('T', 40), ('G', 30), ('M', 20), ('K', 10)])
        {
            if (bytes > 0 && bytes % (1L << shift) == 0 && (shift < 40 || bytes >= 1L << 40))
                return $"{bytes >> shift}{unit}";
        }

        return bytes.ToString(CultureInfo.InvariantCulture);
    }
}
