namespace Orrery.Providers.ImageFactory;

/// <summary>
/// A release of Talos with a schematic, for one platform: where its images are. The installer carries the same
/// schematic: with another one a machine would lose its extensions when it installs itself.
/// </summary>
/// <param name="Version">For example <c>v1.12.4</c>.</param>
/// <param name="SchematicId">As the factory gave it.</param>
/// <param name="Platform">For example <c>nocloud</c> or <c>metal</c>.</param>
/// <param name="SecureBoot">Whether the images are signed and boot only so.</param>
public sealed record FactoryImage(string Version, string SchematicId, string Platform, bool SecureBoot = false)
{
    /// <summary>The public factory, for URLs and as a registry.</summary>
    public const string Host = "factory.talos.dev";

    private const string Architecture = "amd64";

    /// <summary>What boots a machine that has nothing on its disk.</summary>
    public string Iso => UrlOf("iso");

    /// <summary>A whole disk.</summary>
    /// <param name="format">
    /// As the factory ends its names: <c>qcow2</c>, <c>raw</c>, or compressed <c>raw.zst</c>, <c>raw.xz</c>, which
    /// Proxmox does not import.
    /// </param>
    public string Disk(string format) => UrlOf(format);

    /// <summary>
    /// What the machine installs itself with, and is upgraded with. The name with the platform is known to the factory
    /// since Talos 1.10, the one without it means metal, and fits older releases on any platform.
    /// </summary>
    public string Installer => $"{Host}/{InstallerName}{Suffix}/{SchematicId}:{Version}";

    private string Suffix => SecureBoot ? "-secureboot" : "";

    private string InstallerName =>
        Version.StartsWith("v1.9.", StringComparison.Ordinal) ? "installer" : $"{Platform}-installer";

    private string UrlOf(string format) =>
        $"https://{Host}/image/{SchematicId}/{Version}/{Platform}-{Architecture}{Suffix}.{format}";
}
