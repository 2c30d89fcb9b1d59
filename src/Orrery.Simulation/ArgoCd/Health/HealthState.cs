namespace Orrery.Simulation.ArgoCd.Health;

/// <summary>Argo CD's words for health, from best to worst.</summary>
internal enum HealthStatus
{
    Healthy,
    Suspended,
    Progressing,
    Missing,
    Degraded,
    Unknown,
}

/// <summary>How one object is.</summary>
internal sealed record HealthState(HealthStatus Status, string Message = "")
{
    public static HealthState Healthy { get; } = new(HealthStatus.Healthy);
}
