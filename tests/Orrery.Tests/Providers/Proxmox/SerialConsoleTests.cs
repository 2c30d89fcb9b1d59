using Orrery.Engine.Ports;
using Orrery.Simulation.Proxmox;
using Orrery.Simulation.Proxmox.Guests;
using static Orrery.Tests.Providers.Proxmox.ProxmoxScene;

namespace Orrery.Tests.Providers.Proxmox;

/// <summary>What machines write to their serial consoles.</summary>
public sealed class SerialConsoleTests : IGuestHost, IDisposable
{
    private readonly ProxmoxScene _scene;
    private readonly List<string> _told = [];
    private string _console = "";

    public SerialConsoleTests()
    {
        _scene = new ProxmoxScene(new ProxmoxWorldOptions { Guests = this });
        // A WebSocket works on between two timers.
        _scene.Time.Settling = TimeSpan.FromMilliseconds(15);
    }

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void What_is_written_at_a_boot_is_read_by_who_listens_and_resets_then()
    {
        var machine = _scene.Make("virtual-machine", "worker-0", Machine());

        var text = _scene.Time.Run(() => _scene.Services.Console.ReadAsync(
            machine.Id, said => said.Contains("fingerprint: 2", StringComparison.Ordinal), resets: true,
            _scene.Operation(), default));

        text.ShouldBe("boot 2, fingerprint: 2");
        _told.ShouldBe([$"on {machine.Id}", $"reset {machine.Id}"]);
        _scene.Contract?.Report.ShouldBeClean();
    }

    [Fact]
    public void What_was_written_before_anybody_listened_is_not_told_again()
    {
        var machine = _scene.Make("virtual-machine", "worker-0", Machine());

        var refusal = _scene.Refused(() => _scene.Time.Run(() => _scene.Services.Console.ReadAsync(
            machine.Id, said => said.Contains("fingerprint", StringComparison.Ordinal), resets: false,
            _scene.Operation(), default)));

        refusal.Code.ShouldBe(ProviderErrorCode.Timeout);
    }

    void IGuestHost.PoweredOn(Guest guest) => Boot($"on {guest.Vmid}");

    void IGuestHost.PoweredOff(long vmid) => _told.Add($"off {vmid}");

    void IGuestHost.Reset(Guest guest) => Boot($"reset {guest.Vmid}");

    void IGuestHost.Changed(Guest guest) => _told.Add($"changed {guest.Vmid}");

    void IGuestHost.ShutdownRequested(long vmid) => _told.Add($"shutdown {vmid}");

    void IGuestHost.Deleted(long vmid) => _told.Add($"deleted {vmid}");

    string IGuestHost.ConsoleOf(long vmid) => _console;

    private void Boot(string what)
    {
        _told.Add(what);
        _console = $"boot {_told.Count}, fingerprint: {_told.Count}";
    }
}
