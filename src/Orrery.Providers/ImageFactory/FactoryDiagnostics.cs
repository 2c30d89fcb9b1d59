using Orrery.Model.Diagnostics;

namespace Orrery.Providers.ImageFactory;

/// <summary>What can be wrong with the images that machines shall boot.</summary>
public static class FactoryDiagnostics
{
    private static readonly DiagnosticCode UnknownVersion = new(
        "FACTORY001",
        "the Image Factory has no such release of Talos",
        "Images are built for published releases only. Choose one of its list.");

    private static readonly DiagnosticCode UnknownExtension = new(
        "FACTORY002",
        "the Image Factory has no such extension for this release",
        "Each release of Talos has a list of official extensions, which differs from release to release.");

    private static readonly DiagnosticCode MissingExtension = new(
        "FACTORY003",
        "a component needs an extension that the machines' image does not have",
        "Talos has no package manager: what a component needs of the system is built into the image. Add it to "
        + "spec.distribution.talos.extensions; the machines are upgraded to the new image.");

    /// <summary>In order of their codes.</summary>
    public static IReadOnlyList<DiagnosticCode> All { get; } = [UnknownVersion, UnknownExtension, MissingExtension];

    public static DiagnosticFamily Family { get; } = new(
        "FACTORY", "Image Factory", "Found before anything is made, by asking the factory what it can build.", All);

    public static Diagnostic NoVersion(string version, IEnumerable<string> similar) => UnknownVersion.At(
        null, $"{version} is not in its list.", [$"near it are {string.Join(", ", similar)}"]);

    public static Diagnostic NoExtension(string extension, string version, IEnumerable<string> similar) =>
        UnknownExtension.At(
            null, $"'{extension}' is no official extension of Talos {version}.",
            similar.ToList() is { Count: > 0 } names ? [$"did you mean {string.Join(" or ", names)}?"] : []);

    public static Diagnostic NeedsExtensions(string cluster, string component, IEnumerable<string> missing) =>
        MissingExtension.At(
            null, $"'{component}' in cluster '{cluster}' does not work without {string.Join(" and ", missing)}.",
            ["add to spec.distribution.talos.extensions:", $"  extensions: [{string.Join(", ", missing)}]"]);
}
