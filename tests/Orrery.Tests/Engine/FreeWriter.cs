using Orrery.Engine.Ports;

namespace Orrery.Tests.Engine;

/// <summary>Lets everyone write: for tests that ask about something else than leases.</summary>
internal sealed class FreeWriter : IWriterGuard
{
    public static FreeWriter Instance { get; } = new();

    public Task EnsureAsync(TimeSpan requestTimeout, CancellationToken cancellation) => Task.CompletedTask;
}
