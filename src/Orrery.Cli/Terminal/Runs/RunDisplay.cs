using System.Runtime.CompilerServices;
using Orrery.Cli.Composition;
using Orrery.Engine.Runs;

namespace Orrery.Cli.Terminal.Runs;

/// <summary>Shows a run while it lasts: drawn on a terminal, as plain lines elsewhere.</summary>
internal abstract class RunDisplay(RunProgress progress) : IRunObserver, IAsyncDisposable
{
    public RunProgress Progress { get; } = progress;

    public static RunDisplay Create(Host host) => host.Screen.IsLive ? Live(host) : new PlainRunDisplay(host);

    /// <summary>The plan is accepted: from now on something is done.</summary>
    public abstract void Begin();

    /// <summary>Says something beside the progress.</summary>
    public abstract void Say(string text);

    public abstract void On(RunEvent happened);

    public abstract ValueTask DisposeAsync();

    // Not inlined: whoever draws nothing does not load what draws.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static RunDisplay Live(Host host) => new LiveRunDisplay(host);
}
