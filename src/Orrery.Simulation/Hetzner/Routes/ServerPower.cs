using Orrery.Simulation.Hetzner.Requests;
using Orrery.Simulation.Hetzner.State;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Hetzner.Routes;

/// <summary>Turning servers on and off, gently or not.</summary>
internal static class ServerPower
{
    /// <summary>The action that starts a server; used after creation as well.</summary>
    public static CloudAction Start(Exchange exchange, Server server, CloudAction? after = null)
    {
        if (after is null)
            server.Status = ServerStatus.Starting;
        return exchange.Start("start_server", [server], new ActionWork
        {
            Holds = [server],
            Succeed = _ =>
            {
                server.Status = ServerStatus.Running;
                Machine.Booted(exchange.Project, server);
            },
            Fail = _ => server.Status = ServerStatus.Off,
        }, after);
    }

    public static Answer On(Exchange exchange)
    {
        var server = Target(exchange);
        // Starting what runs does nothing.
        return EntityRoutes.Started(exchange, server.Status == ServerStatus.Off
            ? Start(exchange, server)
            : exchange.Start("start_server", [server], new ActionWork { Holds = [server] }));
    }

    /// <summary>Pulls the plug: what was not written back is lost.</summary>
    public static Answer Off(Exchange exchange)
    {
        var server = Target(exchange);
        return EntityRoutes.Started(exchange, exchange.Start("stop_server", [server], new ActionWork
        {
            Holds = [server],
            Succeed = _ =>
            {
                exchange.Project.TearVolumesOf(server);
                server.Status = ServerStatus.Off;
            },
        }));
    }

    /// <summary>Sends the signal; the machine goes down by itself some time later.</summary>
    public static Answer Shutdown(Exchange exchange)
    {
        var server = Target(exchange);
        var project = exchange.Project;
        var down = project.Jittered(project.Options.Latencies.GuestShutdown, $"shutdown/{server.Id}");
        return EntityRoutes.Started(exchange, exchange.Start("shutdown_server", [server], new ActionWork
        {
            Holds = [server],
            Succeed = now =>
            {
                if (server.Status != ServerStatus.Running)
                    return;
                server.Status = ServerStatus.Stopping;
                project.Service.Add(new ServiceRecord(exchange.Request.Tag, "guest shutdown", now, now + down));
                project.Actions.Later(now + down, _ => Stopped(project, server));
            },
        }));
    }

    /// <summary>An orderly restart: down with everything on the disks, and up again.</summary>
    public static Answer Reboot(Exchange exchange)
    {
        var server = Target(exchange);
        return EntityRoutes.Started(exchange, exchange.Start("reboot_server", [server], new ActionWork
        {
            Holds = [server],
            Succeed = _ =>
            {
                exchange.Project.FlushVolumesOf(server);
                Machine.Booted(exchange.Project, server);
            },
        }));
    }

    public static Answer Reset(Exchange exchange)
    {
        var server = Target(exchange);
        return EntityRoutes.Started(exchange, exchange.Start("reset_server", [server], new ActionWork
        {
            Holds = [server],
            Succeed = _ =>
            {
                exchange.Project.TearVolumesOf(server);
                server.Status = ServerStatus.Running;
                Machine.Booted(exchange.Project, server);
            },
        }));
    }

    // Meanwhile somebody may have pulled the plug or taken the server away.
    private static void Stopped(Project project, Server server)
    {
        if (server.Status != ServerStatus.Stopping)
            return;
        project.FlushVolumesOf(server);
        server.Status = ServerStatus.Off;
    }

    private static Server Target(Exchange exchange)
    {
        var server = exchange.Target(exchange.Project.Servers);
        exchange.RequireUnlocked(server);
        return server;
    }
}
