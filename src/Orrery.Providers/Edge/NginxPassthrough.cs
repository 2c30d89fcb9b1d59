using System.Text;
using Orrery.Model.Platforms;

namespace Orrery.Providers.Edge;

/// <summary>
/// How nginx on the machine in front of a cluster passes TLS on unopened, by the name that each client asks for. Pure.
/// https://nginx.org/en/docs/stream/ngx_stream_ssl_preread_module.html.
/// </summary>
public static class NginxPassthrough
{
    private const int HttpsPort = 443;

    /// <summary>
    /// A whole <c>stream</c> block, for where nginx reads modules: the one place outside of <c>http</c> that Debian's
    /// configuration includes. A name that is not declared has no upstream, so its connection is closed at once; so is
    /// that of a client that says no name.
    /// </summary>
    /// <remarks>
    /// Without the PROXY protocol: an ingress that expects it refuses everybody who comes directly, from within the
    /// network of the nodes. It sees the address of this machine then, and not that of the client.
    /// </remarks>
    public static string Of(string cluster, ClusterEdge edge)
    {
        var variable = $"$orrery_{cluster.Replace('-', '_')}";
        var names = new StringBuilder();
        foreach (var name in edge.Names)
            names.Append($"        {name} {Bracketed(edge.Ingress)}:{HttpsPort};\n");
        return $$"""
            stream {
                map $ssl_preread_server_name {{variable}} {
                    hostnames;
                    default "";
            {{names.ToString().TrimEnd('\n')}}
                }

                server {
                    listen {{HttpsPort}};
                    listen [::]:{{HttpsPort}};
                    ssl_preread on;
                    preread_timeout 10s;
                    proxy_pass {{variable}};
                    proxy_connect_timeout 5s;
                    proxy_timeout 1h;
                }
            }

            """;
    }

    private static string Bracketed(string address) =>
        address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address;
}
