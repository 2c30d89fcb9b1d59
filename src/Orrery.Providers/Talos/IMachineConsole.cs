using Orrery.Engine.Ports;

namespace Orrery.Providers.Talos;

/// <summary>The serial consoles of machines, as whoever made these gives them.</summary>
internal interface IMachineConsole
{
    /// <summary>
    /// Reads what a machine prints from now on until something is found in it; null where it is not in time.
    /// </summary>
    /// <param name="server">Its id.</param>
    /// <param name="find">Looks at all that was read so far.</param>
    /// <param name="patience">How long is read at most.</param>
    /// <param name="operation">For whom.</param>
    /// <param name="cancellation">Ends it at once.</param>
    Task<string?> FindAsync(
        string server, Func<string, string?> find, TimeSpan patience, OperationContext operation,
        CancellationToken cancellation);

    /// <summary>Presses its reset button.</summary>
    Task RestartAsync(string server, OperationContext operation, CancellationToken cancellation);
}
