using Orrery.Model.Diagnostics;
using Orrery.Model.Values;

namespace Orrery.Providers.Hetzner;

/// <summary>What can be said of an account before anything is made. One method per code.</summary>
internal static class HetznerDiagnostics
{
    public static Diagnostic TokenRefused(string reason) => new()
    {
        Code = "HCLOUD001",
        Summary = "Hetzner Cloud refuses the token",
        Detail = $"{reason}.",
        Hints =
        [
            "make a token with read and write permission in the Hetzner Console (project, Security, API tokens)",
            "and set the variable that the cluster's 'token' names, for example: export HCLOUD_TOKEN=...",
        ],
    };

    public static Diagnostic UnknownLocation(string location, IEnumerable<string> known) => new()
    {
        Code = "HCLOUD002",
        Summary = "the location does not exist at Hetzner Cloud",
        Detail = $"There is no location '{location}'.",
        Hints = [$"choose one of: {string.Join(", ", known)}"],
    };

    public static Diagnostic UnknownType(string pool, string type, IEnumerable<string> near) => new()
    {
        Code = "HCLOUD003",
        Summary = "the machine type does not exist at Hetzner Cloud",
        Detail = $"The pool '{pool}' wants '{type}', which Hetzner does not sell.",
        Hints = near.Any() ? [$"did you mean one of: {string.Join(", ", near)}"] : ValueList<string>.Empty,
    };

    public static Diagnostic NotSoldThere(
        string pool, string type, string location, IEnumerable<string> soldIn) => new()
        {
            Code = "HCLOUD004",
            Summary = "the machine type is not sold in this location",
            Detail = $"The pool '{pool}' wants '{type}' in '{location}'.",
            Hints = soldIn.Any()
                ? [$"it is sold in: {string.Join(", ", soldIn)}"]
                : ["it is sold nowhere any more: choose another type"],
        };

    public static Diagnostic TypeDeprecated(string pool, string type, DateTimeOffset until) => new()
    {
        Code = "HCLOUD005",
        Severity = Severity.Warning,
        Summary = "the machine type will soon not be sold any more",
        Detail = $"The pool '{pool}' uses '{type}'; Hetzner makes new ones until {until:yyyy-MM-dd}."
            + " A rebuild after that day would fail.",
        Hints = ["choose its successor, or name one as alternative"],
    };

    public static Diagnostic UnknownImage(string pool, string image, string architecture) => new()
    {
        Code = "HCLOUD006",
        Summary = "the image does not exist at Hetzner Cloud",
        Detail = $"The pool '{pool}' wants '{image}' for {architecture} machines, which is not there.",
        Hints = ["list the images with: hcloud image list --type system"],
    };

    public static Diagnostic ImageDeprecated(string pool, string image, DateTimeOffset since) => new()
    {
        Code = "HCLOUD007",
        Severity = Severity.Warning,
        Summary = "the image is deprecated",
        Detail = $"The pool '{pool}' uses '{image}', deprecated since {since:yyyy-MM-dd};"
            + " Hetzner will take it away and then a rebuild would fail.",
        Hints = ["choose its successor"],
    };

    public static Diagnostic FloatingIpMissing(string pool, string ip) => new()
    {
        Code = "HCLOUD008",
        Summary = "the floating IP that shall be adopted is not in the project",
        Detail = $"The pool '{pool}' adopts {ip}. Adopted addresses are never made,"
            + " and the token's project has none like it.",
        Hints =
        [
            "check the address, and that the token belongs to the project with the address",
            "or leave out 'adopt' to have a new address made",
        ],
    };

    public static Diagnostic MixedArchitectures(string pool, IEnumerable<string> types) => new()
    {
        Code = "HCLOUD009",
        Summary = "the machine types of one pool have different architectures",
        Detail = $"The pool '{pool}' names {string.Join(", ", types)}, some of them x86 and some arm.",
        Hints = ["choose alternatives of the first type's architecture"],
    };
}
