using Orrery.Model.Spec.Schema;

namespace Orrery.Model.Spec.Fields;

/// <summary>The fields of <c>acme</c>.</summary>
internal static class AcmeFields
{
    public static readonly Field<string> Email = new("email", Shapes.Email, "Where warnings about certificates go.")
    {
        Required = true,
        Example = "ops@example.org",
    };

    public static readonly Field<string> Environment = new(
        "environment",
        new EnumShape("production", "staging"),
        "Browsers trust production; staging has no tight limits.")
    {
        Default = "production",
    };

    public static readonly Field<Section> Http01 = new(
        "http01", Shapes.Nothing, "The name is proved by answering on port 80.");

    public static readonly Field<string> Dns01 = new(
        "dns01",
        new EnumShape("cloudflare", "hetzner", "powerdns")
        {
            NotYet = (["cloudflare", "hetzner"], Unbuilt.DnsChallenge),
        },
        "The name is proved by a DNS record, made there; for `powerdns` by the cluster's own server.");

    public static readonly Field<Section> Challenge = new(
        "challenge",
        new ChoiceShape("AcmeChallenge", "a challenge", Http01, Dns01),
        "How names are proved; by answering on port 443 (TLS-ALPN-01) by default.");

    public static readonly ObjectShape Shape = new("Acme", "the certificate authority", Email, Environment, Challenge);
}
