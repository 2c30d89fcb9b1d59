using System.CommandLine;
using Orrery.Cli.Access;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Cli.Terminal;
using Orrery.Model.Diagnostics;
using Orrery.Model.Platforms;
using Orrery.Providers.Dns;

namespace Orrery.Cli.Commands.Access;

/// <summary><c>orrery dhcp DIR</c>: what a DHCP server must know of a cluster's nodes.</summary>
internal static class DhcpVerb
{
    public static Command Create(Host host)
    {
        var (directory, profile, cluster) = (Shared.Directory(), Shared.Profile(), Forwarding.ClusterOption());
        var command = new VerbCommand("dhcp", "Prints reservations for a cluster's nodes, as dnsmasq reads them.")
        {
            Detail = "Made of the declaration alone: hardware addresses stay when machines are made anew. For clusters "
                + "that declare `network: { dhcpReservations: { dnsmasq: } }`. Asks nobody and needs no secret.",
            Examples = ["orrery dhcp my-platform --cluster prod > /etc/dnsmasq.d/prod.conf"],
            Arguments = { directory },
            Options = { cluster, profile },
        };
        command.SetAction(parse => host.WithDeclarationAsync(
            new Target(parse.Required(directory), parse.GetValue(profile)),
            loaded => Task.FromResult(Print(host, ClusterChoice.Of(loaded.Platform, parse.GetValue(cluster))))));
        return command;
    }

    private static int Print(Host host, Diagnosed<Cluster> chosen)
    {
        host.Screen.Report(chosen.Diagnostics);
        if (chosen.Value is not { } cluster)
            return ExitCode.Invalid;
        if (DnsmasqReservations.Of(cluster) is { Length: > 0 } text)
        {
            host.Screen.Print(text);
            return ExitCode.Done;
        }

        host.Screen.Report(CliCodes.NoReservations.At(
            null, $"The cluster '{cluster.Name}' asks for no reservations.",
            ["declare them:", "  network: { dhcpReservations: { dnsmasq: } }"]));
        return ExitCode.Invalid;
    }
}
