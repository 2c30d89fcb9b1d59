using System.Text;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Proxmox.State;

/// <summary>
/// A serial console as termproxy gives it over a WebSocket: first <c>OK</c>, then what the machine writes from now on.
/// Nothing is repeated that it wrote before: a serial port has no memory.
/// </summary>
internal sealed class ConsoleStream : WebSocketStream
{
    private TimeSpan _boot;
    private int _shown;

    public ConsoleStream(VirtualMachine machine, string text)
    {
        Machine = machine;
        (_boot, _shown) = (machine.Started, text.Length);
        Say("OK");
    }

    public VirtualMachine Machine { get; }

    /// <summary>Gives on what has been written since it was last looked.</summary>
    public void Follow(string text)
    {
        if (Machine.Started != _boot || text.Length < _shown)
            (_boot, _shown) = (Machine.Started, 0);
        if (text.Length == _shown)
            return;
        Say(text[_shown..]);
        _shown = text.Length;
    }

    private void Say(string text) => Say([], Encoding.UTF8.GetBytes(text));
}
