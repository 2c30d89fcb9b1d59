using System.Globalization;
using Orrery.Providers.Hetzner.Wire;

namespace Orrery.Providers.Hetzner;

/// <summary>Hetzner's price list, asked for once: gross, in euros, per month.</summary>
#pragma warning disable CA1001 // A semaphore whose wait handle nobody takes holds nothing.
internal sealed class HetznerPrices(HetznerClient client)
{
#pragma warning restore CA1001
    private readonly SemaphoreSlim _one = new(1, 1);
    private PricingSchema? _list;

    public async Task<decimal?> VolumePerGigabyteAsync(CancellationToken cancellation) =>
        await ListAsync(cancellation) is { } list ? Amount(list.Volume.PricePerGbMonth) : null;

    public async Task<decimal?> ServerAsync(string type, string location, CancellationToken cancellation) =>
        In(location, (await ListAsync(cancellation))?.ServerTypes.FirstOrDefault(server =>
            server.Name == type)?.Prices);

    public async Task<decimal?> PrimaryIpAsync(string type, string location, CancellationToken cancellation) =>
        In(location, (await ListAsync(cancellation))?.PrimaryIps.FirstOrDefault(address =>
            address.Type == type)?.Prices);

    public async Task<decimal?> FloatingIpAsync(string type, string location, CancellationToken cancellation) =>
        In(location, (await ListAsync(cancellation))?.FloatingIps.FirstOrDefault(address =>
            address.Type == type)?.Prices);

    /// <summary>The list, or null for an account that pays in another currency.</summary>
    private async Task<PricingSchema?> ListAsync(CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            _list ??= (await client.GetAsync("pricing", HetznerJson.Default.PricingReply, cancellation)).Pricing;
            return _list.Currency == "EUR" ? _list : null;
        }
        finally
        {
            _one.Release();
        }
    }

    private static decimal? In(string location, IReadOnlyList<LocationPriceSchema>? prices) =>
        prices?.FirstOrDefault(price => price.Location == location) is { } price ? Amount(price.PriceMonthly) : null;

    private static decimal? Amount(PriceSchema price) =>
        decimal.TryParse(price.Gross, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount)
            ? amount
            : null;
}
