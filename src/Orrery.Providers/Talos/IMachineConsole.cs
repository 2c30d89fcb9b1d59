using Orrery.Engine.Ports;

namespace Orrery.Providers.Talos;

/// <summary>The serial consoles of machines, as whoever made these gives them.</summary>
internal interface IMachineConsole
{
    /// <summary>
    /// Starts a machine again and reads what it prints until there is enough. Only for one that has nothing to lose.
    /// </summary>
    /// <param name="server">Its id.</param>
    /// <param name="isEnough">Looks at all that was read so far.</param>
    /// <param name="operation">For whom.</param>
    /// <param name="cancellation">Ends it at once.</param>
    Task<string> ReadBootAsync(
        string server, Func<string, bool> isEnough, OperationContext operation, CancellationToken cancellation);
}
