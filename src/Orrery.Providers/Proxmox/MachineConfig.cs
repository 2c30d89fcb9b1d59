using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Orrery.Engine.Ports;

namespace Orrery.Providers.Proxmox;

/// <summary>A machine's configuration as its node keeps it.</summary>
internal sealed partial class MachineConfig(Dictionary<string, JsonElement> fields)
{
    public string? Name => Text("name");

    public string? Lock => Text("lock");

    public string? Tags => Text("tags");

    public string? Description => Text("description");

    public (Owner Owner, string Kind)? Owner => OwnerTags.Read(Tags, Description);

    /// <summary>A clone whose own configuration was not written yet: it still has all of its template's.</summary>
    public bool IsUnconfigured => !OwnerTags.AreSet(Tags);

    /// <summary>
    /// Being made right now: until the end of its task it has nothing but the lock, so nobody can tell whose it is.
    /// </summary>
    public bool IsBeingMade => Lock is "create" or "clone" && Owner is null;

    public string? Text(string field) => fields.TryGetValue(field, out var value)
        ? value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText()
        : null;

    public long? Number(string field) =>
        long.TryParse(Text(field), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>What is in the slots of disks, without CD drives.</summary>
    public IEnumerable<(string Slot, DriveText Drive)> Disks => Drives.Where(entry => !entry.Drive.IsMedia);

    public IEnumerable<(string Slot, DriveText Drive)> Drives => Matching(DriveSlot())
        .Select(slot => (slot, DriveText.Parse(Text(slot) ?? "")));

    public IEnumerable<string> Networks => Matching(NetworkSlot());

    /// <summary>The devices to boot from, in order: of <c>order=scsi0;ide2</c>.</summary>
    public IReadOnlyList<string> BootOrder => Text("boot") is { } boot
        && boot.Split(',').FirstOrDefault(part => part.StartsWith("order=", StringComparison.Ordinal)) is { } order
            ? order["order=".Length..].Split(';', StringSplitOptions.RemoveEmptyEntries)
            : [];

    private IEnumerable<string> Matching(Regex slot) =>
        fields.Keys.Where(key => slot.IsMatch(key)).Order(StringComparer.Ordinal);

    [GeneratedRegex("^(scsi|virtio|sata|ide)[0-9]+$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex DriveSlot();

    [GeneratedRegex("^net[0-9]+$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NetworkSlot();
}
