using System.Diagnostics;
using Orrery.Model.Values;
using Orrery.Simulation.Hetzner.Routes;

namespace Orrery.Simulation.Hetzner.State;

/// <summary>Puts into the project what is there before the first request.</summary>
internal static class Presets
{
    public static void Place(Project project)
    {
        foreach (var key in project.Options.SshKeys)
            project.SshKeys.Add(From(project, key));
        foreach (var address in project.Options.FloatingIps)
            project.FloatingIps.Add(From(project, address));
        foreach (var volume in project.Options.Volumes)
            project.Volumes.Add(From(project, volume));
        foreach (var server in project.Options.Servers)
        {
            var made = From(project, server);
            project.Servers.Add(made);
            project.PrimaryIps.Add(PrimaryIpRoutes.For(project, made, ipv6: false));
        }
    }

    private static SshKey From(Project project, PresetSshKey key) => new()
    {
        Id = project.Identifiers.Next("ssh_key", key.Name),
        Name = key.Name,
        Labels = key.Labels,
        Created = TimeSpan.Zero,
        Preset = true,
        PublicKey = key.PublicKey,
        Fingerprint = Required(SshKeyRoutes.Fingerprint(key.PublicKey), "public key", key.Name),
    };

    private static FloatingIp From(Project project, PresetFloatingIp address) => new()
    {
        Id = project.Identifiers.Next("floating_ip", address.Name),
        Name = address.Name,
        Labels = address.Labels,
        Created = TimeSpan.Zero,
        Preset = true,
        DeleteProtected = address.DeleteProtected,
        Ipv6 = address.Address.Contains(':', StringComparison.Ordinal),
        Address = address.Address,
        HomeLocation = Required(Catalog.FindLocation(address.Location), "location", address.Location),
    };

    private static Volume From(Project project, PresetVolume volume) => new()
    {
        Id = project.Identifiers.Next("volume", volume.Name),
        Name = volume.Name,
        Labels = volume.Labels,
        Created = TimeSpan.Zero,
        Preset = true,
        DeleteProtected = volume.DeleteProtected,
        SizeGigabytes = volume.SizeGigabytes,
        Location = Required(Catalog.FindLocation(volume.Location), "location", volume.Location),
        Available = true,
        Contents = volume.Contents is null
            ? VolumeContents.Blank
            : (VolumeContents.Blank with { Filesystem = "ext4" }).Written(volume.Contents),
    };

    private static Server From(Project project, PresetServer server)
    {
        var type = Required(Catalog.FindServerType(server.ServerType), "server type", server.ServerType);
        return new Server
        {
            Id = project.Identifiers.Next("server", server.Name),
            Name = server.Name,
            Labels = server.Labels,
            Created = TimeSpan.Zero,
            Preset = true,
            ServerType = type,
            Location = Required(Catalog.FindLocation(server.Location), "location", server.Location),
            Image = Required(Catalog.FindImage(server.Image, type.Arm), "image", server.Image),
            Status = ServerStatus.Running,
        };
    }

    private static T Required<T>(T? found, string what, string name)
        where T : class
    {
        Invariant.Check(found is not null, $"the preset's {what} '{name}' is not known");
        return found ?? throw new UnreachableException();
    }
}
