namespace Orrery.Simulation.ArgoCd;

/// <summary>How the simulated Argo CD is, apart from what its ConfigMaps and Secrets say.</summary>
public sealed record ArgoCdOptions
{
    /// <summary>Where it is installed, and where it looks for Applications.</summary>
    public string Namespace { get; init; } = "argocd";

    /// <summary>Since when the API of its cluster answers; null while it does not, and nothing happens.</summary>
    public Func<TimeSpan?> UpSince { get; init; } = static () => TimeSpan.Zero;

    /// <summary>From a change of an object until its Application is looked at. Assumed: a watch and a queue.</summary>
    public TimeSpan Watching { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>
    /// Rendering the manifests of one Application for the first time. Assumed: a fetch and kustomize or helm.
    /// </summary>
    public TimeSpan Rendering { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Between two waves: the default of <c>ARGOCD_SYNC_WAVE_DELAY</c>.</summary>
    public TimeSpan BetweenWaves { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Between looks at what an operation waits for, where nothing changes. Assumed.</summary>
    public TimeSpan Waiting { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Before the first repair of what somebody changed by hand; three times as long before each further one, up to
    /// <see cref="SelfHealMax"/>: the defaults of <c>ARGOCD_APPLICATION_CONTROLLER_SELF_HEAL_BACKOFF_*</c>.
    /// </summary>
    public TimeSpan SelfHeal { get; init; } = TimeSpan.FromSeconds(2);

    public TimeSpan SelfHealMax { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>
    /// Between looks at Git where <c>timeout.reconciliation</c> says nothing: its default, without the jitter.
    /// </summary>
    public TimeSpan Reconciliation { get; init; } = TimeSpan.FromSeconds(120);
}
