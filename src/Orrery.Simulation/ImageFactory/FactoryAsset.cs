using System.Text;
using Orrery.Simulation.Talos.Hardware;

namespace Orrery.Simulation.ImageFactory;

/// <summary>
/// What a simulated image, or installer, of Talos holds: instead of a system, a few lines of text that say what the
/// real one would be, so that a simulated machine that boots it knows.
/// </summary>
/// <remarks>
/// The bytes: <c>simulated-talos-image/1</c>, <c>version: v1.12.4</c>, <c>schematic: …</c>, <c>file: …</c>, each on a
/// line of its own, an empty line, and then the schematic's canonical document.
/// </remarks>
/// <param name="Version">Of Talos.</param>
/// <param name="SchematicId">64 hexadecimal digits.</param>
/// <param name="File">For example <c>metal-amd64-secureboot.iso</c>, or <c>metal-installer</c>.</param>
/// <param name="Content">What the schematic says.</param>
public sealed record FactoryAsset(string Version, string SchematicId, string File, StoredSchematic Content)
{
    private const string Magic = "simulated-talos-image/1";

    /// <summary><c>metal</c> or <c>nocloud</c>.</summary>
    public string Platform => File.Split('-')[0];

    public bool IsSecureBoot => File.Contains("-secureboot", StringComparison.Ordinal);

    /// <summary>Boots and stops when Talos is installed already, unlike a disk.</summary>
    public bool IsIso => File.EndsWith(".iso", StringComparison.Ordinal);

    /// <summary>What a machine boots from it, or installs with it.</summary>
    public TalosImage Image => new()
    {
        Version = Version,
        Schematic = SchematicId,
        Platform = Platform,
        Extensions = Content.Extensions,
        KernelArguments = Content.KernelArguments,
        Meta = Content.Meta,
    };

    public byte[] ToBytes() => Encoding.UTF8.GetBytes(
        $"{Magic}\nversion: {Version}\nschematic: {SchematicId}\nfile: {File}\n\n{Content.Canonical}");

    /// <summary>What bytes that somebody downloaded are; null where they are no image of ours.</summary>
    public static FactoryAsset? Parse(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.StartsWith("simulated-talos-image/1\n"u8))
            return null;
        var text = Encoding.UTF8.GetString(bytes);
        var end = text.IndexOf("\n\n", StringComparison.Ordinal);
        if (end < 0 || text[..end].Split('\n') is not [Magic, var version, var schematic, var file])
            return null;
        return new FactoryAsset(
            ValueOf(version), ValueOf(schematic), ValueOf(file), StoredSchematic.Parse(text[(end + 2)..]));
    }

    private static string ValueOf(string line) => line[(line.IndexOf(' ') + 1)..];
}
