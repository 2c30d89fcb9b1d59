using Orrery.Engine.Ports;

namespace Orrery.Engine.State;

/// <summary>Planning changes nothing: a provider that tried would be stopped here.</summary>
public sealed class NoWriter : IWriterGuard
{
    public static NoWriter Instance { get; } = new();

    public Task EnsureAsync(TimeSpan requestTimeout, CancellationToken cancellation) =>
        throw new ProviderException(
            ProviderErrorCode.NotWriter, "something was about to be changed while only planning");
}
