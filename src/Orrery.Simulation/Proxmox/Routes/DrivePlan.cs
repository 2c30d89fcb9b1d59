using System.Globalization;
using Orrery.Simulation.Proxmox.Guests;
using Orrery.Simulation.Proxmox.Requests;
using Orrery.Simulation.Proxmox.State;

namespace Orrery.Simulation.Proxmox.Routes;

/// <summary>What becomes of the drives that a request names: checked before, carried out at the task's end.</summary>
internal sealed class DrivePlan
{
    private readonly Exchange _exchange;
    private readonly long _vmid;
    private readonly List<(string Slot, Drive Drive, Func<TimeSpan, string> Volume, long Bytes)> _made = [];
    private readonly List<(string Slot, Drive Drive)> _kept = [];

    private DrivePlan(Exchange exchange, long vmid) => (_exchange, _vmid) = (exchange, vmid);

    public List<(PveStorage Storage, int Volumes)> Allocates { get; } = [];

    public TimeSpan Takes { get; private set; } = TimeSpan.FromMilliseconds(500);

    public List<string> Log { get; } = [];

    /// <param name="before">What the machine has in its slots; empty for a new one.</param>
    public static DrivePlan Of(Exchange exchange, long vmid, IReadOnlyDictionary<string, string> before)
    {
        var plan = new DrivePlan(exchange, vmid);
        foreach (var slot in exchange.Form.Names.Where(name => VirtualMachine.DriveSlot().IsMatch(name)))
            plan.Add(slot, Drive.Parse(exchange.Form.Get(slot)), before);
        return plan;
    }

    /// <summary>Makes the volumes and writes the drives.</summary>
    public void Carry(SortedDictionary<string, string> config, TimeSpan now)
    {
        foreach (var (slot, drive) in _kept)
            config[slot] = drive.ToString();
        foreach (var (slot, drive, volume, bytes) in _made)
        {
            var made = drive with { Volume = volume(now) };
            config[slot] = made.Without("import-from").With("size", Drive.Size(bytes)).ToString();
        }
    }

    private void Add(string slot, Drive drive, IReadOnlyDictionary<string, string> before)
    {
        var parts = drive.Volume.Split(':', 2);
        if (drive.Volume == "none" && drive.IsMedia)
            _kept.Add((slot, drive));
        else if (parts.Length == 2 && long.TryParse(
            parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var gibibytes))
            AddNew(slot, drive, parts[0], gibibytes);
        else if (_exchange.Cluster.FindVolume(drive.Volume) is not { } volume)
            throw Refusal.Died($"volume '{drive.Volume}' does not exist");
        else if (volume.Content is "iso" && !drive.IsMedia)
            throw Refusal.Parameter(slot, "explicit 'media=cdrom' is required for iso images");
        else if (volume.Vmid is { } owner && owner != _vmid)
            AddForeign(slot, drive, volume, owner);
        else if (!before.ContainsKey(slot) || drive.IsMedia || before[slot] != drive.ToString())
            _kept.Add((slot, drive.IsMedia ? drive.With("size", Drive.Size(volume.Bytes)) : drive));
    }

    /// <summary>
    /// Whose volume it is matters less than who asks for it: check_volume_access in Storage.pm of pve-storage.
    /// </summary>
    private void AddForeign(string slot, Drive drive, Volume volume, long owner)
    {
        var storage = $"/storage/{drive.Volume.Split(':')[0]}";
        if (!_exchange.Cluster.Access.Has(_exchange.Caller, storage, "Datastore.Allocate"))
        {
            _exchange.Require(storage, "Datastore.Audit");
            _exchange.Require($"/vms/{owner}", "VM.Config.Disk");
        }

        _kept.Add((slot, drive.With("size", Drive.Size(volume.Bytes))));
    }

    private void AddNew(string slot, Drive drive, string name, long gibibytes)
    {
        var storage = _exchange.Storage(name);
        _exchange.Require($"/storage/{name}", "Datastore.AllocateSpace");
        if (!storage.Holds("images"))
            throw Refusal.Parameter("storage", $"storage '{name}' does not support vm images");
        Allocates.Add((storage, 1));
        var latencies = _exchange.Cluster.Options.Latencies;
        if (drive.Find("import-from") is { } source)
        {
            if (gibibytes != 0)
            {
                throw Refusal.Parameter(
                    slot, "'import-from' requires special syntax - use <storage ID>:0,import-from=<source>");
            }

            var image = ImageOf(slot, source);
            Takes += TimeSpan.FromSeconds(image.Bytes * latencies.FilledShare / latencies.CopyRate);
            Log.Add($"{slot}: importing {source}");
            var size = (image.Bytes + (1L << 30) - 1) >> 30 << 30;
            Make(slot, drive, storage, size, image.Contents.Copy());
            return;
        }

        // The firmware's variables and the TPM's state have sizes of their own (pve-edk2-firmware, swtpm).
        var bytes = slot.StartsWith("efidisk", StringComparison.Ordinal) ? 4L << 20
            : slot.StartsWith("tpmstate", StringComparison.Ordinal) ? 4L << 20
            : gibibytes << 30;
        if (bytes == 0)
            throw Refusal.Died($"{slot}: a new volume needs a size");
        Log.Add($"{slot}: successfully created disk on {name}");
        Make(slot, drive, storage, bytes, new DiskContents());
    }

    private void Make(string slot, Drive drive, PveStorage storage, long bytes, DiskContents contents) =>
        _made.Add((
            slot, drive, now => PveCluster.Allocate(storage, _vmid, bytes, contents, now).Volid, bytes));

    private Volume ImageOf(string slot, string source)
    {
        if (_exchange.Cluster.FindVolume(source) is not { } image)
            throw Refusal.Died($"cannot import from '{source}' - volume does not exist");
        _exchange.RequireAny($"/storage/{source.Split(':')[0]}", "Datastore.Audit", "Datastore.AllocateSpace");
        return image.Content is "images" or "import"
            ? image
            : throw Refusal.Parameter(slot, $"'{source}' has wrong type '{image.Content}' - needs to be 'images' or"
                + " 'import'");
    }
}
