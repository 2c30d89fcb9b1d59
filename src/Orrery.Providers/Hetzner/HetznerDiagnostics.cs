using Orrery.Model.Diagnostics;

namespace Orrery.Providers.Hetzner;

/// <summary>What can be said of an account before anything is made.</summary>
public static class HetznerDiagnostics
{
    private static readonly DiagnosticCode Token = new(
        "HCLOUD001",
        "Hetzner Cloud refuses the token",
        "The token is missing, wrong, or belongs to no project. Make one in the Hetzner Console and export it.");

    private static readonly DiagnosticCode Location = new(
        "HCLOUD002",
        "the location does not exist at Hetzner Cloud",
        "Locations have short names such as fsn1. The hint lists those that the account may use.");

    private static readonly DiagnosticCode MachineType = new(
        "HCLOUD003",
        "the machine type does not exist at Hetzner Cloud",
        "Hetzner sells no such type. Choose one of its list.");

    private static readonly DiagnosticCode Sold = new(
        "HCLOUD004",
        "the machine type is not sold in this location",
        "Not every type is sold everywhere, and old ones are sold no longer. Choose another type or location.");

    private static readonly DiagnosticCode SoonGone = new(
        "HCLOUD005",
        "the machine type will soon not be sold any more",
        "A rebuild after the day that Hetzner has announced would fail. Choose the type's successor in time.")
    {
        Severity = Severity.Warning,
    };

    private static readonly DiagnosticCode Image = new(
        "HCLOUD006",
        "the image does not exist at Hetzner Cloud",
        "There is no image of this name for the machine type's architecture.");

    private static readonly DiagnosticCode OldImage = new(
        "HCLOUD007",
        "the image is deprecated",
        "Hetzner takes deprecated images away after a while, and then a rebuild would fail. Choose its successor.")
    {
        Severity = Severity.Warning,
    };

    private static readonly DiagnosticCode FloatingIp = new(
        "HCLOUD008",
        "the floating IP that shall be adopted is not in the project",
        "Adopted addresses are never made. Check the address and whose project the token opens.");

    private static readonly DiagnosticCode Architectures = new(
        "HCLOUD009",
        "the machine types of one pool have different architectures",
        "An image fits one architecture, so an alternative must have that of the first type.");

    /// <summary>In order of their codes.</summary>
    public static IReadOnlyList<DiagnosticCode> All { get; } =
        [Token, Location, MachineType, Sold, SoonGone, Image, OldImage, FloatingIp, Architectures];

    public static DiagnosticFamily Family { get; } = new(
        "HCLOUD", "Hetzner Cloud", "Found by asking the account before anything is planned.", All);

    internal static Diagnostic TokenRefused(string reason) => Token.At(
        null,
        $"{reason}.",
        [
            "make a token with read and write permission in the Hetzner Console (project, Security, API tokens)",
            "and set the variable that the cluster's 'token' names, for example: export HCLOUD_TOKEN=...",
        ]);

    internal static Diagnostic UnknownLocation(string location, IEnumerable<string> known) => Location.At(
        null,
        $"There is no location '{location}'.",
        [$"choose one of: {string.Join(", ", known)}"]);

    internal static Diagnostic UnknownType(string pool, string type, IEnumerable<string> near) => MachineType.At(
        null,
        $"The pool '{pool}' wants '{type}', which Hetzner does not sell.",
        near.Any() ? [$"did you mean one of: {string.Join(", ", near)}"] : []);

    internal static Diagnostic NotSoldThere(string pool, string type, string location, IEnumerable<string> soldIn) =>
        Sold.At(
            null,
            $"The pool '{pool}' wants '{type}' in '{location}'.",
            soldIn.Any()
                ? [$"it is sold in: {string.Join(", ", soldIn)}"]
                : ["it is sold nowhere any more: choose another type"]);

    internal static Diagnostic TypeDeprecated(string pool, string type, DateTimeOffset until) => SoonGone.At(
        null,
        $"The pool '{pool}' uses '{type}'; Hetzner makes new ones until {until:yyyy-MM-dd}.",
        ["choose its successor, or name one as alternative"]);

    internal static Diagnostic UnknownImage(string pool, string image, string architecture) => Image.At(
        null,
        $"The pool '{pool}' wants '{image}' for {architecture} machines, which is not there.",
        ["list the images with: hcloud image list --type system"]);

    internal static Diagnostic ImageDeprecated(string pool, string image, DateTimeOffset since) => OldImage.At(
        null,
        $"The pool '{pool}' uses '{image}', deprecated since {since:yyyy-MM-dd}.",
        ["choose its successor"]);

    internal static Diagnostic FloatingIpMissing(string pool, string ip) => FloatingIp.At(
        null,
        $"The pool '{pool}' adopts {ip}, and the token's project has no such address.",
        [
            "check the address, and that the token belongs to the project with the address",
            "or leave out 'adopt' to have a new address made",
        ]);

    internal static Diagnostic MixedArchitectures(string pool, IEnumerable<string> types) => Architectures.At(
        null,
        $"The pool '{pool}' names {string.Join(", ", types)}, some of them x86 and some arm.",
        ["choose alternatives of the first type's architecture"]);
}
