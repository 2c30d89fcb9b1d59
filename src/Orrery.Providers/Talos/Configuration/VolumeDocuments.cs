using Orrery.Model.Values;

namespace Orrery.Providers.Talos.Configuration;

/// <summary>Disks as documents of their own: user volumes since Talos 1.10, encryption since 1.11.</summary>
internal static class VolumeDocuments
{
    public static IEnumerable<Value.Map> Of(TalosMachine machine)
    {
        if (machine.Version.HasVolumeEncryption && machine.Encryption is { } encryption)
        {
            if (encryption.State)
                yield return Encrypted("STATE", isBound: false);
            if (encryption.Ephemeral)
                yield return Encrypted("EPHEMERAL", isBound: encryption.State);
        }

        if (!machine.Version.HasUserVolumes)
            yield break;
        foreach (var volume in machine.Volumes)
        {
            yield return Section.Document(
                "UserVolumeConfig",
                ("name", volume.Name),
                ("provisioning", Value.MapOf(
                    ("diskSelector", Value.MapOf(("match", $"disk.dev_path == '{volume.Disk}' && !system_disk"))),
                    // All of the disk, however large it grows.
                    ("minSize", "1GiB"),
                    ("grow", true))),
                ("filesystem", Value.MapOf(("type", "xfs"))));
        }
    }

    /// <param name="isBound">Whether it opens only together with the state partition that it was made with.</param>
    private static Value.Map Encrypted(string name, bool isBound) => Section.Document(
        "VolumeConfig",
        ("name", name),
        ("encryption", Value.MapOf(
            ("provider", "luks2"),
            ("keys", Value.ListOf([Section.Of(
                ("slot", 0),
                ("tpm", Value.MapOf(("checkSecurebootStatusOnEnroll", true))),
                ("lockToState", isBound ? true : null))])))));
}
