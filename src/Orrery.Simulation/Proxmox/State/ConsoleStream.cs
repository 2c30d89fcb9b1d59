using System.Text;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Proxmox.State;

/// <summary>
/// A serial console as termproxy gives it over a WebSocket: first <c>OK</c>, then what the machine writes from now on.
/// Nothing is repeated that it wrote before: a serial port has no memory.
/// </summary>
internal sealed class ConsoleStream : IReplyStream
{
    private readonly List<byte> _frames = [];
    private TimeSpan _boot;
    private int _shown;

    public ConsoleStream(VirtualMachine machine, string text)
    {
        Machine = machine;
        (_boot, _shown) = (machine.Started, text.Length);
        Say("OK");
    }

    public VirtualMachine Machine { get; }

    public bool IsEnded { get; private set; }

    public Action Arrived { get; set; } = static () => { };

    public ReadOnlyMemory<byte> Take()
    {
        var taken = _frames.ToArray();
        _frames.Clear();
        return taken;
    }

    public void Close() => IsEnded = true;

    /// <summary>Gives on what has been written since it was last looked.</summary>
    public void Follow(string text)
    {
        if (Machine.Started != _boot || text.Length < _shown)
            (_boot, _shown) = (Machine.Started, 0);
        if (text.Length == _shown)
            return;
        Say(text[_shown..]);
        _shown = text.Length;
        Arrived();
    }

    private void Say(string text) => WebSocketFrames.Say(_frames, [], Encoding.UTF8.GetBytes(text));
}
