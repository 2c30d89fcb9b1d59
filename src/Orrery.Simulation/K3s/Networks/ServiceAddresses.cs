using System.Net;
using System.Numerics;
using System.Text.Json.Nodes;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.K3s.Networks;

/// <summary>
/// Gives services of the type LoadBalancer addresses of pools, while a program that does so runs: each address once,
/// the one that is asked for or else the lowest that is free.
/// </summary>
internal sealed class ServiceAddresses
{
    private readonly SimulatedCluster _cluster;
    private readonly string _image;
    private readonly Func<ClusterStore, IEnumerable<AddressPool>> _pools;
    private readonly string[] _wishes;

    /// <param name="image">Whose pods must be ready for it.</param>
    /// <param name="pool">The kind of the pools' objects, as <c>group/Kind</c>.</param>
    /// <param name="pools">Reads them.</param>
    /// <param name="wishes">Annotations that name an address.</param>
    public ServiceAddresses(
        SimulatedCluster cluster, string image, string pool, Func<ClusterStore, IEnumerable<AddressPool>> pools,
        params string[] wishes)
    {
        (_cluster, _image, _pools, _wishes) = (cluster, image, pools, wishes);
        cluster.Loop.On("", "Service", Reconcile);
        cluster.Loop.On(pool.Split('/')[0], pool.Split('/')[1], _ => Waiting(), Reconcile);
        cluster.Loop.On("", "Pod", pod => Programs.Runs(pod, image) ? Waiting() : [], Reconcile);
    }

    private ClusterStore Store => _cluster.Store;

    private IEnumerable<ObjectKey> Waiting() => Store.PeekAll("v1", "Service")
        .Where(service => service.TextAt("spec", "type") == "LoadBalancer").Select(ObjectKey.Of);

    private void Reconcile(ObjectKey key)
    {
        if (Store.Get("v1", "Service", key.Namespace, key.Name) is not { } service || service.IsGoing()
            || service.TextAt("spec", "type") != "LoadBalancer" || AddressOf(service) is not null
            || !Programs.Ready(Store, _image).Any())
        {
            return;
        }

        if (Free(service) is not { } address)
            return;
        service.Child("status")["loadBalancer"] = new JsonObject
        {
            ["ingress"] = new JsonArray(new JsonObject { ["ip"] = $"{address}", ["ipMode"] = "VIP" }),
        };
        Store.UpdateStatus(service, _image);
    }

    private IPAddress? Free(JsonObject service)
    {
        var taken = Store.PeekAll("v1", "Service").Select(AddressOf).ToHashSet();
        var wish = _wishes.Select(name => service.At("metadata", "annotations", name).Text())
            .FirstOrDefault(text => text is not null) ?? service.TextAt("spec", "loadBalancerIP");
        var pools = _pools(Store).ToList();
        if (wish is { Length: > 0 } && IPAddress.TryParse(wish, out var wished))
            return pools.Any(pool => pool.Holds(wished)) && !taken.Contains($"{wished}") ? wished : null;
        return pools.SelectMany(pool => pool.Addresses).FirstOrDefault(address => !taken.Contains($"{address}"));
    }

    private static string? AddressOf(JsonObject service) =>
        service.At("status", "loadBalancer", "ingress").Items().Select(entry => entry.TextAt("ip")).FirstOrDefault();
}

/// <summary>Addresses from the first to the last.</summary>
internal sealed record AddressPool(IPAddress First, IPAddress Last)
{
    private const int Shown = 4096;

    /// <summary>In order; of very large pools the first ones.</summary>
    public IEnumerable<IPAddress> Addresses
    {
        get
        {
            var (at, last) = (NumberOf(First), NumberOf(Last));
            for (var count = 0; at <= last && count < Shown; at++, count++)
                yield return OfNumber(at);
        }
    }

    public bool Holds(IPAddress address) => address.AddressFamily == First.AddressFamily
        && NumberOf(address) >= NumberOf(First) && NumberOf(address) <= NumberOf(Last);

    /// <summary>Of <c>10.0.0.1-10.0.0.9</c> or <c>10.0.0.0/28</c>; null for all else, single addresses too.</summary>
    public static AddressPool? Parse(string text)
    {
        if (text.Split('-') is [var first, var last])
        {
            return IPAddress.TryParse(first.Trim(), out var from) && IPAddress.TryParse(last.Trim(), out var to)
                ? new AddressPool(from, to)
                : null;
        }

        if (!IPNetwork.TryParse(text, out var network))
            return null;
        var bits = network.BaseAddress.GetAddressBytes().Length * 8;
        var size = BigInteger.One << (bits - network.PrefixLength);
        var pool = new AddressPool(network.BaseAddress, network.BaseAddress);
        return pool with { Last = pool.OfNumber(NumberOf(network.BaseAddress) + size - 1) };
    }

    private static BigInteger NumberOf(IPAddress address) =>
        new(address.GetAddressBytes(), isUnsigned: true, isBigEndian: true);

    private IPAddress OfNumber(BigInteger number)
    {
        var bytes = new byte[First.GetAddressBytes().Length];
        var written = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        written.CopyTo(bytes, bytes.Length - written.Length);
        return new IPAddress(bytes);
    }
}
