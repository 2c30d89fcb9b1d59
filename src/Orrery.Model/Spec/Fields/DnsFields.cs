using Orrery.Model.Platforms;
using Orrery.Model.Spec.Schema;

namespace Orrery.Model.Spec.Fields;

/// <summary>The fields of <c>dns</c>.</summary>
internal static class DnsFields
{
    public static readonly Field<SecretReference> CloudflareToken = new(
        "token", Shapes.Secret, "An API token that may edit the zone.")
    {
        Required = true,
    };

    public static readonly Field<Section> Cloudflare = new(
        "cloudflare", new ObjectShape("Cloudflare", "Cloudflare", CloudflareToken), "Records at Cloudflare.");

    public static readonly Field<string> PiholeUrl = new("url", Shapes.Url, "The URL of Pi-hole.")
    {
        Required = true,
    };

    public static readonly Field<Section> Pihole = new(
        "pihole", new ObjectShape("Pihole", "Pi-hole", PiholeUrl), "Records at a Pi-hole in the local network.");

    public static readonly Field<Section> Public = new(
        "public", new ChoiceShape("PublicDns", "the public DNS", Cloudflare), "For names that the internet resolves.");

    public static readonly Field<Section> Internal = new(
        "internal", new ChoiceShape("InternalDns", "the internal DNS", Pihole), "For names of the local network.");

    public static readonly ObjectShape Shape = new("Dns", "the DNS", Public, Internal);
}
