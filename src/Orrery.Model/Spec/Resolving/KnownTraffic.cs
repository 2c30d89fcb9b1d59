namespace Orrery.Model.Spec.Resolving;

/// <summary>Firewall rules whose name says it all.</summary>
internal static class KnownTraffic
{
    public static IReadOnlyList<string> Names { get; } = ["ssh", "http", "https", "icmp", "kubernetes-api"];

    public static (string Protocol, string? Port)? Find(string name) => name switch
    {
        "ssh" => ("tcp", "22"),
        "http" => ("tcp", "80"),
        "https" => ("tcp", "443"),
        "icmp" => ("icmp", null),
        "kubernetes-api" => ("tcp", "6443"),
        _ => null,
    };
}
