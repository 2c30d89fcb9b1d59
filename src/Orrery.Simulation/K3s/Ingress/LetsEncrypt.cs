using System.Security.Cryptography;
using System.Text;
using Orrery.Simulation.Faults;

namespace Orrery.Simulation.K3s.Ingress;

/// <summary>
/// The certificate authority of the world, which remembers longer than clusters live: its weekly limits are what a
/// platform runs into that orders again at every rebuild. https://letsencrypt.org/docs/rate-limits/
/// </summary>
public sealed class LetsEncrypt
{
    private const int DuplicatesMax = 5;
    private const int PerDomainMax = 50;

    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    private readonly List<CertificateOrder> _orders = [];

    /// <summary>Every certificate that was issued, in order.</summary>
    public IReadOnlyList<CertificateOrder> Orders => _orders;

    /// <summary>How many accounts were opened.</summary>
    public int Accounts { get; private set; }

    /// <summary>How often a certificate for a host was issued since the world began.</summary>
    public int OrdersOf(string host) => _orders.Count(order => order.Host == host);

    /// <summary>When a certificate was issued; null for one of somebody else.</summary>
    internal TimeSpan? IssuedAt(string certificate) =>
        _orders.Find(order => order.Certificate == certificate)?.At;

    /// <summary>Opens an account, whose key is given.</summary>
    internal string Register()
    {
        var mark = SHA256.HashData(Encoding.UTF8.GetBytes($"account {Accounts++}"));
        return $"(simulated) key of an account {Convert.ToHexStringLower(mark)}";
    }

    /// <summary>
    /// Issues a certificate for one host, or for several in one certificate; the problem is the authority's own words.
    /// </summary>
    internal (string? Certificate, string? Problem) Order(string host, TimeSpan now, bool isLimited = true)
    {
        var recent = _orders.Where(order => isLimited && now - order.At < Week).ToList();
        if (recent.Count(order => order.Host == host) >= DuplicatesMax)
        {
            return (null, "acme: error: 429 :: urn:ietf:params:acme:error:rateLimited :: too many certificates "
                + $"({DuplicatesMax}) already issued for this exact set of identifiers in the last 168h0m0s: [{host}]");
        }

        var domain = RegisteredDomain(host);
        if (recent.Count(order => RegisteredDomain(order.Host) == domain) >= PerDomainMax)
        {
            return (null, "acme: error: 429 :: urn:ietf:params:acme:error:rateLimited :: too many certificates "
                + $"({PerDomainMax}) already issued for \"{domain}\" in the last 168h0m0s");
        }

        var serial = StableHash.Of((ulong)_orders.Count).And(host).Value;
        var certificate = $"(simulated) certificate {serial:x16} of {host}";
        _orders.Add(new CertificateOrder(host, now) { Certificate = certificate });
        return (certificate, null);
    }

    // Good for names such as example.org; domains with registries of two labels are not told apart here.
    private static string RegisteredDomain(string host)
    {
        var labels = host.Split('.');
        return string.Join('.', labels[Math.Max(0, labels.Length - 2)..]);
    }
}

/// <summary>A certificate that was issued.</summary>
/// <param name="At">Since the world began.</param>
public sealed record CertificateOrder(string Host, TimeSpan At)
{
    internal string Certificate { get; init; } = "";
}
