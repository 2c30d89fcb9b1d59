using Orrery.Model.Platforms;
using Orrery.Model.Spec.Schema;
using Orrery.Model.Values;

namespace Orrery.Model.Spec.Fields;

/// <summary>The fields of <c>infrastructure.proxmox</c>.</summary>
internal static class ProxmoxFields
{
    public static readonly Field<string> Endpoint = new("endpoint", Shapes.Url, "The URL of the API.")
    {
        Required = true,
        Example = "https://pve.example.org:8006",
    };

    public static readonly Field<string> Fingerprint = new(
        "fingerprint",
        new TextShape<string>(Forms.Fingerprint), "The SHA-256 fingerprint of the API's certificate.")
    {
        Example = "\"AA:BB:...\"",
    };

    public static readonly Field<string> Authority = new(
        "ca", Shapes.RelativePath, "The file of the authority that signed the API's certificate.")
    {
        Example = "pve-root-ca.pem",
    };

    public static readonly Field<Section> Tls = new(
        "tls",
        new ChoiceShape("ProxmoxTls", "the trust in the API", Fingerprint, Authority),
        "How the API is recognised; public authorities by default.");

    public static readonly Field<SecretReference> Token = new(
        "token", Shapes.Secret,
        "An API token; not needed where `bootstrap` makes a `provisioner`, whose token is used then.")
    {
        Example = "{ env: PROXMOX_API_TOKEN }",
    };

    public static readonly Field<string> BootstrapSsh = new(
        "ssh", Shapes.SshTarget, "Whom to ask; its host key must be in known_hosts.")
    {
        Required = true,
        Example = "root@pve",
    };

    public static readonly Field<Section> Bootstrap = new(
        "bootstrap",
        new ObjectShape("ProxmoxBootstrap", "the bootstrap", BootstrapSsh),
        "Makes the API `users` and their tokens over SSH, as root, once.");

    public static readonly Field<string> Role = new(
        "role", new EnumShape("provisioner", "csi"),
        "What the user may do: make machines, or give disks to pods. With a user of the second, Proxmox CSI is"
        + " installed where Talos and a GitOps engine are.")
    {
        Required = true,
    };

    public static readonly Field<ValueList<Named<Section>>> Users = new(
        "users",
        Shapes.ByName(new ObjectShape("ProxmoxUser", "an API user", Role)),
        "API users that `bootstrap` makes.");

    public static readonly Field<ValueList<string>> Nodes = new(
        "nodes", new ListShape<string>(Shapes.Name, 1), "The Proxmox nodes that machines are placed on.")
    {
        Required = true,
        Example = "[pve]",
    };

    public static readonly Field<string> Disks = new(
        "disks", Shapes.Text, "The storage for disks.")
    {
        Required = true,
        Example = "local-lvm",
    };

    public static readonly Field<string> Images = new(
        "images", Shapes.Text, "The storage for images; it must hold files.")
    {
        Required = true,
        Example = "local",
    };

    public static readonly Field<Section> Storage = new(
        "storage", new ObjectShape("ProxmoxStorage", "the storage", Disks, Images), "Where disks and images are kept.")
    {
        Required = true,
    };

    public static readonly Field<string> Bridge = new("bridge", Shapes.Text, "The bridge of the machines' network.")
    {
        Default = "vmbr0",
    };

    public static readonly ObjectShape Shape = new(
        "Proxmox", "the Proxmox infrastructure", Endpoint, Tls, Token, Bootstrap, Users, Nodes, Storage, Bridge);
}
