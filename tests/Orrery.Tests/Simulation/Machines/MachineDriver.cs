using System.Text;
using Orrery.Simulation.Machines;
using Orrery.Simulation.Machines.Files;
using Orrery.Simulation.Machines.K3s;
using Orrery.Simulation.Machines.Network;
using Orrery.Simulation.Worlds;

namespace Orrery.Tests.Simulation.Machines;

/// <summary>A world with machines, and somebody at its clock and its keyboard.</summary>
internal sealed class MachineDriver
{
    public const string Address = "203.0.113.7";
    public const string Key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGxheQ== someone";

    public MachineDriver()
    {
        Agenda = new Agenda();
        Park = new MachinePark(Agenda, new MachinesOptions { Web = Web, K3sHost = K3s });
    }

    public Agenda Agenda { get; }

    public SimulatedWeb Web { get; } = new();

    public EmptyK3sHost K3s { get; } = new();

    public MachinePark Park { get; }

    public Machine Machine => Park.Get("1") ?? throw new InvalidOperationException("no machine");

    /// <summary>Makes the machine and lets it boot until cloud-init is done, or so long.</summary>
    public Machine Boot(string userData = "", double minutes = 20, VolumeDisk? volume = null)
    {
        Park.PowerOn(new MachineOrder
        {
            Id = "1",
            Name = "one",
            UserData = userData,
            Addresses = [Address],
            AuthorizedKeys = [Key],
        });
        if (volume is not null)
            Park.AttachVolume("1", volume);
        Settle(minutes);
        return Machine;
    }

    public void Settle(double minutes)
    {
        var boot = Machine.Boots;
        var end = Agenda.Now + TimeSpan.FromMinutes(minutes);
        while (Agenda.Next is { } next && next <= end && !(Machine.CloudInit.IsDone && Machine.Boots >= boot))
            Agenda.AdvanceTo(next);
    }

    public void Wait(double seconds) => Agenda.AdvanceTo(Agenda.Now + TimeSpan.FromSeconds(seconds));

    /// <summary>Runs a command over SSH to its end; gives its exit code and both its outputs.</summary>
    public (int ExitCode, string Output, string Error) Ssh(string command, string input = "", double minutes = 10)
    {
        var session = Park.Connect(Address)?.Open("root", Key) ?? throw new InvalidOperationException("no session");
        var running = session.Run(command, Encoding.UTF8.GetBytes(input));
        var end = Agenda.Now + TimeSpan.FromMinutes(minutes);
        while (!running.IsDone && Agenda.Next is { } next && next <= end)
            Agenda.AdvanceTo(next);
        running.IsDone.ShouldBeTrue($"`{command}` does not end");
        return (running.ExitCode, Encoding.UTF8.GetString(running.Output.Span), running.Error);
    }

    public string Read(string path) => Encoding.UTF8.GetString(Machine.ReadFile(path)?.ToArray() ?? []);
}
