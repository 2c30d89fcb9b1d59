using System.Text.RegularExpressions;
using Orrery.Simulation.Proxmox.Requests;
using Orrery.Simulation.Proxmox.State;

namespace Orrery.Simulation.Proxmox.Routes;

/// <summary>Which fields a machine's configuration has, and how they are kept.</summary>
internal static partial class ConfigFields
{
    private static readonly string[] OfRequests = ["node", "vmid", "pool", "start", "delete", "digest", "force"];

    private static readonly string[] Numbers =
        ["cores", "sockets", "balloon", "onboot", "protection", "template", "numa", "kvm", "acpi", "tablet"];

    /// <summary>As a number in replies; everything else is text, <c>memory</c> too.</summary>
    public static bool IsNumber(string field) => Numbers.Contains(field);

    /// <summary>Refuses what the schema does not have, and tags with what tags cannot have.</summary>
    public static void Check(Form form)
    {
        foreach (var name in form.Names)
        {
            if (!OfRequests.Contains(name) && !Known().IsMatch(name))
            {
                throw Refusal.Parameter(
                    name, "property is not defined in schema and the schema does not allow additional properties");
            }
        }

        foreach (var tag in Access.Split(form.Find("tags")))
        {
            if (!Tag().IsMatch(tag))
                throw Refusal.Parameter("tags", $"invalid format - invalid characters in tag '{tag}'");
        }

        if (form.Find("name") is { } host && !Host().IsMatch(host))
        {
            throw Refusal.Parameter(
                "name", $"invalid format - value '{host}' does not look like a valid DNS name");
        }
    }

    /// <summary>Takes over what is not a drive.</summary>
    public static void Write(Form form, SortedDictionary<string, string> config)
    {
        foreach (var name in form.Names.Where(name =>
            !OfRequests.Contains(name) && !VirtualMachine.DriveSlot().IsMatch(name)))
        {
            // Since 8 tags are kept once each, in alphabetical order and in small letters.
            config[name] = name == "tags"
                ? string.Join(';', Access.Split(form.Find(name)).Select(tag => tag.ToLowerInvariant()).Distinct()
                    .Order(StringComparer.Ordinal))
                : form.Find(name) ?? "";
        }
    }

    [GeneratedRegex(
        "^(name|description|tags|machine|bios|scsihw|ostype|onboot|balloon|sockets|cores|cpu|memory|agent|boot|vga"
        + "|protection|template|tablet|numa|kvm|acpi|startup|citype|ciuser|hotplug|rng0|args|smbios1|vmgenid"
        + "|serial[0-3]|net[0-9]+|ipconfig[0-9]+|(scsi|virtio|sata|ide|efidisk|tpmstate|unused)[0-9]+)$",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Known();

    [GeneratedRegex("^[a-zA-Z0-9_][a-zA-Z0-9_\\-+.]*$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Tag();

    [GeneratedRegex(
        "^([a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?)(\\.[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?)*$",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Host();
}
