using Orrery.Engine.Ports;
using Orrery.Model.Diagnostics;
using Orrery.Model.Platforms;
using Orrery.Model.Values;
using Orrery.Providers.Hetzner.Wire;

namespace Orrery.Providers.Hetzner;

/// <summary>Asks the account what the declaration takes for granted; all answers at once, nothing is changed.</summary>
internal sealed class HetznerChecks(HetznerClient client, TimeProvider time)
{
    /// <summary>How many similar type names a message shows.</summary>
    private const int SuggestionsMax = 6;

    public async Task<ValueList<Diagnostic>> RunAsync(
        Cluster cluster, Infrastructure.Hetzner settings, CancellationToken cancellation)
    {
        try
        {
            return [.. await LocationAsync(settings.Location, cancellation),
                .. await PoolsAsync(cluster, settings.Location, cancellation),
                .. await FloatingIpsAsync(cluster, cancellation)];
        }
        catch (ProviderException exception) when (exception.Code == ProviderErrorCode.Unauthorized)
        {
            return [HetznerDiagnostics.TokenRefused(exception.Message)];
        }
    }

    private async Task<IEnumerable<Diagnostic>> LocationAsync(string location, CancellationToken cancellation)
    {
        var all = await client.ListAsync<LocationPage, LocationSchema>(
            "locations", HetznerJson.Default.LocationPage, cancellation);
        return all.Any(known => known.Name == location)
            ? []
            : [HetznerDiagnostics.UnknownLocation(location, all.Select(known =>
                known.Name).Order(StringComparer.Ordinal))];
    }

    private async Task<IEnumerable<Diagnostic>> PoolsAsync(
        Cluster cluster, string location, CancellationToken cancellation)
    {
        var types = await client.ListAsync<ServerTypePage, ServerTypeSchema>(
            "server_types", HetznerJson.Default.ServerTypePage, cancellation);
        var diagnostics = new List<Diagnostic>();
        foreach (var pool in cluster.NodePools.Values)
        {
            diagnostics.AddRange(pool.Types.SelectMany(type => Type(pool.Name, type, location, types)));
            var wanted = types.Where(type => pool.Types.Contains(type.Name)).ToArray();
            var architectures = wanted.Select(type => type.Architecture).Distinct().ToArray();
            if (architectures.Length > 1)
                diagnostics.Add(HetznerDiagnostics.MixedArchitectures(pool.Name, pool.Types));
            else if (architectures is [var architecture])
                diagnostics.AddRange(await ImageAsync(pool, architecture, cancellation));
        }

        return diagnostics;
    }

    private IEnumerable<Diagnostic> Type(
        string pool, string name, string location, IReadOnlyList<ServerTypeSchema> types)
    {
        if (types.FirstOrDefault(type => type.Name == name) is not { } type)
        {
            // The letters before the number are the family: cx, cpx, cax, ccx.
            var family = name.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
            var near = types.Select(known => known.Name)
                .Where(known => family.Length > 0 && known.StartsWith(family, StringComparison.Ordinal));
            return [HetznerDiagnostics.UnknownType(
                pool, name, near.Order(StringComparer.Ordinal).Take(SuggestionsMax))];
        }

        var sold = (type.Locations ?? []).Where(place =>
            UnavailableAfter(type, place) is not { } until || until > time.GetUtcNow());
        var here = sold.FirstOrDefault(place => place.Name == location);
        if (here is null)
        {
            var places = sold.Select(place => place.Name).Order(StringComparer.Ordinal);
            return [HetznerDiagnostics.NotSoldThere(pool, name, location, places)];
        }

        return UnavailableAfter(type, here) is { } end ? [HetznerDiagnostics.TypeDeprecated(pool, name, end)] : [];
    }

    private static DateTimeOffset? UnavailableAfter(ServerTypeSchema type, TypeLocationSchema place) =>
        (place.Deprecation ?? type.Deprecation)?.UnavailableAfter;

    private async Task<IEnumerable<Diagnostic>> ImageAsync(
        NodePool pool, string architecture, CancellationToken cancellation)
    {
        var query = $"name={Uri.EscapeDataString(pool.Image)}&architecture={architecture}&include_deprecated=true";
        var images = await client.ListAsync<ImagePage, ImageSchema>(
            $"images?{query}", HetznerJson.Default.ImagePage, cancellation);
        var found = images.FirstOrDefault(image => image.Name == pool.Image && image.Architecture == architecture);
        if (found is null)
            return [HetznerDiagnostics.UnknownImage(pool.Name, pool.Image, architecture)];
        return found.Deprecated is { } since ? [HetznerDiagnostics.ImageDeprecated(pool.Name, pool.Image, since)] : [];
    }

    private async Task<IEnumerable<Diagnostic>> FloatingIpsAsync(Cluster cluster, CancellationToken cancellation)
    {
        var adopted = cluster.NodePools.Values
            .Where(pool => pool.FloatingIp?.Adopt is not null)
            .Select(pool => (Pool: pool.Name, Ip: pool.FloatingIp?.Adopt ?? ""))
            .ToArray();
        if (adopted.Length == 0)
            return [];
        var all = await client.ListAsync<FloatingIpPage, FloatingIpSchema>(
            "floating_ips", HetznerJson.Default.FloatingIpPage, cancellation);
        return adopted
            .Where(wanted => all.All(address => address.Ip != wanted.Ip))
            .Select(wanted => HetznerDiagnostics.FloatingIpMissing(wanted.Pool, wanted.Ip));
    }
}
