using Orrery.Model.Spec.Schema;
using Orrery.Model.Values;

namespace Orrery.Model.Spec.Fields;

/// <summary>The fields of <c>edge</c>.</summary>
internal static class EdgeFields
{
    public static readonly Field<string> VpsSsh = new("ssh", Shapes.SshTarget, "How the VPS is reached.")
    {
        Required = true,
    };

    public static readonly Field<Section> Vps = new(
        "vps", new ObjectShape("Vps", "a VPS", VpsSsh), "A machine with a public address, in front of the cluster.")
    {
        Required = true,
    };

    public static readonly Field<string> HeadscaleUrl = new("url", Shapes.Url, "The URL of Headscale.")
    {
        Required = true,
    };

    public static readonly Field<string> HeadscaleSsh = new(
        "ssh", Shapes.SshTarget, "Where node keys are made; they live for minutes.")
    {
        Required = true,
    };

    public static readonly Field<Section> Headscale = new(
        "headscale", new ObjectShape("Headscale", "Headscale", HeadscaleUrl, HeadscaleSsh), "A Headscale of your own.");

    public static readonly Field<Section> Tailnet = new(
        "tailnet", new ChoiceShape("Tailnet", "a tailnet", Headscale), "The network between the VPS and the cluster.");

    public static readonly Field<ValueList<string>> SniPassthrough = new(
        "sniPassthrough",
        new ListShape<string>(new TextShape<string>(Forms.DomainPattern)),
        "Names whose TLS connections are passed on unopened.")
    {
        Example = "[\"*.example.org\"]",
    };

    public static readonly Field<bool> SecondaryDns = new(
        "secondaryDns", Shapes.Boolean, "The VPS answers DNS with zones transferred from the cluster.")
    {
        Default = "false",
    };

    public static readonly ObjectShape Shape = new("Edge", "the edge", Vps, Tailnet, SniPassthrough, SecondaryDns);
}
