namespace Orrery.Providers.Proxmox.Wire;

/// <summary>A storage as a node sees it; <c>content</c> is a list with commas, sizes are bytes.</summary>
internal sealed record StorageEntry(
    string Storage, string Type, string Content, long Active = 0, long Enabled = 0, long Shared = 0,
    long? Avail = null, long? Total = null)
{
    public IReadOnlyList<string> Contents => Content.Split(',', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>A volume, an image or an ISO on a storage.</summary>
internal sealed record VolumeEntry(string Volid, string Format, long Size);
