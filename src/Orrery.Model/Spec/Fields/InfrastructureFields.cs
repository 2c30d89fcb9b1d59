using Orrery.Model.Spec.Schema;

namespace Orrery.Model.Spec.Fields;

/// <summary>The choice <c>infrastructure</c>.</summary>
internal static class InfrastructureFields
{
    public static readonly Field<Section> Hetzner = new("hetzner", HetznerFields.Shape, "Machines of Hetzner Cloud.");

    public static readonly Field<Section> Proxmox = new("proxmox", ProxmoxFields.Shape, "Virtual machines on Proxmox.");

    public static readonly Field<string> Management = new(
        "management", Shapes.Name, "The cluster whose Cluster API makes the machines.")
    {
        Required = true,
    };

    public static readonly Field<string> TemplateHost = new(
        "host", Shapes.Name, "The Proxmox node that holds the template.")
    {
        Required = true,
    };

    // Proxmox numbers virtual machines from 100 to 999999999.
    public static readonly Field<int> TemplateVmid = new(
        "vmid", new IntegerShape(100, 999_999_999), "The template's number.")
    {
        Required = true,
    };

    public static readonly Field<Section> ProxmoxTemplate = new(
        "proxmoxTemplate",
        new ObjectShape("ProxmoxTemplate", "a Proxmox template", TemplateHost, TemplateVmid),
        "What machines are cloned from.");

    public static readonly Field<Section> ClusterApi = new(
        "clusterApi",
        new ObjectShape("ClusterApi", "the Cluster API infrastructure", Management, ProxmoxTemplate),
        "Machines made by the Cluster API of another cluster.")
    {
        NotYet = Unbuilt.ClusterApi,
    };

    public static readonly ObjectShape Shape = new ChoiceShape(
        "Infrastructure", "an infrastructure", Hetzner, Proxmox, ClusterApi);
}
