using Orrery.Model.Platforms;
using Orrery.Model.Spec.Schema;
using Orrery.Model.Values;

namespace Orrery.Model.Spec.Fields;

/// <summary>The fields of <c>infrastructure.hetzner</c>.</summary>
internal static class HetznerFields
{
    public static readonly Field<SecretReference> Token = new(
        "token", Shapes.Secret, "An API token of the project, with read and write permission.")
    {
        Required = true,
        Example = "{ env: HCLOUD_TOKEN }",
    };

    public static readonly Field<string> Location = new("location", Shapes.Text, "Where machines and volumes stand.")
    {
        Required = true,
        Example = "fsn1",
    };

    public static readonly Field<SecretReference> PublicKey = new(
        "public", Shapes.Secret, "The public half; used by reference where it is uploaded already.")
    {
        Required = true,
        Example = "{ env: SSH_PUBLIC_KEY }",
    };

    public static readonly Field<SecretReference> PrivateKey = new(
        "private", Shapes.Secret, "The private half; where it is absent, the agent is asked.");

    public static readonly Field<Section> SshKey = new(
        "sshKey",
        new ObjectShape("SshKey", "an SSH key", PublicKey, PrivateKey),
        "The key that opens machines to people.");

    public static readonly Field<string> Protocol = new(
        "protocol",
        new EnumShape("tcp", "udp", "icmp"),
        "For rules of your own; ssh, http, https, icmp and kubernetes-api have theirs.");

    public static readonly Field<int> Port = new(
        "port", Shapes.Port, "For rules of your own: the port, or the first of them.");

    public static readonly Field<int> EndPort = new("endPort", Shapes.Port, "The last port, where there are several.");

    public static readonly Field<ValueList<AddressRange>> From = new(
        "from", Shapes.Cidrs, "The networks it is allowed from; from anywhere by default.")
    {
        Example = "[203.0.113.0/24]",
    };

    public static readonly Field<ValueList<Named<Section>>> Allow = new(
        "allow",
        Shapes.ByName(new ObjectShape("FirewallRule", "a firewall rule", Protocol, Port, EndPort, From)),
        "What may come in, by name.")
    {
        Required = true,
        Example = "{ ssh: , https: }",
    };

    public static readonly Field<Section> Firewall = new(
        "firewall",
        new ObjectShape("Firewall", "a firewall", Allow),
        "What may come in; everything where it is absent.");

    public static readonly ObjectShape Shape = new(
        "Hetzner", "the Hetzner infrastructure", Token, Location, SshKey, Firewall);
}
