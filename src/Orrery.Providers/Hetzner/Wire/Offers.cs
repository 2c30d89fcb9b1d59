namespace Orrery.Providers.Hetzner.Wire;

/// <summary>A machine type, for example <c>cx33</c>, and where it is sold.</summary>
internal sealed record ServerTypeSchema(
    string Name, string Architecture, IReadOnlyList<TypeLocationSchema>? Locations = null,
    DeprecationSchema? Deprecation = null);

/// <summary>A place where a type is sold, and until when.</summary>
internal sealed record TypeLocationSchema(string Name, DeprecationSchema? Deprecation = null);

/// <summary>From when on new ones are refused.</summary>
internal sealed record DeprecationSchema(DateTimeOffset UnavailableAfter);

/// <summary>Machine types, as <c>GET /server_types</c> lists them.</summary>
internal sealed record ServerTypePage(IReadOnlyList<ServerTypeSchema> ServerTypes, MetaSchema Meta)
    : IPage<ServerTypeSchema>
{
    IReadOnlyList<ServerTypeSchema> IPage<ServerTypeSchema>.Items => ServerTypes;
}

/// <summary>An image; only Hetzner's own have a unique name.</summary>
internal sealed record ImageSchema(
    long Id, string Architecture, string Status, string? Name = null, DateTimeOffset? Deprecated = null);

/// <summary>Images, as <c>GET /images</c> lists them.</summary>
internal sealed record ImagePage(IReadOnlyList<ImageSchema> Images, MetaSchema Meta) : IPage<ImageSchema>
{
    IReadOnlyList<ImageSchema> IPage<ImageSchema>.Items => Images;
}

/// <summary>The price list, as <c>GET /pricing</c> gives it.</summary>
internal sealed record PricingReply(PricingSchema Pricing);

/// <summary>All prices in one currency.</summary>
internal sealed record PricingSchema(
    string Currency, VolumePriceSchema Volume, IReadOnlyList<ServerPriceSchema> ServerTypes,
    IReadOnlyList<AddressPriceSchema> PrimaryIps, IReadOnlyList<AddressPriceSchema> FloatingIps);

/// <summary>Volumes cost the same everywhere.</summary>
internal sealed record VolumePriceSchema(PriceSchema PricePerGbMonth);

/// <summary>What a machine type costs in each place.</summary>
internal sealed record ServerPriceSchema(string Name, IReadOnlyList<LocationPriceSchema> Prices);

/// <summary>What an address of a type (<c>ipv4</c>, <c>ipv6</c>) costs in each place.</summary>
internal sealed record AddressPriceSchema(string Type, IReadOnlyList<LocationPriceSchema> Prices);

/// <summary>A month's price in one place.</summary>
internal sealed record LocationPriceSchema(string Location, PriceSchema PriceMonthly);

/// <summary>Decimal numbers as text.</summary>
internal sealed record PriceSchema(string Gross);
